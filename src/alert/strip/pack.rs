//! The parser's state in a checkpoint.

use super::{Csi, OSC_KEPT, PARAMS, Parser, State};
use crate::proto::pack::{Input, Pack, PackError, put_bytes, put_number};

/// States by their number.
const STATES: [State; 8] = [
    State::Ground,
    State::Escape,
    State::EscapeIntermediate,
    State::CsiStart,
    State::Csi,
    State::CsiIgnored,
    State::Osc,
    State::ControlString,
];

impl Pack for Parser {
    /// What a state does not look at any more is left out.
    fn pack(&self, out: &mut Vec<u8>) {
        let state = STATES.iter().position(|state| *state == self.state);
        out.push(state.unwrap_or_default() as u8);
        match self.state {
            State::Csi => self.csi.pack(out),
            State::Osc => put_bytes(out, self.osc.get(..self.osc_len).unwrap_or_default()),
            _ => {}
        }
    }

    fn unpack(input: &mut Input<'_>) -> Result<Self, PackError> {
        let mut parser = Self::new();
        let state = usize::from(input.byte("parser state")?);
        parser.state = *STATES.get(state).ok_or(PackError::OutOfRange("parser state"))?;
        match parser.state {
            State::Csi => parser.csi = Csi::unpack(input)?,
            State::Osc => {
                let kept = input.bytes("command string", OSC_KEPT)?;
                parser.osc.iter_mut().zip(kept).for_each(|(slot, byte)| *slot = *byte);
                parser.osc_len = kept.len();
            }
            _ => {}
        }
        Ok(parser)
    }
}

/// A sequence that has no final byte yet.
impl Pack for Csi {
    fn pack(&self, out: &mut Vec<u8>) {
        out.extend([self.private, self.intermediate]);
        // Parameters beyond the last slot are dropped, however many they are.
        put_number(out, self.count.min(PARAMS) as u64);
        self.params().iter().for_each(|param| put_number(out, u64::from(*param)));
    }

    fn unpack(input: &mut Input<'_>) -> Result<Self, PackError> {
        let mut csi = Self {
            private: input.byte("private marker")?,
            intermediate: input.byte("intermediate byte")?,
            count: usize::from(input.small("parameter count", PARAMS as u16)?),
            ..Self::default()
        };
        for slot in 0..csi.params().len() {
            let param = input.small("parameter", u16::MAX)?;
            csi.params.get_mut(slot).into_iter().for_each(|place| *place = param);
        }
        Ok(csi)
    }
}
