//! From bytes to lines: what a terminal would have shown, one line at a time.

mod pack;

use crate::proto::Offset;

use super::line::Line;
use super::repaint::Repaint;
use super::strip::{Action, Csi, Parser};

/// How the cursor left a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Exit {
    /// A line feed (or VT, FF, IND, NEL).
    Feed,
    /// Up by rows.
    Up(usize),
    /// Down by rows.
    Down(usize),
    /// To an absolute row, 0 at the top.
    To(usize),
    /// The shell said that the command's output starts here.
    Output,
}

/// The cursor as DECSC saved it.
#[derive(Debug, Clone)]
struct Saved {
    line: Line,
    /// The cursor has left the line since.
    left: bool,
}

/// One terminal, as far as lines are concerned.
#[derive(Debug, Clone)]
pub(super) struct Tty {
    parser: Parser,
    pub(super) line: Line,
    pub(super) repaint: Repaint,
    saved: Option<Box<Saved>>,
    /// The alternate screen is shown; its text is no line.
    alternate: bool,
    /// Text is a command being typed (`OSC 133;B` up to `C`).
    command: bool,
    /// The line holds text of a command.
    command_line: bool,
    /// The shell has sent `OSC 133;C`, so a command may be longer than its first line.
    sends_output_mark: bool,
}

impl Tty {
    pub(super) fn new() -> Self {
        Self {
            parser: Parser::new(),
            line: Line::new(),
            repaint: Repaint::new(),
            saved: None,
            alternate: false,
            command: false,
            command_line: false,
            sends_output_mark: false,
        }
    }

    /// Whether the next byte starts a new line of output and no state hangs over.
    pub(super) fn is_at_rest(&self) -> bool {
        self.parser.is_ground()
            && self.line.is_fresh()
            && !self.alternate
            && !self.command
            && !self.repaint.is_active()
    }

    /// Whether the line is, or continues, a command that the shell marked as typed.
    pub(super) fn is_command(&self) -> bool {
        self.command || self.command_line
    }

    /// Takes bytes, the first of which has offset `at`, up to the end of a line. Returns how many
    /// were taken and how the cursor left the line; [`Tty::next_line`] must follow.
    pub(super) fn advance(&mut self, at: Offset, bytes: &[u8]) -> (usize, Option<Exit>) {
        let mut taken = 0;
        while let Some((&byte, rest)) = bytes.get(taken..).and_then(<[u8]>::split_first) {
            let here = at + taken as Offset;
            if self.alternate && self.parser.is_ground() {
                let idle = without_effect(bytes.get(taken..).unwrap_or_default());
                if idle > 0 {
                    taken += idle;
                    continue;
                }
            }
            if self.parser.is_ground() && is_text(byte) {
                let run = 1 + rest.iter().take_while(|&&b| is_text(b)).count();
                self.print(bytes.get(taken..taken + run).unwrap_or_default(), here);
                taken += run;
                continue;
            }
            taken += 1;
            if let Some(exit) = self.parser.advance(byte).and_then(|action| self.act(action, here))
            {
                return (taken, Some(exit));
            }
        }
        (taken, None)
    }

    /// Goes on to the line that `exit` leads to.
    pub(super) fn next_line(&mut self, exit: Exit) {
        self.line.clear();
        match exit {
            Exit::Feed => {
                self.repaint.down(1);
                self.command &= self.sends_output_mark;
            }
            Exit::Up(rows) => self.repaint.up(rows),
            Exit::Down(rows) => self.repaint.down(rows),
            Exit::To(row) => self.repaint.placed(row),
            Exit::Output => {}
        }
        self.command_line = self.command;
    }

    fn print(&mut self, run: &[u8], at: Offset) {
        if !self.alternate {
            self.line.print(run, at);
        }
    }

    fn act(&mut self, action: Action, at: Offset) -> Option<Exit> {
        match action {
            Action::Escape(b'c') => self.reset(),
            Action::Csi(csi) if csi.private == b'?' && csi.intermediate == 0 => {
                self.set_modes(&csi);
            }
            _ if self.alternate => {}
            Action::Control(b'\n' | 0x0b | 0x0c) | Action::Escape(b'D' | b'E') => {
                return Some(Exit::Feed);
            }
            Action::Escape(b'M') => return self.leave(Exit::Up(1)),
            Action::Escape(b'7') => self.save(),
            Action::Escape(b'8') => self.restore(),
            Action::Mark(mark) => return self.mark(mark),
            Action::Csi(csi) if csi.private == 0 && csi.intermediate == 0 => {
                return self.control(csi, at);
            }
            _ => self.line.apply(action, at),
        }
        None
    }

    /// Cursor motion out of the line; everything else a CSI can do stays in it.
    fn control(&mut self, csi: Csi, at: Offset) -> Option<Exit> {
        let rows = csi.times();
        match csi.last {
            b'A' | b'F' => self.leave(Exit::Up(rows)),
            b'B' | b'E' | b'e' => self.leave(Exit::Down(rows)),
            b'H' | b'f' | b'd' => self.leave(Exit::To(rows - 1)),
            b'r' => self.leave(Exit::To(0)),
            b's' => {
                self.save();
                None
            }
            b'u' => {
                self.restore();
                None
            }
            _ => {
                self.line.apply(Action::Csi(csi), at);
                None
            }
        }
    }

    /// Leaves a line by cursor motion. An empty line is left silently, and so is a saved one: the
    /// cursor will come back to it.
    fn leave(&mut self, exit: Exit) -> Option<Exit> {
        let saved_here = self.saved.as_deref_mut().filter(|saved| !saved.left);
        if let Some(saved) = saved_here {
            saved.left = true;
        } else if !self.line.is_empty() {
            return Some(exit);
        }
        self.next_line(exit);
        None
    }

    fn save(&mut self) {
        self.saved = Some(Box::new(Saved { line: self.line.clone(), left: false }));
        self.repaint.save();
    }

    fn restore(&mut self) {
        let Some(saved) = self.saved.take() else { return };
        if saved.left {
            self.line = saved.line;
            self.repaint.restore();
        } else {
            self.line.put_cursor_as_in(&saved.line);
        }
    }

    /// DECSET and DECRST of the alternate screen (xterm: 47, 1047, 1049).
    fn set_modes(&mut self, csi: &Csi) {
        let switches = csi.params().iter().any(|mode| matches!(mode, 47 | 1047 | 1049));
        match csi.last {
            b'h' if switches => self.alternate = true,
            b'l' if switches => self.alternate = false,
            _ => {}
        }
    }

    /// RIS: the terminal starts over.
    fn reset(&mut self) {
        self.alternate = false;
        self.saved = None;
        self.line.clear();
        self.repaint.end();
    }

    /// Shell integration (FinalTerm's OSC 133): A prompt, B command, C output, D done.
    fn mark(&mut self, mark: u8) -> Option<Exit> {
        self.command = mark == b'B';
        self.command_line |= self.command;
        if mark != b'C' {
            return None;
        }
        self.sends_output_mark = true;
        self.repaint.end();
        if self.line.is_empty() {
            self.command_line = false;
            return None;
        }
        Some(Exit::Output)
    }
}

const fn is_text(byte: u8) -> bool {
    matches!(byte, b'\t' | 0x20..=0x7e | 0x80..)
}

/// Bytes at the start of `bytes` that change nothing on the alternate screen: all but what may leave
/// it (`CSI ? … l`, RIS), strings, and a sequence that is cut.
fn without_effect(bytes: &[u8]) -> usize {
    let mut at = 0;
    while let Some(found) = memchr::memchr(0x1b, bytes.get(at..).unwrap_or_default()) {
        at += found;
        let Some([_, b'[', rest @ ..]) = bytes.get(at..) else { return at };
        // ECMA-48 5.4: parameter and intermediate bytes, then one final byte.
        let Some(last) = rest.iter().position(|byte| !(0x20..=0x3f).contains(byte)) else {
            return at;
        };
        let is_final = rest.get(last).is_some_and(|byte| (0x40..=0x7e).contains(byte));
        if rest.first() == Some(&b'?') || !is_final {
            return at;
        }
        at += 2 + last + 1;
    }
    bytes.len()
}
