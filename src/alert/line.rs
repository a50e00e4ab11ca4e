//! The line being assembled: text with a cursor in it.

use std::borrow::Cow;

use crate::proto::Offset;
use crate::proto::pack::{Input, Pack, PackError, flags, put_bytes, put_number};

use super::strip::Action;

/// Bytes of a line that are kept and judged; the rest of a longer line is skipped.
pub(super) const LINE_CAP: usize = 16 * 1024;

/// Bytes of a line up to which characters may be put into its middle, which takes time in
/// proportion to the line.
const EDIT_CAP: usize = 4 * 1024;

/// Columns that cursor motion may pad a line to.
const COLUMN_CAP: usize = 1000;

/// `text` without the blanks at its end, which programs leave there to erase older text.
pub(super) fn trim_end(text: &str) -> &str {
    text.trim_end_matches([' ', '\t'])
}

/// One line as a terminal would show it, with one simplification that suits logs: after a carriage
/// return, the first text starts the line anew instead of overwriting it cell by cell. So a line
/// is what follows its last carriage return. Every character counts as one column.
#[derive(Debug, Clone, Default)]
pub(super) struct Line {
    text: Vec<u8>,
    /// Byte index where the next character goes.
    cursor: usize,
    /// A carriage return came last: the next text starts anew.
    returned: bool,
    /// Offset of the first byte of the text.
    start: Offset,
}

impl Line {
    pub(super) const fn new() -> Self {
        Self { text: Vec::new(), cursor: 0, returned: false, start: 0 }
    }

    /// The text so far, invalid UTF-8 replaced.
    pub(super) fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.text)
    }

    /// Offset of the first byte of the text.
    pub(super) fn start(&self) -> Offset {
        self.start
    }

    /// Whether nothing was written to the line.
    pub(super) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Whether the line is in the state of a new one.
    pub(super) fn is_fresh(&self) -> bool {
        self.text.is_empty() && !self.returned
    }

    /// Starts the next line, keeping the allocation.
    pub(super) fn clear(&mut self) {
        self.text.clear();
        self.cursor = 0;
        self.returned = false;
    }

    /// Writes a run of text whose first byte has offset `at`.
    pub(super) fn print(&mut self, run: &[u8], at: Offset) {
        if self.returned {
            self.clear();
        }
        if self.text.is_empty() {
            self.start = at;
        }
        if self.cursor == self.text.len() {
            let room = LINE_CAP.saturating_sub(self.cursor).min(run.len());
            self.text.extend_from_slice(run.get(..room).unwrap_or_default());
            self.cursor = self.text.len();
        } else {
            run.iter().for_each(|&byte| self.overwrite(byte));
        }
    }

    /// Applies what stays within the line; the rest is not its business.
    pub(super) fn apply(&mut self, action: Action, at: Offset) {
        if self.text.is_empty() {
            // Motion may put blanks before the first text.
            self.start = at;
        }
        match action {
            Action::Print(byte) => self.print(&[byte], at),
            Action::Control(b'\r') => self.carriage_return(),
            Action::Control(0x08) => self.back(1),
            Action::Csi(csi) if csi.private == 0 && csi.intermediate == 0 => match csi.last {
                b'C' | b'a' => self.forward(csi.times()),
                b'D' => self.back(csi.times()),
                b'G' | b'`' => self.column(csi.times() - 1),
                b'K' | b'J' => self.erase(csi.params().first().copied().unwrap_or(0)),
                b'P' => self.delete(csi.times()),
                b'@' => self.insert(csi.times()),
                _ => {}
            },
            _ => {}
        }
    }

    /// Puts the cursor back where it was in `earlier`, a former state of this line.
    pub(super) fn put_cursor_as_in(&mut self, earlier: &Self) {
        self.cursor = earlier.cursor.min(self.text.len());
        while self.cursor > 0 && self.text.get(self.cursor).is_some_and(|&b| is_continuation(b)) {
            self.cursor -= 1;
        }
        self.returned = earlier.returned && self.text == earlier.text;
    }

    fn carriage_return(&mut self) {
        self.returned = true;
        self.cursor = 0;
    }

    /// Replaces the character under the cursor. A UTF-8 continuation byte belongs to the character
    /// just written, so it is put in, not over.
    fn overwrite(&mut self, byte: u8) {
        let end = self.after(self.cursor);
        if let Some(old) = self.text.get_mut(self.cursor)
            && byte.is_ascii()
            && end == self.cursor + 1
        {
            *old = byte;
            self.cursor = end;
            return;
        }
        if !is_continuation(byte) {
            self.text.drain(self.cursor..end);
        }
        if self.text.len() < EDIT_CAP {
            self.text.insert(self.cursor, byte);
            self.cursor += 1;
        }
    }

    /// Byte index after the character at `index`.
    fn after(&self, index: usize) -> usize {
        let rest = self.text.get(index + 1..).unwrap_or_default();
        let tail = rest.iter().take_while(|&&b| is_continuation(b)).count();
        (index + 1 + tail).min(self.text.len())
    }

    fn back(&mut self, columns: usize) {
        for _ in 0..columns.min(self.cursor) {
            while self.cursor > 0 {
                self.cursor -= 1;
                if self.text.get(self.cursor).is_none_or(|&b| !is_continuation(b)) {
                    break;
                }
            }
        }
    }

    fn forward(&mut self, columns: usize) {
        self.returned = false;
        for _ in 0..columns.min(COLUMN_CAP) {
            if self.cursor < self.text.len() {
                self.cursor = self.after(self.cursor);
            } else if self.text.len() < COLUMN_CAP {
                self.text.push(b' ');
                self.cursor += 1;
            }
        }
    }

    fn column(&mut self, column: usize) {
        if column == 0 {
            return self.carriage_return();
        }
        self.cursor = 0;
        self.forward(column);
    }

    /// EL and ED as far as they touch this line: 0 from the cursor on, 1 up to it, 2 and 3 all.
    fn erase(&mut self, what: u16) {
        match what {
            0 => self.text.truncate(self.cursor),
            1 => {
                let end = self.after(self.cursor);
                self.text.iter_mut().take(end).for_each(|b| *b = b' ');
            }
            _ => {
                self.text.clear();
                self.cursor = 0;
            }
        }
    }

    fn delete(&mut self, columns: usize) {
        let mut end = self.cursor;
        for _ in 0..columns.min(self.text.len() - self.cursor) {
            end = self.after(end);
        }
        self.text.drain(self.cursor..end);
    }

    fn insert(&mut self, columns: usize) {
        let room = COLUMN_CAP.saturating_sub(self.text.len()).min(columns);
        let at = self.cursor;
        self.text.splice(at..at, std::iter::repeat_n(b' ', room));
    }
}

impl Pack for Line {
    fn pack(&self, out: &mut Vec<u8>) {
        out.push(flags([self.returned]));
        put_bytes(out, &self.text);
        put_number(out, self.cursor as u64);
        put_number(out, self.start);
    }

    fn unpack(input: &mut Input<'_>) -> Result<Self, PackError> {
        let [returned] = input.flags("carriage return")?;
        let text = input.bytes("line", LINE_CAP)?.to_vec();
        let cursor = input.number("cursor", text.len() as u64)? as usize;
        Ok(Self { text, cursor, returned, start: input.number("line start", Offset::MAX)? })
    }
}

const fn is_continuation(byte: u8) -> bool {
    byte & 0xc0 == 0x80
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::strip::Parser;
    use super::*;

    fn written(raw: &[u8]) -> Line {
        let mut parser = Parser::new();
        let mut line = Line::new();
        for (&byte, at) in raw.iter().zip(0..) {
            if let Some(action) = parser.advance(byte) {
                line.apply(action, at);
            }
        }
        line
    }

    #[test]
    fn edits_of_a_command_line_end_in_its_text() {
        for (raw, text) in [
            (&b"abXd\x08\x08c"[..], "abcd"),
            (b"ab\x08\x1b[1P", "a"),
            (b"ad\x08\x1b[2@bc", "abcd"),
            (b"caf\xc3\xa9s\x08\x08e", "cafes"),
            ("né\u{8}è".as_bytes(), "nè"),
            (b"\x1b[5D\x08x", "x"),
            (b"secret\x1b[1K", "      "),
            (b"abc\r\x1b[2Cz", "abz"),
        ] {
            assert_eq!(written(raw).text(), text, "{raw:?}");
        }
    }

    #[test]
    fn a_line_is_capped_and_starts_where_its_text_starts() {
        let line = written(&vec![b'x'; LINE_CAP + 10]);
        assert_eq!(line.text().len(), LINE_CAP);
        assert_eq!(written(b"10%\r20%").start(), 4);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]
        #[test]
        fn any_bytes_keep_the_cursor_inside(raw in proptest::collection::vec(
            prop_oneof![any::<u8>(), Just(0x1b), Just(b'['), Just(b'P'), Just(8)], 0..200)) {
            let line = written(&raw);
            prop_assert!(line.cursor <= line.text.len());
        }
    }
}
