//! The operator's own typing: a PTY echoes it, and `grep ERROR app.log` is no error.
//!
//! The rule, for shells that do not mark commands with OSC 133:
//!
//! - Each typed line that could be taken for an event is expected to come back. The first output
//!   line that ends with it (or, when the terminal wrapped it, is the end of it) is its echo. An
//!   event that the echoed text decides is not counted; what the command prints then is.
//! - Expectations end after [`PATIENCE`] lines, and with the first silence after other output.
//! - When a line was edited in ways that cannot be followed from here (history, completion, cursor
//!   keys), the line that stands on the screen when Enter is typed is the echo.

mod pack;

use std::collections::VecDeque;

use super::strip::{Action, Parser};

/// Bytes kept of a typed line.
const TYPED_CAP: usize = 4096;
/// Typed lines whose echo is waited for.
const EXPECTED_CAP: usize = 16;
/// Output lines that may come before an echo: more than a PTY and its reader hold back.
const PATIENCE: u32 = 4096;

/// Shorter tails of a wrapped command are not taken for its echo.
const SHORTEST_TAIL: usize = 4;

#[derive(Debug, Clone)]
struct Expected {
    text: String,
    patience: u32,
}

/// What operators typed and was not yet seen coming back.
#[derive(Debug, Clone)]
pub(super) struct Echo {
    parser: Parser,
    typed: Vec<u8>,
    /// The typed line cannot be told from the bytes alone.
    edited: bool,
    expected: VecDeque<Expected>,
    /// The line now being written is an echo.
    here: bool,
}

impl Echo {
    pub(super) const fn new() -> Self {
        Self {
            parser: Parser::new(),
            typed: Vec::new(),
            edited: false,
            expected: VecDeque::new(),
            here: false,
        }
    }

    /// Whether no echo is expected.
    pub(super) fn is_quiet(&self) -> bool {
        self.expected.is_empty() && !self.here
    }

    /// Takes one byte that goes to the program. Returns whether it was Enter.
    ///
    /// `is_risky` tells whether a text could be an event; `has_line` whether an output line stands
    /// unfinished on the screen.
    pub(super) fn typed(
        &mut self,
        byte: u8,
        has_line: bool,
        is_risky: impl Fn(&str) -> bool,
    ) -> bool {
        let ground = self.parser.is_ground();
        match self.parser.advance(byte) {
            _ if ground && byte == 0x7f => self.erase(),
            Some(Action::Control(b'\r' | b'\n')) => {
                self.enter(has_line, is_risky);
                return true;
            }
            Some(Action::Print(b'\t')) => self.edited = true,
            Some(Action::Print(byte)) if self.typed.len() < TYPED_CAP => self.typed.push(byte),
            Some(Action::Print(_)) => self.edited = true,
            Some(Action::Control(control)) => self.edit(control),
            Some(Action::Csi(csi)) => {
                self.edited |= !is_report(csi.private, csi.last, csi.params());
            }
            Some(Action::Escape(_)) => self.edited = true,
            Some(Action::Mark(_)) | None => {}
        }
        false
    }

    /// Where echo starts in the finished line `text`, as a byte index, if there is one. Called for
    /// every line, in order.
    pub(super) fn claim(&mut self, text: &str) -> Option<usize> {
        if std::mem::take(&mut self.here) {
            return Some(0);
        }
        let start_of = |expected: &Expected| echo_start(text, &expected.text);
        let found = self.expected.iter().enumerate().find_map(|(i, e)| Some((i, start_of(e)?)));
        if let Some((index, start)) = found {
            self.expected.drain(..=index);
            return Some(start);
        }
        self.expected.retain_mut(|expected| {
            expected.patience -= 1;
            expected.patience > 0
        });
        None
    }

    /// Where echo starts in the unfinished line `text`, if it is one so far.
    pub(super) fn so_far(&self, text: &str) -> Option<usize> {
        if self.here || self.edited {
            return Some(0);
        }
        echo_start(text, String::from_utf8_lossy(&self.typed).trim())
    }

    /// Silence: an echo that other output has overtaken will not come any more.
    pub(super) fn rest(&mut self) {
        self.expected.retain(|expected| expected.patience == PATIENCE);
    }

    fn enter(&mut self, has_line: bool, is_risky: impl Fn(&str) -> bool) {
        self.here |= std::mem::take(&mut self.edited) && has_line;
        let text = String::from_utf8_lossy(&self.typed).trim().to_owned();
        self.typed.clear();
        if self.expected.len() < EXPECTED_CAP && !self.here && is_risky(&text) {
            self.expected.push_back(Expected { text, patience: PATIENCE });
        }
    }

    /// Line editing that every shell shares with the kernel's line discipline.
    fn edit(&mut self, control: u8) {
        match control {
            0x08 => self.erase(),
            // ^C ^D ^U ^\: the line is gone.
            0x03 | 0x04 | 0x15 | 0x1c => {
                self.typed.clear();
                self.edited = false;
            }
            _ => self.edited = true,
        }
    }

    fn erase(&mut self) {
        while self.typed.pop().is_some_and(|byte| byte & 0xc0 == 0x80) {}
    }
}

/// Input that does not edit the line: focus and mouse reports, paste brackets.
fn is_report(private: u8, last: u8, params: &[u16]) -> bool {
    match last {
        b'I' | b'O' => true,
        b'M' | b'm' => private == b'<',
        b'~' => matches!(params, [200 | 201]),
        _ => false,
    }
}

/// Where in `line` the echo of `typed` starts: at its end, or everywhere in the rest of a wrapped
/// command.
fn echo_start(line: &str, typed: &str) -> Option<usize> {
    if typed.is_empty() {
        return None;
    }
    let tail = line.trim();
    let is_tail = || tail.len() >= SHORTEST_TAIL && typed.ends_with(tail);
    line.strip_suffix(typed).map(str::len).or_else(|| is_tail().then_some(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(typed: &[u8]) -> Echo {
        let mut echo = Echo::new();
        for &byte in typed {
            echo.typed(byte, true, |text| text.contains("ERR"));
        }
        echo
    }

    #[test]
    fn a_typed_line_is_claimed_once() {
        let mut echo = after(b"grep ERROR app.log\r");
        assert_eq!(echo.claim("ERROR from something else"), None);
        assert_eq!(echo.claim("$ grep ERROR app.log"), Some(2));
        assert_eq!(echo.claim("grep ERROR app.log"), None);
        assert!(echo.is_quiet());
    }

    #[test]
    fn simple_editing_is_followed() {
        for typed in [
            &b"grex\x7fp ERR\r"[..],
            b"junk\x15grep ERR\r",
            b"\x1b[200~grep ERR\x1b[201~\r",
            b"\x1b[Igrep ERR\r",
            "grep é\u{7f}ERR\r".as_bytes(),
        ] {
            assert!(after(typed).claim("$ grep ERR").is_some(), "{typed:?}");
        }
    }

    #[test]
    fn an_edited_line_is_the_one_on_the_screen() {
        let mut echo = after(b"\x1b[A\r");
        assert_eq!(echo.claim("$ tail ERR"), Some(0));
        assert_eq!(echo.claim("ERROR its output"), None);
    }

    #[test]
    fn harmless_lines_are_not_remembered_and_others_not_for_ever() {
        assert!(after(b"ls\r").is_quiet());
        let mut echo = after(b"ERR\r");
        for _ in 0..PATIENCE {
            assert_eq!(echo.claim("x"), None);
        }
        assert!(echo.is_quiet());
        assert!(after(&b"ERR\r".repeat(100)).expected.len() <= EXPECTED_CAP);
    }
}
