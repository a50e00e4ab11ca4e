//! The deck's first line.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{Look, Tone};
use crate::proto::Counts;

/// What is wrong with the dashboard itself, in one sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Notice<'a> {
    /// How bad it is.
    pub tone: Tone,
    /// What failed and what to do.
    pub text: &'a str,
}

/// Name and board, machines connected, Sessions, totals, clock; one row.
#[derive(Debug, Clone, Copy)]
pub struct Header<'a> {
    /// The product's or the user's name for this deck.
    pub name: &'a str,
    /// The board shown; may be empty.
    pub board: &'a str,
    /// Machines connected now.
    pub connected: usize,
    /// Machines in all.
    pub machines: usize,
    /// Sessions of all Machines.
    pub sessions: usize,
    /// Errors and warnings of all Sessions.
    pub totals: Counts,
    /// What of `totals` came since the last look.
    pub unseen: Counts,
    /// A total has just risen: it is drawn bold.
    pub rising: bool,
    /// Takes the middle until it is acknowledged.
    pub notice: Option<Notice<'a>>,
    /// The time as text; may be empty. Text with seconds costs a redraw each second.
    pub clock: &'a str,
}

impl Header<'_> {
    /// Draws the first row of `area`.
    pub fn draw(&self, look: &Look, area: Rect, buf: &mut Buffer) {
        let _ = (look, area, buf);
    }
}
