//! The two screens (xterm ctlseqs, private modes 47, 1047, 1049).
//!
//! The parser gives each screen a cursor of its own; terminals have one, which stays where it is when the
//! screens change. Entering the screen one is on already, or leaving it when one is not there, does nothing.

use super::state::{Saved, ScreenState};
use super::terminal::Terminal;

impl Terminal {
    /// `?47`.
    pub(super) fn switch_screen(&mut self, alternate: bool) {
        if alternate != self.is_alternate() {
            let position = self.position();
            self.emit_mode(47, alternate);
            self.move_to(position);
        }
    }

    /// `?1047`: the alternate screen is cleared when it is left.
    pub(super) fn switch_cleared_screen(&mut self, alternate: bool) {
        if !alternate && self.is_alternate() {
            let pen = self.vt().attributes_formatted();
            self.emit(format!("\x1b[m\x1b[2J{pen}").as_bytes());
        }
        self.switch_screen(alternate);
    }

    /// `?1049`: the cursor is saved before and restored after, and the alternate screen begins empty.
    pub(super) fn switch_screen_and_save(&mut self, alternate: bool) {
        if alternate == self.is_alternate() {
            return;
        }
        if alternate {
            let position = self.position();
            self.note_saved();
            self.emit_mode(1049, true);
            self.begin_alternate();
            self.move_to(position);
        } else {
            self.emit_mode(1049, false);
            self.apply_saved();
        }
    }

    /// The parser forgets all state of the alternate screen when it clears it; the cursor that was saved there
    /// outlives that (xterm).
    fn begin_alternate(&mut self) {
        let saved = Saved { origin: false, ..self.state.screen(true).saved };
        let position = saved.position;
        *self.state.screen_mut(true) = ScreenState { saved, ..ScreenState::default() };
        self.move_to(position);
        self.emit(b"\x1b7");
    }

    /// Moves to a row and column from 0, unless origin mode counts them otherwise.
    fn move_to(&mut self, (row, col): (u16, u16)) {
        if !self.state.screen(self.is_alternate()).origin {
            self.emit(format!("\x1b[{};{}H", row + 1, col + 1).as_bytes());
        }
    }
}
