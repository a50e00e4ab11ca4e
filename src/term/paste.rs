//! Pasted text to bytes: nothing in it can leave the paste or press a key.
//!
//! xterm's filter (`disallowedPasteControls`: BS DEL ENQ EOT ESC NUL and the terminal's special
//! characters) names the controls known to have done harm. Here every control character goes
//! except tab and line ends: `^O` in readline runs a line as surely as Enter does, and no text
//! that a person means to paste needs one.

use super::Modes;

/// Longest line in bytes that a tty in canonical mode takes, without its end; Linux cuts the rest
/// (`N_TTY_BUF_SIZE` 4096, termios(3) "Canonical and noncanonical mode").
pub const TTY_LINE: usize = 4095;

const BRACKET_OPEN: &[u8] = b"\x1b[200~";
const BRACKET_CLOSE: &[u8] = b"\x1b[201~";

/// A text made ready to be typed into a program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paste {
    /// What is sent; empty when nothing of the text is left.
    pub bytes: Vec<u8>,
    /// Lines, the last one counted when it is not empty.
    pub lines: usize,
    /// Characters taken out.
    pub removed: usize,
    /// The longest line in bytes, without its end.
    pub longest_line: usize,
    /// Line ends, each of which is an Enter to a program without brackets.
    pub line_ends: usize,
    /// The program asked for brackets and gets them.
    pub bracketed: bool,
}

impl Paste {
    /// Whether to ask first: the program would run each line as it comes.
    #[must_use]
    pub const fn needs_confirmation(&self) -> bool {
        !self.bracketed && self.line_ends > 0
    }

    /// Whether the tty may cut a line. A program that asked for brackets reads raw and is safe.
    #[must_use]
    pub const fn truncated_by_tty(&self) -> bool {
        !self.bracketed && self.longest_line > TTY_LINE
    }
}

/// Makes `text` ready for a program in `modes`: control characters are removed (C0 except tab and
/// line ends, DEL, C1 with U+009B among them), each line end (LF, CR LF, CR) becomes CR as the
/// Enter key sends it, and brackets go around when the program asked for them (`?2004`). As no
/// ESC and no C1 survives, no text can close the brackets early. Everything else is unchanged.
#[must_use]
pub fn prepare(text: &str, modes: &Modes) -> Paste {
    let bracketed = modes.bracketed_paste;
    let mut paste = Paste {
        bytes: Vec::with_capacity(text.len() + BRACKET_OPEN.len() + BRACKET_CLOSE.len()),
        lines: 0,
        removed: 0,
        longest_line: 0,
        line_ends: 0,
        bracketed,
    };
    if bracketed {
        paste.bytes.extend_from_slice(BRACKET_OPEN);
    }
    let begin = paste.bytes.len();
    paste.append(text);
    if paste.bytes.len() == begin {
        paste.bytes.clear();
    } else if bracketed {
        paste.bytes.extend_from_slice(BRACKET_CLOSE);
    }
    paste
}

impl Paste {
    fn append(&mut self, text: &str) {
        let mut line_start = self.bytes.len();
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            match c {
                '\r' | '\n' => {
                    if c == '\r' {
                        chars.next_if_eq(&'\n');
                    }
                    self.end_line(line_start);
                    self.line_ends += 1;
                    self.bytes.push(b'\r');
                    line_start = self.bytes.len();
                }
                '\t' => self.bytes.push(b'\t'),
                _ if c.is_control() => self.removed += 1,
                _ => self.bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
            }
        }
        if line_start < self.bytes.len() {
            self.end_line(line_start);
        }
    }

    fn end_line(&mut self, line_start: usize) {
        self.lines += 1;
        self.longest_line = self.longest_line.max(self.bytes.len() - line_start);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn plain() -> Modes {
        Modes::default()
    }

    fn bracketed() -> Modes {
        Modes { bracketed_paste: true, ..Modes::default() }
    }

    fn pasted(text: &str, modes: &Modes) -> String {
        String::from_utf8(prepare(text, modes).bytes).unwrap()
    }

    #[test]
    fn text_goes_through_unchanged_with_enters_for_line_ends() {
        for (text, expected) in [
            ("ls -l", "ls -l"),
            ("a\tb", "a\tb"),
            ("a\nb", "a\rb"),
            ("a\r\nb\r\n", "a\rb\r"),
            ("a\rb", "a\rb"),
            ("\n\r", "\r\r"),
            ("naïve 漢字 👩‍🚀", "naïve 漢字 👩‍🚀"),
        ] {
            assert_eq!(pasted(text, &plain()), expected, "{text:?}");
            assert_eq!(pasted(text, &bracketed()), format!("\x1b[200~{expected}\x1b[201~"));
        }
    }

    #[test]
    fn nothing_leaves_the_brackets() {
        for (text, left) in [
            ("x\x1b[201~rm -rf ~\n", "x[201~rm -rf ~\r"),
            ("x\u{9b}201~y", "x201~y"),
            ("x\x1b\x1b[201~[201~y", "x[201~[201~y"),
            ("\x03\x04\x05\x08\x0f\x11\x13\x15\x16\x17\x1a\x1c\x7f\0z", "z"),
            ("a\u{85}b\u{80}\u{9f}c", "abc"),
        ] {
            assert_eq!(pasted(text, &bracketed()), format!("\x1b[200~{left}\x1b[201~"), "{text:?}");
            assert_eq!(pasted(text, &plain()), left, "{text:?}");
        }
    }

    #[test]
    fn nothing_left_sends_nothing() {
        for text in ["", "\x1b", "\x03\x04"] {
            assert_eq!(pasted(text, &bracketed()), "");
            assert_eq!(pasted(text, &plain()), "");
        }
    }

    #[test]
    fn counts_lines_and_what_was_removed() {
        for (text, lines, line_ends, removed, longest_line) in [
            ("", 0, 0, 0, 0),
            ("one", 1, 0, 0, 3),
            ("one\n", 1, 1, 0, 3),
            ("one\nthree", 2, 1, 0, 5),
            ("\n\n", 2, 2, 0, 0),
            ("é\x1b\x07\r\n", 1, 1, 2, 2),
        ] {
            for modes in [plain(), bracketed()] {
                let paste = prepare(text, &modes);
                assert_eq!((paste.lines, paste.line_ends), (lines, line_ends), "{text:?}");
                assert_eq!(
                    (paste.removed, paste.longest_line),
                    (removed, longest_line),
                    "{text:?}"
                );
            }
        }
    }

    #[test]
    fn asks_when_a_line_would_run_by_itself() {
        assert!(!prepare("ls", &plain()).needs_confirmation());
        assert!(prepare("ls\n", &plain()).needs_confirmation());
        assert!(prepare("cd /\nls", &plain()).needs_confirmation());
        assert!(!prepare("cd /\nls\n", &bracketed()).needs_confirmation());
    }

    #[test]
    fn warns_of_lines_the_tty_would_cut() {
        let fits = "x".repeat(TTY_LINE);
        let long = format!("{fits}x\n");
        assert!(!prepare(&fits, &plain()).truncated_by_tty());
        assert!(prepare(&long, &plain()).truncated_by_tty());
        assert!(!prepare(&long, &bracketed()).truncated_by_tty());
    }

    fn hostile() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            any::<char>().prop_map(String::from),
            prop::sample::select(vec![
                "\x1b",
                "[201~",
                "\x1b[201~",
                "\u{9b}201~",
                "\u{9b}",
                "\r\n",
                "\n",
                "\x03",
                "\x0f",
            ])
            .prop_map(str::to_owned),
        ];
        prop::collection::vec(piece, 0..64).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        #[test]
        fn only_our_own_brackets_hold_an_escape(text in hostile(), bracketed_paste: bool) {
            let paste = prepare(&text, &Modes { bracketed_paste, ..plain() });
            let mut inside = paste.bytes.as_slice();
            if bracketed_paste && !inside.is_empty() {
                inside = inside.strip_prefix(BRACKET_OPEN).unwrap();
                inside = inside.strip_suffix(BRACKET_CLOSE).unwrap();
            }
            let inside = std::str::from_utf8(inside).unwrap();
            prop_assert!(inside.chars().all(|c| matches!(c, '\t' | '\r') || !c.is_control()));
        }

        #[test]
        fn clean_text_is_not_changed(text in "[^\\p{Cc}]{0,64}") {
            let paste = prepare(&text, &plain());
            prop_assert_eq!(paste.bytes, text.as_bytes());
            prop_assert_eq!(paste.removed, 0);
        }
    }
}
