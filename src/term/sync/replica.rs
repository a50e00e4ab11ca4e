//! The viewer's copy of a screen.

use std::sync::OnceLock;

use crate::proto::update::{CursorPosition, RowMark, RowUpdate, Update};
use crate::proto::{Offset, Severity, Winsize};
use crate::term::grid::{Crashed, Grid, row_text};
use crate::term::view::{Picture, single_line};
use crate::term::{Modes, RowSet, View};

/// Characters of a title that are kept.
const MAX_TITLE_CHARS: usize = 256;

/// Why an update was not applied. The answer to each is to ask for a snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Desync {
    /// The update starts from another picture than the one that is here.
    #[error("the update starts from picture {base}, but picture {have} is shown")]
    WrongBase {
        /// The revision that is here; 0 before the first snapshot.
        have: u64,
        /// The revision that the update starts from.
        base: u64,
    },
    /// The update's size is not the grid's, or not one that a grid may have.
    #[error("the update is for a screen of {0}, which is not the one that is shown")]
    WrongSize(Winsize),
    /// A row lies outside the grid or holds more than text and sequences that write cells.
    #[error("row {0} of the update cannot be drawn")]
    BadRow(u16),
    /// The grid could not be written and is blank now.
    #[error("the screen could not be redrawn")]
    Crashed,
}

/// A copy of an agent's screen, kept up by [`Update`]s.
///
/// Nothing that an update holds can do more than change this copy: it answers no query, sets no
/// mode of any terminal, and its size and cost are bounded. A refused update changes nothing,
/// except on [`Desync::Crashed`].
pub struct Replica {
    grid: Grid,
    revision: u64,
    offset: Offset,
    /// One flag a row.
    wrapped: Vec<bool>,
    /// Ascending by row.
    marks: Vec<RowMark>,
    cursor: CursorPosition,
    modes: Modes,
    title: String,
    /// RowSet that look different since [`Replica::take_changed`] was last called.
    changed: RowSet,
}

impl Replica {
    /// A blank screen of `size` that waits for a snapshot.
    #[must_use]
    pub fn new(size: Winsize) -> Self {
        let grid = Grid::new(size);
        Self {
            revision: 0,
            offset: 0,
            wrapped: vec![false; usize::from(grid.size().rows)],
            marks: Vec::new(),
            cursor: CursorPosition::default(),
            modes: Modes::default(),
            title: String::new(),
            changed: RowSet::ALL,
            grid,
        }
    }

    /// The revision that is shown; 0 before the first snapshot.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Draws `update`.
    ///
    /// # Errors
    /// [`Desync`] if it starts from another picture or is not what an agent sends.
    pub fn apply(&mut self, update: &Update) -> Result<(), Desync> {
        let texts = self.check(update)?;
        if update.is_snapshot() {
            *self = Self::new(update.size);
        }
        if self.draw(update, &texts).is_err() {
            *self = Self::new(self.grid.size());
            return Err(Desync::Crashed);
        }
        self.note_changed(update);
        self.scroll_flags(update.scroll);
        update.rows.iter().for_each(|row| self.set_wrapped(row));
        update.marks.iter().for_each(|mark| self.set_mark(mark));
        if let Some(title) = &update.title {
            self.title = single_line(title, MAX_TITLE_CHARS);
        }
        self.cursor = update.cursor;
        self.modes = Modes::from(update.modes);
        self.revision = update.revision;
        self.offset = update.offset;
        Ok(())
    }

    /// The rows that may look different since the last call: their cells, their marks, or whether
    /// the cursor is on them.
    pub fn take_changed(&mut self) -> RowSet {
        std::mem::take(&mut self.changed)
    }

    /// What is shown now.
    #[must_use]
    pub fn view(&self) -> View {
        View::from(Picture {
            grid: self.grid.screen().clone(),
            size: self.grid.size(),
            wrapped: self.wrapped.clone(),
            marks: self.marks.clone(),
            cursor: self.cursor,
            modes: self.modes,
            title: self.title.clone(),
            offset: self.offset,
            formatted: OnceLock::new(),
        })
    }

    /// The text of each row of `update`, if it may be drawn on what is shown.
    fn check<'a>(&self, update: &'a Update) -> Result<Vec<&'a str>, Desync> {
        let size = update.size;
        if !update.is_snapshot() && update.base != self.revision {
            return Err(Desync::WrongBase { have: self.revision, base: update.base });
        }
        let expected = if update.is_snapshot() { size.clamped() } else { self.grid.size() };
        if size != expected {
            return Err(Desync::WrongSize(size));
        }
        let text = |row: &'a RowUpdate| {
            let text = row_text(&row.bytes).filter(|_| row.row < size.rows);
            text.ok_or(Desync::BadRow(row.row))
        };
        update.rows.iter().map(text).collect()
    }

    fn note_changed(&mut self, update: &Update) {
        if update.is_snapshot() || update.scroll > 0 {
            self.changed = RowSet::ALL;
        }
        let rows = update.rows.iter().map(|row| row.row);
        let marks = update.marks.iter().map(|mark| mark.row);
        let cursors = [self.cursor.row, update.cursor.row];
        rows.chain(marks).chain(cursors).for_each(|row| self.changed.insert(row));
    }

    fn draw(&mut self, update: &Update, texts: &[&str]) -> Result<(), Crashed> {
        self.grid.scroll_up(update.scroll)?;
        let mut written = update.rows.iter().zip(texts).filter(|(_, text)| !text.is_empty());
        written.try_for_each(|(row, text)| self.grid.write_row(row.row, text))
    }

    /// Moves wrap flags and marks up with their rows.
    fn scroll_flags(&mut self, scroll: u16) {
        let rows = self.wrapped.len();
        self.wrapped.drain(..usize::from(scroll).min(rows));
        self.wrapped.resize(rows, false);
        self.marks.retain_mut(|mark| match mark.row.checked_sub(scroll) {
            Some(row) => {
                mark.row = row;
                true
            }
            None => false,
        });
    }

    fn set_wrapped(&mut self, row: &RowUpdate) {
        if let Some(flag) = self.wrapped.get_mut(usize::from(row.row)) {
            *flag = row.wrapped;
        }
    }

    fn set_mark(&mut self, mark: &RowMark) {
        let at = self.marks.partition_point(|old| old.row < mark.row);
        if self.marks.get(at).is_some_and(|old| old.row == mark.row) {
            self.marks.remove(at);
        }
        if mark.severity != Severity::Other {
            self.marks.insert(at, mark.clone());
        }
    }
}
