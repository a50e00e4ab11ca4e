//! What every scrolling list shares.

use ratatui::layout::{Position, Rect};

use super::Look;
use super::canvas::Canvas;

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

/// Marks the row under the cursor: its background, its name, and the cursor in its first column.
pub(super) fn select(look: &Look, row: Rect, name: Rect, canvas: &mut Canvas<'_>) {
    canvas.restyle(row, look.theme.selected());
    canvas.restyle(name, look.theme.selected_name());
    canvas.glyph(row.x, row.y, look.glyphs.cursor, look.theme.focus());
}

/// The index of the top row that shows `selected` while moving as little as possible from
/// `first`, for `len` rows in `height`.
pub(super) fn scroll(first: usize, selected: Option<usize>, len: usize, height: usize) -> usize {
    let last_top = len.saturating_sub(height.max(1));
    let top = first.min(last_top);
    match selected {
        Some(row) if row < top => row,
        Some(row) if height > 0 && row >= top + height => (row + 1 - height).min(last_top),
        _ => top,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_top_moves_only_as_far_as_needed() {
        for (first, selected, len, height, expected) in [
            (0, Some(0), 3, 10, 0),
            (0, Some(9), 20, 10, 0),
            (0, Some(10), 20, 10, 1),
            (5, Some(3), 20, 10, 3),
            (5, Some(7), 20, 10, 5),
            (15, None, 20, 10, 10),
            (4, Some(19), 20, 0, 4),
            (7, Some(2), 0, 10, 0),
            (0, Some(usize::MAX - 1), 20, 10, 10),
        ] {
            assert_eq!(scroll(first, selected, len, height), expected, "{selected:?} of {len}");
        }
    }

    #[test]
    fn the_mouse_finds_rows() {
        let view = ListView { area: Rect::new(2, 3, 10, 4), first: 7 };
        assert_eq!(view.index_at(Position::new(2, 3)), Some(7));
        assert_eq!(view.index_at(Position::new(11, 6)), Some(10));
        assert_eq!(view.index_at(Position::new(2, 7)), None);
    }
}
