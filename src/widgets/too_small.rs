//! What is shown when the screen is too small for panes.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::Look;
use crate::proto::Counts;

/// The worst Session and its counters.
#[derive(Debug, Clone, Copy)]
pub struct TooSmall<'a> {
    /// `machine/session` with the most errors; empty when there is none.
    pub worst: &'a str,
    /// Its errors and warnings.
    pub counts: Counts,
}

impl TooSmall<'_> {
    /// Draws into `area`, the whole screen.
    pub fn draw(&self, look: &Look, area: Rect, buf: &mut Buffer) {
        let _ = (look, area, buf);
    }
}
