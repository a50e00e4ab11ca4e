//! Resets and whole-screen functions: RIS, DECSTR, DECALN, DECCOLM.

use super::scan::Csi;
use super::state::{Saved, State};
use super::terminal::Terminal;

impl Terminal {
    /// RIS: everything back to its beginning, apart from the title.
    pub(super) fn hard_reset(&mut self) {
        self.state = State::default();
        self.emit(b"\x1bc");
    }

    /// DECSTR: modes, region, pen and saved cursor back to their defaults; screen and cursor stay.
    pub(super) fn soft_reset(&mut self, _: &Csi<'_>) {
        let (row, col) = self.position();
        let alternate = self.is_alternate();
        self.state.insert = false;
        self.state.no_wrap = false;
        self.state.charsets = Default::default();
        let screen = self.state.screen_mut(alternate);
        screen.saved = Saved::default();
        screen.region = None;
        screen.origin = false;
        let modes = "\x1b[?6l\x1b[r\x1b[?25h\x1b[?1l\x1b>";
        let cursor = format!("\x1b[m\x1b[H\x1b7\x1b[{};{}H", row + 1, col + 1);
        self.emit(format!("{modes}{cursor}").as_bytes());
    }

    /// DECALN: a screen full of `E`, without region, cursor at home.
    pub(super) fn alignment_test(&mut self) {
        let pen = self.vt().attributes_formatted();
        self.whole_region();
        let row_of_es = "E".repeat(usize::from(self.size.cols));
        self.emit(b"\x1b[m");
        for row in 1..=self.size.rows {
            self.emit(format!("\x1b[{row}H{row_of_es}").as_bytes());
        }
        self.emit(format!("\x1b[H{pen}").as_bytes());
    }

    /// DECCOLM: the width stays, but its other effects are expected: no region, empty screen, cursor at home.
    pub(super) fn change_columns(&mut self) {
        self.whole_region();
        self.emit(b"\x1b[2J\x1b[H");
    }

    fn whole_region(&mut self) {
        let alternate = self.is_alternate();
        self.state.screen_mut(alternate).region = None;
        self.set_origin(false);
        self.emit(b"\x1b[r");
    }
}
