//! Moves of the cursor, tab stops, the scrolling region, and repeated characters.

use super::params::Params;
use super::scan::Csi;
use super::state::Saved;
use super::terminal::Terminal;
use crate::term::pen::Pen;

impl Terminal {
    /// CHT: to a later tab stop.
    pub(super) fn forward_tabs(&mut self, csi: &Csi<'_>) {
        self.forward(Params(csi.params).count(1));
    }

    /// HT and CHT.
    pub(super) fn forward(&mut self, count: u16) {
        let col = self.state.tabs.forward(self.position().1, self.size.cols, count);
        self.move_to_column(col);
    }

    /// CBT: to an earlier tab stop.
    pub(super) fn backward_tabs(&mut self, csi: &Csi<'_>) {
        let col = self.state.tabs.backward(self.position().1, Params(csi.params).count(1));
        self.move_to_column(col);
    }

    fn move_to_column(&mut self, col: u16) {
        self.emit(format!("\x1b[{}G", col + 1).as_bytes());
    }

    /// HTS: a stop where the cursor is.
    pub(super) fn set_tab_stop(&mut self) {
        let (_, col) = self.position();
        self.state.tabs.set(col, true);
    }

    /// TBC: no stop where the cursor is (0), or none at all (3).
    pub(super) fn clear_tab_stop(&mut self, csi: &Csi<'_>) {
        match Params(csi.params).count(0) {
            0 => {
                let (_, col) = self.position();
                self.state.tabs.set(col, false);
            }
            3 => self.state.tabs.clear_all(),
            _ => {}
        }
    }

    /// DECST8C: the usual stops again.
    pub(super) fn reset_tab_stops(&mut self, csi: &Csi<'_>) {
        if csi.params == b"5" {
            self.state.tabs = Default::default();
        }
    }

    /// HPR.
    pub(super) fn column_relative(&mut self, csi: &Csi<'_>) {
        self.relative(csi, 'C');
    }

    /// HPB.
    pub(super) fn column_backward(&mut self, csi: &Csi<'_>) {
        self.relative(csi, 'D');
    }

    /// VPR.
    pub(super) fn row_relative(&mut self, csi: &Csi<'_>) {
        self.relative(csi, 'B');
    }

    /// VPB.
    pub(super) fn row_backward(&mut self, csi: &Csi<'_>) {
        self.relative(csi, 'A');
    }

    fn relative(&mut self, csi: &Csi<'_>, cursor: char) {
        self.emit(format!("\x1b[{}{cursor}", Params(csi.params).count(1)).as_bytes());
    }

    /// VPA, which counts from the region's first row in origin mode; the parser's does not.
    pub(super) fn row_absolute(&mut self, csi: &Csi<'_>) {
        let row = Params(csi.params).count(1);
        if self.state.screen(self.is_alternate()).origin {
            let (_, col) = self.position();
            self.emit(format!("\x1b[{row};{}H", col + 1).as_bytes());
        } else {
            self.emit(format!("\x1b[{row}d").as_bytes());
        }
    }

    /// RI, which scrolls only from the region's first row; the parser's also scrolls from the screen's first.
    pub(super) fn reverse_index(&mut self) {
        let region = self.state.screen(self.is_alternate()).region;
        let above_region = region.is_some_and(|(top, _)| self.position().0 < top);
        self.emit(if above_region { b"\x1b[A" } else { b"\x1bM" });
    }

    /// SD. With more than one parameter it is not SD but a mouse protocol of xterm's.
    pub(super) fn scroll_down(&mut self, csi: &Csi<'_>) {
        if !csi.params.contains(&b';') {
            self.relative(csi, 'T');
        }
    }

    /// DECSTBM. Rows that make no region are ignored (xterm); a region homes the cursor (DEC).
    pub(super) fn set_region(&mut self, csi: &Csi<'_>) {
        let rows = self.size.rows;
        let top = Params(csi.params).at(0, 1);
        let bottom = Params(csi.params).at(1, rows).min(rows);
        if top >= bottom {
            return;
        }
        let alternate = self.is_alternate();
        let whole = top == 1 && bottom == rows;
        self.state.screen_mut(alternate).region = (!whole).then_some((top - 1, bottom - 1));
        self.emit(format!("\x1b[{top};{bottom}r\x1b[H").as_bytes());
    }

    /// DECSC.
    pub(super) fn save_cursor(&mut self) {
        self.note_saved();
        self.emit(b"\x1b7");
    }

    /// Remembers what DECSC saves and the parser does not.
    pub(super) fn note_saved(&mut self) {
        let alternate = self.is_alternate();
        let pen = Pen::of_screen(self.vt());
        let position = self.position();
        let charsets = self.state.charsets;
        let screen = self.state.screen_mut(alternate);
        screen.saved = Saved { charsets, origin: screen.origin, position, pen };
    }

    /// DECRC.
    pub(super) fn restore_cursor(&mut self) {
        self.emit(b"\x1b8");
        self.apply_saved();
    }

    /// Restores what the parser's DECRC does not.
    pub(super) fn apply_saved(&mut self) {
        let alternate = self.is_alternate();
        let screen = self.state.screen_mut(alternate);
        screen.origin = screen.saved.origin;
        let Saved { charsets, pen, .. } = screen.saved;
        self.state.charsets = charsets;
        let mut restored = Vec::new();
        pen.sgr(&mut restored);
        self.emit(&restored);
    }

    /// SCOSC. With parameters it would be DECSLRM, which is not supported.
    pub(super) fn save_position(&mut self, csi: &Csi<'_>) {
        if csi.params.is_empty() {
            self.save_cursor();
        }
    }

    /// SCORC.
    pub(super) fn restore_position(&mut self, csi: &Csi<'_>) {
        if csi.params.is_empty() {
            self.restore_cursor();
        }
    }

    /// REP, at most so often that the screen is full of it.
    pub(super) fn repeat(&mut self, csi: &Csi<'_>) {
        let asked = u32::from(Params(csi.params).count(1));
        let cols = u32::from(self.size.cols);
        let room = cols.saturating_sub(u32::from(self.vt().cursor_position().1));
        let full = cols * u32::from(self.size.rows);
        let count = match () {
            () if self.state.no_wrap => asked.min(room),
            // Whole rows more change nothing once every row is full: keep the column right.
            () if asked > full + cols => full + (asked - full) % cols,
            () => asked,
        };
        if count > 0 {
            self.emit(format!("\x1b[{count}b").as_bytes());
        }
    }

    /// SCS.
    pub(super) fn designate_charset(&mut self, intermediate: u8, last: u8) {
        self.state.charsets.designate(intermediate, last);
    }

    /// LS2, LS3.
    pub(super) fn invoke_charset(&mut self, slot: u8) {
        self.state.charsets.invoke(slot);
    }
}
