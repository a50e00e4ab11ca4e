//! The rows, packed.

use std::sync::OnceLock;

use vt100::capture::basic_formatted_to_plain;

use super::lines::Lines;
use crate::proto::update::CursorPosition;
use crate::proto::{Offset, Winsize};
use crate::term::grid::Grid;
use crate::term::view::Picture;
use crate::term::{Modes, View};

/// The highest bit of a row's end: its text goes on in the next row.
const WRAPPED: u32 = 1 << 31;

/// A Log, or the end of one, as rows of one width: what has scrolled off the primary screen, then
/// what the screen shows, without blank rows at the end. What was drawn on the alternate screen is
/// not there.
///
/// Rows are numbered from 0 at the top. About as large as the Log it came from; see
/// [`History::MAX_BYTES`] and [`History::MAX_ROWS`].
#[derive(Debug)]
pub struct History {
    /// Of the screen it was drawn for.
    size: Winsize,
    /// Where the Log began.
    base: Offset,
    /// All rows' text and SGR, one after the other.
    text: String,
    /// Where each row ends in `text`, with [`WRAPPED`].
    ends: Vec<u32>,
    lines: Lines,
    /// Rows left out at the top to stay within the limits; `lines` counts them.
    dropped: usize,
}

/// One row of a [`History`].
#[derive(Debug, Clone, Copy)]
pub struct HistoryRow<'a> {
    /// The text with SGR sequences, from default attributes on. Not made printable: draw it by
    /// [`History::page`].
    pub ansi: &'a str,
    /// Where in the Log the line starts that the row belongs to.
    pub offset: Offset,
    /// The text goes on in the next row: the right edge broke it, not a line end.
    pub wrapped: bool,
}

impl HistoryRow<'_> {
    /// The text alone. Not made printable: it is for matching, not for showing.
    #[must_use]
    pub fn text(&self) -> String {
        basic_formatted_to_plain(self.ansi).collect()
    }
}

impl History {
    /// Most bytes of text kept. A Log can make more of itself than it is (a colour and an erase
    /// fill a row), so there is a limit; the oldest rows go first.
    pub const MAX_BYTES: usize = 32 << 20;
    /// Most rows kept; the oldest go first.
    pub const MAX_ROWS: usize = 1 << 20;
    /// How far above a row [`History::text_above`] looks for the start of its line.
    pub const MAX_ROWS_ABOVE: usize = 256;

    pub(super) fn new(size: Winsize, base: Offset) -> Self {
        let (text, ends, lines) = (String::new(), Vec::new(), Lines::default());
        Self { size, base, text, ends, lines, dropped: 0 }
    }

    /// Size of the screen that the rows were drawn for.
    #[must_use]
    pub fn size(&self) -> Winsize {
        self.size
    }

    /// Number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Heap bytes in use.
    #[must_use]
    pub fn memory(&self) -> usize {
        self.text.capacity() + self.ends.capacity() * size_of::<u32>() + self.lines.memory()
    }

    /// The row `row` from the top.
    #[must_use]
    pub fn row(&self, row: usize) -> Option<HistoryRow<'_>> {
        let end = *self.ends.get(row)?;
        let ansi = self.text.get(self.start(row)..(end & !WRAPPED) as usize)?;
        let offset = self.base.saturating_add(self.lines.offset_of(self.dropped + row));
        Some(HistoryRow { ansi, offset, wrapped: end & WRAPPED != 0 })
    }

    /// First row of the line that holds the byte at `offset`; the first row for what lies before
    /// all lines, the last line's for what lies behind.
    #[must_use]
    pub fn row_at_offset(&self, offset: Offset) -> usize {
        let row = self.lines.row_of(offset.saturating_sub(self.base));
        row.saturating_sub(self.dropped).min(self.len().saturating_sub(1))
    }

    /// The text of the rows above `row` that belong to the same line, as far as it is not longer
    /// than [`History::MAX_ROWS_ABOVE`]; empty if a line starts on `row`.
    #[must_use]
    pub fn text_above(&self, row: usize) -> String {
        let nearest = row.saturating_sub(Self::MAX_ROWS_ABOVE);
        let wrapped = |at: &usize| self.row(*at).is_some_and(|row| row.wrapped);
        let first = (nearest..row).rev().take_while(wrapped).last().unwrap_or(row);
        (first..row).filter_map(|at| self.row(at)).map(|row| row.text()).collect()
    }

    /// The screen with `top` as its first row, blank below the last, without a cursor.
    #[must_use]
    pub fn page(&self, top: usize) -> View {
        let mut grid = Grid::new(self.size);
        let mut wrapped = vec![false; usize::from(self.size.rows)];
        let rows = (top..).map_while(|row| self.row(row));
        for ((row, at), flag) in rows.zip(0..).zip(&mut wrapped) {
            // On a crash the grid is blank from here up, which is all that can be shown.
            let _ = grid.write_row(at, row.ansi);
            *flag = row.wrapped;
        }
        View::from(Picture {
            grid: grid.screen().clone(),
            size: self.size,
            wrapped,
            marks: Vec::new(),
            cursor: CursorPosition::default(),
            modes: Modes { cursor_hidden: true, ..Modes::default() },
            title: String::new(),
            offset: self.row(top).map_or(self.base, |row| row.offset),
            formatted: OnceLock::new(),
        })
    }

    /// Rows ever pushed.
    pub(super) fn pushed(&self) -> usize {
        self.dropped + self.ends.len()
    }

    pub(super) fn begin_line(&mut self, row: usize, offset: Offset) {
        self.lines.begin(row, offset);
    }

    /// Appends a row of text and SGR, `wrapped` into the next.
    pub(super) fn push(&mut self, ansi: &str, wrapped: bool) {
        if self.text.len() + ansi.len() > Self::MAX_BYTES || self.len() >= Self::MAX_ROWS {
            self.drop_older_half();
        }
        self.text.push_str(ansi);
        let flag = if wrapped { WRAPPED } else { 0 };
        self.ends.push(self.text.len() as u32 | flag);
    }

    /// Takes blank rows away from the end.
    pub(super) fn trim(&mut self) {
        while self.row(self.len().wrapping_sub(1)).is_some_and(|row| row.ansi.is_empty()) {
            self.ends.pop();
        }
    }

    fn drop_older_half(&mut self) {
        let count = self.len().div_ceil(2);
        let cut = self.start(count);
        self.text.drain(..cut);
        self.ends.drain(..count);
        self.ends.iter_mut().for_each(|end| *end -= cut as u32);
        self.dropped += count;
        self.lines.forget_above(self.dropped);
    }

    /// Where `row` starts in `text`.
    fn start(&self, row: usize) -> usize {
        let before = row.checked_sub(1).and_then(|before| self.ends.get(before));
        before.map_or(0, |end| (end & !WRAPPED) as usize)
    }
}
