//! Machines and their Sessions.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{ListView, Look};
use crate::proto::{Counts, Role};

/// A Machine's connection; each state has its own glyph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LinkState {
    /// Connected.
    #[default]
    Connected,
    /// Connecting or waiting for the next attempt.
    Connecting,
    /// Refused, or gone for good.
    Gone,
}

/// A Machine's row.
#[derive(Debug, Clone, Copy, Default)]
pub struct MachineRow<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its connection.
    pub link: LinkState,
    /// What the glyph means in words, for example `retrying in 4s`; empty when connected. Shown
    /// in place of the counters.
    pub note: &'a str,
    /// Errors and warnings of its Sessions.
    pub counts: Counts,
    /// It has errors or warnings nobody looked at: bold.
    pub unseen: bool,
}

/// A Session's row.
#[derive(Debug, Clone, Copy)]
pub struct SessionRow<'a> {
    /// Its name.
    pub name: &'a str,
    /// What the viewer may do; operators get the word.
    pub role: Role,
    /// It is on the board.
    pub on_board: bool,
    /// Errors and warnings.
    pub counts: Counts,
    /// It has errors or warnings nobody looked at: bold.
    pub unseen: bool,
    /// Output rate, oldest first, each 0 (silent) ..= 8 (the most).
    pub activity: [u8; 5],
    /// At most five columns in place of the sparkline, for example `exit1`; empty when running.
    pub word: &'a str,
}

/// One row of the list.
#[derive(Debug, Clone, Copy)]
pub enum SidebarRow<'a> {
    /// A Machine.
    Machine(MachineRow<'a>),
    /// A Session of the Machine above it.
    Session(SessionRow<'a>),
}

/// What the list is filtered by.
#[derive(Debug, Clone, Copy)]
pub struct Filter<'a> {
    /// The filter's text.
    pub text: &'a str,
    /// Sessions that match.
    pub matched: usize,
}

/// The list at the left of the deck.
#[derive(Debug, Clone, Copy)]
pub struct Sidebar<'a> {
    /// All rows that match the filter, in order.
    pub rows: &'a [SidebarRow<'a>],
    /// Index of the selected row.
    pub selected: Option<usize>,
    /// Index of the row at the top last time; it moves only as far as the selection needs.
    pub first: usize,
    /// The list has the keys.
    pub focused: bool,
    /// Sessions in all.
    pub sessions: usize,
    /// The sort order's name, for example `errors`.
    pub sort: &'a str,
    /// The filter, if any.
    pub filter: Option<Filter<'a>>,
}

impl Sidebar<'_> {
    /// Draws the list and returns where its rows are.
    pub fn draw(&self, look: &Look, area: Rect, buf: &mut Buffer) -> ListView {
        let _ = (look, buf);
        ListView { area, first: self.first }
    }
}
