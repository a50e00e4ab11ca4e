//! Terminal output to text lines.

/// Longest line in bytes; a longer one is handed out in parts, so that memory stays bounded.
const LINE_MAX: usize = 64 << 10;

/// Where in an escape sequence a byte stands (ECMA-48, 5.4 and 5.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum State {
    /// Text.
    #[default]
    Text,
    /// After ESC, before its final byte.
    Escape,
    /// In a control sequence, before its final byte.
    Csi,
    /// In a control string: OSC, DCS, SOS, PM or APC.
    String,
    /// After ESC in a control string: `\` ends it.
    StringEscape,
}

/// Takes bytes in any split and gives text lines: escape sequences are left out, and of a line that
/// was overwritten after carriage returns only what follows the last one remains.
#[derive(Debug, Default)]
pub struct PlainLines {
    state: State,
    line: Vec<u8>,
    /// A carriage return came last: the next text starts the line anew.
    returned: bool,
}

impl PlainLines {
    /// The lines that end in `bytes`, invalid UTF-8 replaced.
    pub fn feed(&mut self, bytes: &[u8]) -> Vec<String> {
        let mut lines = Vec::new();
        for &byte in bytes {
            if self.advance(byte) || self.line.len() >= LINE_MAX {
                lines.push(self.take());
            }
        }
        lines
    }

    /// The text after the last line end, if there is any.
    pub fn finish(&mut self) -> Option<String> {
        (!self.line.is_empty()).then(|| self.take())
    }

    fn take(&mut self) -> String {
        self.returned = false;
        let line = String::from_utf8_lossy(&self.line).into_owned();
        self.line.clear();
        line
    }

    /// Takes one byte; true when a line ends with it.
    fn advance(&mut self, byte: u8) -> bool {
        // CAN and SUB abort any sequence; ESC begins another, but may end a string.
        self.state = match (self.state, byte) {
            (_, 0x18 | 0x1a) => State::Text,
            (State::String, 0x1b) => State::StringEscape,
            (State::String, 0x07) | (State::StringEscape, b'\\') => State::Text,
            (State::String, _) => State::String,
            (_, 0x1b) => State::Escape,
            (State::Escape | State::StringEscape, _) => after_escape(byte),
            (State::Csi, 0x40..=0x7e) => State::Text,
            (State::Csi, 0x20..=0x3f) => State::Csi,
            (state, b'\n' | b'\r' | 0x08) => return self.control(byte, state),
            (State::Csi, _) => State::Csi,
            (State::Text, _) => return self.text(byte),
        };
        false
    }

    /// Controls act in the midst of a sequence too.
    fn control(&mut self, byte: u8, state: State) -> bool {
        self.state = state;
        match byte {
            b'\r' => self.returned = true,
            0x08 => self.back(),
            _ => {}
        }
        byte == b'\n'
    }

    fn text(&mut self, byte: u8) -> bool {
        if byte >= 0x20 && byte != 0x7f || byte == b'\t' {
            if std::mem::take(&mut self.returned) {
                self.line.clear();
            }
            self.line.push(byte);
        }
        false
    }

    /// Takes back the last character.
    fn back(&mut self) {
        while self.line.pop().is_some_and(|byte| byte & 0xc0 == 0x80) {}
    }
}

const fn after_escape(byte: u8) -> State {
    match byte {
        b'[' => State::Csi,
        b']' | b'P' | b'X' | b'^' | b'_' => State::String,
        0x20..=0x2f => State::Escape,
        _ => State::Text,
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
            (b"\x1bPq#1;2\x1b\\x\n", &["x"]),
            (b" 10%\r 55%\r100%\r\n", &["100%"]),
            (b"spin|\x08/\x08done\n", &["spindone"]),
            (b"caf\xc3\xa9\x08\n\x1b(Bok\n", &["caf", "ok"]),
            (b"cut \x1b[31\x18off\n", &["cut off"]),
            (b"a\x1b]0;never ended\nstill", &["a"]),
            (b"\n\n", &["", ""]),
        ] {
            assert_eq!(lines(bytes), expected, "{:?}", String::from_utf8_lossy(bytes));
        }
    }

    #[test]
    fn an_endless_line_is_cut_not_kept() {
        let lines = lines(&vec![b'x'; LINE_MAX * 2 + 1]);
        assert_eq!(lines.iter().map(String::len).collect::<Vec<_>>(), [LINE_MAX, LINE_MAX, 1]);
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
