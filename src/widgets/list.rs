//! What every scrolling list shares.

use ratatui::layout::{Position, Rect};

/// Where a list's rows ended up on the screen, one row each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ListView {
    /// The rectangle of the rows.
    pub area: Rect,
    /// Index of the row at the top; hand it back on the next draw.
    pub first: usize,
}

impl ListView {
    /// The index of the row at a screen position, for the mouse. The caller checks it against
    /// its number of rows.
    #[must_use]
    pub fn index_at(&self, at: Position) -> Option<usize> {
        self.area.contains(at).then(|| self.first + usize::from(at.y - self.area.y))
    }
}

/// The index of the top row that shows `selected` while moving as little as possible from
/// `first`, for `len` rows in `height`.
pub(super) fn scroll(first: usize, selected: Option<usize>, len: usize, height: usize) -> usize {
    let last_top = len.saturating_sub(height);
    let top = first.min(last_top);
    match selected {
        Some(row) if row < top => row,
        Some(row) if height > 0 && row >= top + height => (row + 1 - height).min(last_top),
        _ => top,
    }
}
