//! The picture itself: a copy of the grid and what belongs to it.

use std::sync::{Arc, OnceLock};

use super::{Cell, ansi, printable};
use crate::proto::update::{CursorPosition, RowMark};
use crate::proto::{Offset, Winsize};
use crate::term::{Modes, Screen};

/// A picture of a screen at one moment. Cloning shares it.
///
/// Everything it hands out is safe to draw: text is printable and as wide as it claims, see
/// [`Cell`].
#[derive(Debug, Clone)]
pub struct View(Arc<Picture>);

/// The parts of a [`View`].
#[derive(Debug, Clone)]
pub(in crate::term) struct Picture {
    /// The grid. Its own cursor, wrap flags and modes mean nothing here: the fields below do.
    pub(in crate::term) grid: vt100::Screen,
    pub(in crate::term) size: Winsize,
    /// For each row, whether its text goes on in the next.
    pub(in crate::term) wrapped: Vec<bool>,
    /// Ascending by row, at most one a row.
    pub(in crate::term) marks: Vec<RowMark>,
    pub(in crate::term) cursor: CursorPosition,
    pub(in crate::term) modes: Modes,
    pub(in crate::term) title: String,
    pub(in crate::term) offset: Offset,
    /// Filled by [`View::formatted_rows`].
    pub(in crate::term) formatted: OnceLock<Vec<String>>,
}

impl View {
    /// What `screen` shows, which is the Log up to `offset`.
    #[must_use]
    pub fn of(screen: &Screen, offset: Offset) -> Self {
        let grid = screen.vt().clone();
        let size = screen.size();
        let (row, col) = screen.cursor();
        Self::from(Picture {
            wrapped: (0..size.rows).map(|row| grid.row_wrapped(row)).collect(),
            grid,
            size,
            marks: Vec::new(),
            cursor: CursorPosition { row, col },
            modes: screen.modes(),
            title: screen.title().to_owned(),
            offset,
            formatted: OnceLock::new(),
        })
    }

    /// This picture with `marks` (ascending by row, at most one a row) in place of its own.
    #[must_use]
    pub fn with_marks(mut self, marks: Vec<RowMark>) -> Self {
        Arc::make_mut(&mut self.0).marks = marks;
        self
    }

    /// Rows and columns.
    #[must_use]
    pub fn size(&self) -> Winsize {
        self.0.size
    }

    /// End of the part of the Log that is shown.
    #[must_use]
    pub fn offset(&self) -> Offset {
        self.0.offset
    }

    /// The terminal's modes.
    #[must_use]
    pub fn modes(&self) -> Modes {
        self.0.modes
    }

    /// The title that the program set; printable.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.0.title
    }

    /// Row and column of the cursor, always inside the grid; `None` while it is hidden.
    #[must_use]
    pub fn cursor(&self) -> Option<(u16, u16)> {
        let CursorPosition { row, col } = self.0.cursor;
        let Winsize { rows, cols } = self.0.size;
        let inside = (row.min(rows.saturating_sub(1)), col.min(cols.saturating_sub(1)));
        (!self.0.modes.cursor_hidden).then_some(inside)
    }

    /// Row and column of the cursor, hidden or not; the column equals the width while a wrap is pending.
    #[must_use]
    pub fn cursor_position(&self) -> (u16, u16) {
        (self.0.cursor.row, self.0.cursor.col)
    }

    /// The cell at `row` and `col`, blank outside the grid.
    #[must_use]
    pub fn cell(&self, row: u16, col: u16) -> Cell<'_> {
        let Some(cell) = self.0.grid.cell(row, col) else { return Cell::BLANK };
        if cell.is_wide_continuation() {
            return self.right_half(row, col);
        }
        if !cell.has_contents() {
            return Cell::erased(cell.bgcolor().into());
        }
        let glyph = printable::glyph(cell.contents(), cell.is_wide());
        Cell::written(glyph.text, glyph.width, cell)
    }

    /// The second column of the wide character that starts left of `col`.
    fn right_half(&self, row: u16, col: u16) -> Cell<'_> {
        let left = col.checked_sub(1).and_then(|left| self.0.grid.cell(row, left));
        let Some(left) = left else { return Cell::BLANK };
        match printable::glyph(left.contents(), left.is_wide()).width {
            2 => Cell::written("", 0, left),
            _ => Cell::written(" ", 1, left),
        }
    }

    /// The cells of `row`, left to right.
    pub fn row(&self, row: u16) -> impl Iterator<Item = Cell<'_>> {
        (0..self.0.size.cols).map(move |col| self.cell(row, col))
    }

    /// The text of `row`, printable, without what is blank at its end; with it where the text goes
    /// on in the next row, so that the rows of a line can be joined.
    #[must_use]
    pub fn row_text(&self, row: u16) -> String {
        let mut text: String = self.row(row).map(|cell| cell.text).collect();
        if !self.row_wrapped(row) {
            text.truncate(text.trim_end_matches(' ').len());
        }
        text
    }

    /// [`View::row_text`] of all rows, top to bottom.
    pub fn text_rows(&self) -> impl Iterator<Item = String> {
        (0..self.0.size.rows).map(|row| self.row_text(row))
    }

    /// The text of each logical line, top to bottom: rows that only the right edge divides are joined.
    pub fn logical_rows(&self) -> impl Iterator<Item = String> {
        let mut row = 0;
        std::iter::from_fn(move || {
            let mut line = String::new();
            while row < self.0.size.rows {
                line.push_str(&self.row_text(row));
                row += 1;
                if !self.row_wrapped(row - 1) {
                    return Some(line);
                }
            }
            (!line.is_empty()).then_some(line)
        })
    }

    /// Whether the text of `row` goes on in the next row: the right edge broke it, not a line end.
    #[must_use]
    pub fn row_wrapped(&self, row: u16) -> bool {
        self.0.wrapped.get(usize::from(row)).copied().unwrap_or(false)
    }

    /// `row` as UTF-8 text with SGR sequences and nothing else, from default attributes to default
    /// attributes, without what is blank at its end. Safe to print.
    #[must_use]
    pub fn ansi_row(&self, row: u16) -> Vec<u8> {
        ansi::row(self.row(row))
    }

    /// The mark of the line that `row` shows.
    #[must_use]
    pub fn mark(&self, row: u16) -> Option<&RowMark> {
        let at = self.0.marks.binary_search_by_key(&row, |mark| mark.row).ok()?;
        self.0.marks.get(at)
    }

    /// All marks, ascending by row.
    #[must_use]
    pub fn marks(&self) -> &[RowMark] {
        &self.0.marks
    }

    /// Whether both share one picture, which makes any comparison needless.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    pub(in crate::term) fn picture(&self) -> &Picture {
        &self.0
    }

    /// Each row as the text and sequences that write it on a blank row, starting at column 0 with
    /// default attributes. Equal strings mean equal cells. Made once for all who share this
    /// picture.
    pub(in crate::term) fn formatted_rows(&self) -> &[String] {
        // More columns than the grid has: the crate then treats each row by itself, wrapped or not.
        self.0.formatted.get_or_init(|| self.0.grid.rows_formatted(0, u16::MAX).collect())
    }
}

impl From<Picture> for View {
    fn from(picture: Picture) -> Self {
        Self(Arc::new(picture))
    }
}
