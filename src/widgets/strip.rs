//! The one-line list of Sessions for screens without a sidebar.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::Look;
use crate::proto::Counts;

/// A Session in the strip.
#[derive(Debug, Clone, Copy, Default)]
pub struct StripItem<'a> {
    /// Its name.
    pub name: &'a str,
    /// Errors and warnings; zeros are not shown.
    pub counts: Counts,
    /// It has errors or warnings nobody looked at: bold.
    pub unseen: bool,
    /// It is on the board.
    pub on_board: bool,
}

/// Sessions side by side in one row, scrolled so that the selected one is visible.
#[derive(Debug, Clone, Copy)]
pub struct Strip<'a> {
    /// The Sessions in order.
    pub items: &'a [StripItem<'a>],
    /// Index of the selected one.
    pub selected: Option<usize>,
}

impl Strip<'_> {
    /// Draws the first row of `area`; returns the rectangle of each visible item with its index.
    pub fn draw(&self, look: &Look, area: Rect, buf: &mut Buffer) -> Vec<(usize, Rect)> {
        let _ = (look, area, buf);
        Vec::new()
    }
}
