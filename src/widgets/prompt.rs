//! One line of text input in place of the hint line.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use tui_textarea::TextArea;

use super::{KeyHint, Look};

/// A labelled input, its state and the keys that work; one row.
#[derive(Clone, Copy)]
pub struct Prompt<'a> {
    /// The mode's word, for example `SEARCH`.
    pub mode: &'a str,
    /// The text; its first line is shown.
    pub input: &'a TextArea<'a>,
    /// How it is going, for example `3 of 17`; may be empty.
    pub status: &'a str,
    /// What is wrong with the text; wins over `status`; may be empty.
    pub error: &'a str,
    /// The keys that work.
    pub keys: &'a [KeyHint<'a>],
}

impl Prompt<'_> {
    /// Draws the first row of `area` and returns where the cursor is.
    pub fn draw(&self, look: &Look, area: Rect, buf: &mut Buffer) -> Option<Position> {
        let _ = (look, area, buf);
        None
    }
}
