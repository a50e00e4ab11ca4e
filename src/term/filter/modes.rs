//! Modes: SM, RM, DECSET, DECRST and what DECRQM says of them.

use super::params::{Params, number};
use super::scan::Csi;
use super::terminal::Terminal;
use crate::term::{MouseEncoding, MouseTracking};

/// Whether all these private modes are the parser's own business.
pub(super) fn pass(params: &[u8]) -> bool {
    let own =
        |field| matches!(number(field), Some(1 | 9 | 25 | 1000 | 1002 | 1003 | 1005 | 1006 | 2004));
    params.split(|&b| b == b';').all(own)
}

impl Terminal {
    /// SM.
    pub(super) fn set_modes(&mut self, csi: &Csi<'_>) {
        self.ansi_modes(csi, true);
    }

    /// RM.
    pub(super) fn reset_modes(&mut self, csi: &Csi<'_>) {
        self.ansi_modes(csi, false);
    }

    fn ansi_modes(&mut self, csi: &Csi<'_>, on: bool) {
        for mode in Params(csi.params).numbers() {
            match mode {
                4 => self.state.insert = on,   // IRM
                20 => self.state.newline = on, // LNM
                _ => {}
            }
        }
    }

    /// DECSET.
    pub(super) fn set_private_modes(&mut self, csi: &Csi<'_>) {
        Params(csi.params).numbers().for_each(|mode| self.private_mode(mode, true));
    }

    /// DECRST.
    pub(super) fn reset_private_modes(&mut self, csi: &Csi<'_>) {
        Params(csi.params).numbers().for_each(|mode| self.private_mode(mode, false));
    }

    fn private_mode(&mut self, mode: u16, on: bool) {
        match mode {
            1 | 9 | 25 | 1000 | 1002 | 1003 | 1005 | 1006 | 2004 => self.emit_mode(mode, on),
            3 => self.change_columns(),    // DECCOLM
            6 => self.set_origin(on),      // DECOM
            7 => self.state.no_wrap = !on, // DECAWM
            47 => self.switch_screen(on),  // xterm
            66 => self.emit(if on { b"\x1b=" } else { b"\x1b>" }), // DECNKM
            1004 => self.state.focus_events = on, // xterm
            1047 => self.switch_cleared_screen(on), // xterm
            1048 if on => self.save_cursor(), // xterm
            1048 => self.restore_cursor(), // xterm
            1049 => self.switch_screen_and_save(on), // xterm
            2026 => self.state.synchronized = on, // synchronized output
            _ => {}
        }
    }

    /// Gives one private mode to the parser.
    pub(super) fn emit_mode(&mut self, mode: u16, on: bool) {
        let last = if on { 'h' } else { 'l' };
        self.emit(format!("\x1b[?{mode}{last}").as_bytes());
    }

    /// DECOM, which homes the cursor.
    pub(super) fn set_origin(&mut self, on: bool) {
        let alternate = self.is_alternate();
        self.state.screen_mut(alternate).origin = on;
        self.emit_mode(6, on);
    }

    /// Whether an ANSI mode is set; `None` when it is not known.
    pub(super) fn ansi_mode_state(&self, mode: u16) -> Option<bool> {
        match mode {
            4 => Some(self.state.insert),
            20 => Some(self.state.newline),
            _ => None,
        }
    }

    /// Whether a private mode is set; `None` when it is not known.
    pub(super) fn private_mode_state(&self, mode: u16) -> Option<bool> {
        let modes = self.modes();
        let state = match mode {
            1 => modes.application_cursor,
            6 => self.state.screen(modes.alternate).origin,
            7 => !self.state.no_wrap,
            9 => modes.mouse == MouseTracking::Press,
            25 => !modes.cursor_hidden,
            47 | 1047 | 1049 => modes.alternate,
            66 => modes.application_keypad,
            1000 => modes.mouse == MouseTracking::PressRelease,
            1002 => modes.mouse == MouseTracking::ButtonMotion,
            1003 => modes.mouse == MouseTracking::AnyMotion,
            1004 => modes.focus_events,
            1005 => modes.mouse_encoding == MouseEncoding::Utf8,
            1006 => modes.mouse_encoding == MouseEncoding::Sgr,
            2004 => modes.bracketed_paste,
            2026 => self.state.synchronized,
            _ => return None,
        };
        Some(state)
    }
}
