//! The terminal's state in a checkpoint.

use super::{Line, Parser, Repaint, Saved, Tty};
use crate::proto::pack::{Input, Pack, PackError, flags};

impl Pack for Tty {
    fn pack(&self, out: &mut Vec<u8>) {
        let saved = self.saved.as_deref();
        out.push(flags([
            self.alternate,
            self.command,
            self.command_line,
            self.sends_output_mark,
            saved.is_some(),
            saved.is_some_and(|saved| saved.left),
        ]));
        self.parser.pack(out);
        self.line.pack(out);
        self.repaint.pack(out);
        if let Some(saved) = saved {
            saved.line.pack(out);
        }
    }

    fn unpack(input: &mut Input<'_>) -> Result<Self, PackError> {
        let [alternate, command, command_line, sends_output_mark, is_saved, left] =
            input.flags("line flags")?;
        Ok(Self {
            parser: Parser::unpack(input)?,
            line: Line::unpack(input)?,
            repaint: Repaint::unpack(input)?,
            saved: match is_saved {
                true => Some(Box::new(Saved { line: Line::unpack(input)?, left })),
                false => None,
            },
            alternate,
            command,
            command_line,
            sends_output_mark,
        })
    }
}
