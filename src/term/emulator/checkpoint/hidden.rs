//! A copy of the parser's screen that is made to show what it does not tell.

use super::super::{Observed, parser};
use super::Cursors;
use crate::proto::Winsize;

/// Nothing done to it reaches the parser it was copied from.
pub(super) struct Hidden {
    parser: vt100::Parser<Observed>,
}

impl Hidden {
    pub(super) fn of(screen: &vt100::Screen) -> Self {
        let mut parser = parser(Winsize::new(1, 1), Observed::default());
        parser.screen_mut().clone_from(screen);
        Self { parser }
    }

    /// The primary or the alternate screen.
    pub(super) fn show(&mut self, alternate: bool) -> &vt100::Screen {
        self.parser.process(if alternate { b"\x1b[?47h" } else { b"\x1b[?47l" });
        self.parser.screen()
    }

    /// Both cursors of the primary or the alternate screen, to be asked once: the copy's cursor is
    /// then where it was saved.
    pub(super) fn cursors(&mut self, alternate: bool) -> Cursors {
        let at = self.show(alternate).cursor_position();
        self.parser.process(b"\x1b8");
        Cursors { at, saved: self.parser.screen().cursor_position() }
    }

    /// The character that REP would repeat. Uses the copy up.
    pub(super) fn last_printed(mut self) -> Option<char> {
        self.parser.process(b"\x1b[?6l\x1b[r\x1b[2J\x1b[H\x1b[b");
        self.parser.screen().cell(0, 0)?.contents().chars().next()
    }
}
