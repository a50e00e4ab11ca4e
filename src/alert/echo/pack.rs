//! What was typed, in a checkpoint.

use std::collections::VecDeque;

use super::{EXPECTED_CAP, Echo, Expected, PATIENCE, Parser, TYPED_CAP};
use crate::proto::pack::{Input, Pack, PackError, flags, put_bytes, put_number};

/// Longest typed line as text: a byte that is not UTF-8 becomes U+FFFD, which has three.
const TEXT_CAP: usize = 3 * TYPED_CAP;

impl Pack for Echo {
    fn pack(&self, out: &mut Vec<u8>) {
        out.push(flags([self.edited, self.here]));
        self.parser.pack(out);
        put_bytes(out, &self.typed);
        put_number(out, self.expected.len() as u64);
        for expected in &self.expected {
            put_bytes(out, expected.text.as_bytes());
            put_number(out, u64::from(expected.patience));
        }
    }

    fn unpack(input: &mut Input<'_>) -> Result<Self, PackError> {
        let [edited, here] = input.flags("echo flags")?;
        let parser = Parser::unpack(input)?;
        let typed = input.bytes("typed line", TYPED_CAP)?.to_vec();
        let mut expected = VecDeque::new();
        for _ in 0..input.small("expected lines", EXPECTED_CAP as u16)? {
            let text = input.text("expected line", TEXT_CAP)?.to_owned();
            let patience = input.number("patience", u64::from(PATIENCE))? as u32;
            if patience == 0 {
                return Err(PackError::OutOfRange("patience"));
            }
            expected.push_back(Expected { text, patience });
        }
        Ok(Self { parser, typed, edited, expected, here })
    }
}
