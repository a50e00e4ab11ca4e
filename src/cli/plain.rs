//! Terminal output to text lines.

use crate::alert::plain_line;

/// Longest line in bytes; a longer one is handed out in parts, so that memory stays bounded.
const LINE_MAX: usize = 64 << 10;

/// Takes bytes in any split and gives text lines: escape sequences are left out, and of a line that
/// was overwritten after carriage returns only what follows the last one remains.
#[derive(Debug, Default)]
pub struct PlainLines {
    /// The line that has not ended yet; never longer than [`LINE_MAX`].
    line: Vec<u8>,
}

impl PlainLines {
    /// The lines that end in `bytes`.
    pub fn feed(&mut self, bytes: &[u8]) -> Vec<String> {
        let mut lines = Vec::new();
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            let (text, ended) = match piece.split_last() {
                Some((b'\n', text)) => (text, true),
                _ => (piece, false),
            };
            self.push(text, &mut lines);
            if ended {
                lines.push(self.take());
            }
        }
        lines
    }

    /// The text after the last line end, if there is any.
    pub fn finish(&mut self) -> Option<String> {
        (!self.line.is_empty()).then(|| self.take())
    }

    fn push(&mut self, mut text: &[u8], lines: &mut Vec<String>) {
        while self.line.len() + text.len() > LINE_MAX {
            let (part, rest) = text.split_at(LINE_MAX - self.line.len());
            self.line.extend_from_slice(part);
            lines.push(self.take());
            text = rest;
        }
        self.line.extend_from_slice(text);
    }

    fn take(&mut self) -> String {
        let text = plain_line(&self.line);
        self.line.clear();
        text
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn lines(bytes: &[u8]) -> Vec<String> {
        let mut plain = PlainLines::default();
        let mut lines = plain.feed(bytes);
        lines.extend(plain.finish());
        lines
    }

    #[test]
    fn only_text_remains() {
        for (bytes, expected) in [
            (&b"one\r\ntwo"[..], &["one", "two"][..]),
            (b"\x1b[1;31mred\x1b[0m text\n", &["red text"]),
            (b"\x1b]0;ERROR in the title\x07after\n", &["after"]),
            (b"\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\\n", &["link"]),
            (b" 10%\r 55%\r100%\r\n", &["100%"]),
            (b"spin|\x08/\x08done\n", &["spindone"]),
            (b"\xff\n\n", &["\u{fffd}", ""]),
        ] {
            assert_eq!(lines(bytes), expected, "{:?}", String::from_utf8_lossy(bytes));
        }
    }

    #[test]
    fn an_endless_line_is_cut_not_kept() {
        let mut plain = PlainLines::default();
        let parts = plain.feed(&vec![b'x'; LINE_MAX * 3 + 1]);
        assert_eq!((parts.len(), plain.line.len()), (3, 1));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]
        #[test]
        fn the_split_of_the_input_does_not_matter(
            bytes in proptest::collection::vec(
                prop_oneof![Just(0x1b_u8), Just(b'['), Just(b']'), Just(b'\r'), Just(b'\n'), any::<u8>()], 0..80),
            at in 0..80_usize,
        ) {
            let (head, tail) = bytes.split_at(at.min(bytes.len()));
            let mut plain = PlainLines::default();
            let mut parts = plain.feed(head);
            parts.extend(plain.feed(tail));
            parts.extend(plain.finish());
            prop_assert_eq!(parts, lines(&bytes));
        }
    }
}
