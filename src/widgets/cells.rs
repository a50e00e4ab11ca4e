//! A program's screen and what is marked on it, as plain values.

use std::ops::Range;

use ratatui::style::Color;

use crate::proto::{Severity, Winsize};

/// One cell of a program's screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CellView<'a> {
    /// One base character with its combining marks; empty for a blank cell and for the right
    /// half of a wide character. Checked again before it is drawn: what is hidden, or wider or
    /// narrower than `width` says, shows as a placeholder.
    pub text: &'a str,
    /// Columns it takes: 1 or 2; 0 for the right half of a wide character.
    pub width: u8,
    /// Foreground; `Reset` is the terminal's own.
    pub fg: Color,
    /// Background; `Reset` is the terminal's own.
    pub bg: Color,
    /// Bold (SGR 1).
    pub bold: bool,
    /// Dim (SGR 2).
    pub dim: bool,
    /// Italic (SGR 3).
    pub italic: bool,
    /// Underline (SGR 4).
    pub underline: bool,
    /// Inverse (SGR 7).
    pub inverse: bool,
}

/// A program's screen, or a window of its history.
pub trait Cells {
    /// Size in rows and columns.
    fn size(&self) -> Winsize;
    /// The cell at a 0-based row and column; a blank cell outside of [`Cells::size`].
    fn cell(&self, row: u16, col: u16) -> CellView<'_>;
    /// 0-based row and column of the cursor; `None` when it is hidden.
    fn cursor(&self) -> Option<(u16, u16)>;
}

/// How far the view of a screen larger than its rectangle is moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Pan {
    /// Rows of the screen above the rectangle.
    pub rows: u16,
    /// Columns of the screen left of the rectangle.
    pub cols: u16,
}

/// A row with a severity. It gets a letter in the gutter, and its span is underlined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowMark {
    /// 0-based row of the [`Cells`].
    pub row: u16,
    /// The row's severity; only errors and warnings show.
    pub severity: Severity,
    /// Columns that matched; empty when nothing is to be underlined.
    pub span: Range<u16>,
    /// The colour that the user's rule asks for, instead of the severity's.
    pub color: Option<Color>,
}

/// Columns of a row that stand out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Highlight {
    /// 0-based row of the [`Cells`].
    pub row: u16,
    /// Columns, end excluded.
    pub cols: Range<u16>,
    /// Why they stand out.
    pub kind: HighlightKind,
}

/// Why columns stand out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HighlightKind {
    /// A search hit.
    Match,
    /// The search hit the view jumped to.
    Current,
    /// Selected for copying.
    Selected,
}
