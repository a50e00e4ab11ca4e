//! Screen state on the wire: what a viewer's grid needs to show the next picture of a session.
//!
//! An [`Update`] is either a snapshot (`base` is 0: start from a blank grid) or a set of row
//! changes on top of the picture with revision `base`. A viewer applies it only to exactly that
//! picture; on any other it asks for a snapshot. Updates may be skipped by the sender, never
//! reordered.

mod codec;
mod color;
mod modes;

pub use codec::UpdateError;
pub use color::{ColorError, MarkColor};
pub use modes::{ModeBits, ModeFlag};

use std::ops::Range;

use super::{Offset, Severity, Winsize};

/// The next picture of a session's screen, as a difference.
///
/// Applied in this order: size (snapshot only), `scroll`, `rows`, `marks`, then the rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Update {
    /// Number of this picture, counted from 1 by the sender for one attachment.
    pub revision: u64,
    /// The revision this difference starts from; 0 makes it a snapshot, which starts from a blank
    /// grid.
    pub base: u64,
    /// End of the part of the Log that the picture shows.
    pub offset: Offset,
    /// Size of the grid, within [`Winsize::MIN`]..=[`Winsize::MAX`]. Differs from the base's only
    /// in a snapshot.
    pub size: Winsize,
    /// Rows that the base moves up, blank ones following from below, before `rows` apply.
    pub scroll: u16,
    /// Rows that changed, ascending by row.
    pub rows: Vec<RowUpdate>,
    /// Marks that changed, ascending by row; [`Severity::Other`] takes a mark away. Marks scroll
    /// with their rows.
    pub marks: Vec<RowMark>,
    /// Where the cursor is.
    pub cursor: CursorPosition,
    /// The terminal's modes.
    pub modes: ModeBits,
    /// The new title, when it changed.
    pub title: Option<String>,
}

/// New contents of one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowUpdate {
    /// Row, from 0 at the top.
    pub row: u16,
    /// The row's text goes on in the next row (it was broken by the right edge, not by a line end).
    pub wrapped: bool,
    /// What to write from column 0 with default attributes: printable UTF-8 text and the sequences
    /// SGR, CUF, CUP, ECH and EL (ECMA-48 8.3.117, 8.3.20, 8.3.21, 8.3.38, 8.3.41), nothing else.
    /// Empty when only `wrapped` changed.
    pub bytes: Vec<u8>,
}

/// The severity of the line that a row shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowMark {
    /// Row, from 0 at the top.
    pub row: u16,
    /// Severity of the whole logical line; each of its rows carries it.
    pub severity: Severity,
    /// Columns of the matched text on this row; empty where the match is on another row of the
    /// line.
    pub cols: Range<u16>,
    /// The colour of the user's rule that decided, when it has one; else the severity's is meant.
    pub color: Option<MarkColor>,
}

/// Where a cursor is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CursorPosition {
    /// Row, from 0 at the top.
    pub row: u16,
    /// Column, from 0; equal to the number of columns while a wrap is pending at the right edge.
    pub col: u16,
}

impl Update {
    /// Longest `bytes` of one row: [`Winsize::MAX`] columns, each with a full change of attributes.
    pub const MAX_ROW_BYTES: usize = 96 * 1024;
    /// Longest title in bytes.
    pub const MAX_TITLE_BYTES: usize = 1024;

    /// Whether this starts from a blank grid.
    #[must_use]
    pub const fn is_snapshot(&self) -> bool {
        self.base == 0
    }
}

#[cfg(test)]
mod tests;
