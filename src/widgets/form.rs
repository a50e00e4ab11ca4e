//! A form of several labelled fields.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use tui_textarea::TextArea;

use super::{KeyHint, Look};

/// What a field holds.
#[derive(Clone, Copy)]
pub enum FieldValue<'a> {
    /// Text; its first line is shown.
    Text(&'a TextArea<'a>),
    /// One of a few.
    Choice {
        /// What may be chosen.
        options: &'a [&'a str],
        /// Index of the chosen one.
        chosen: usize,
    },
}

/// A labelled field.
#[derive(Clone, Copy)]
pub struct Field<'a> {
    /// Its name.
    pub label: &'a str,
    /// What it holds.
    pub value: FieldValue<'a>,
    /// What belongs here, shown below the field while it has the keys; may be empty.
    pub hint: &'a str,
    /// What is wrong with it; wins over `hint`; may be empty.
    pub error: &'a str,
}

/// Fields below each other in an overlay.
#[derive(Clone, Copy)]
pub struct Form<'a> {
    /// Said in the frame, for example `New session`.
    pub title: &'a str,
    /// The fields in order.
    pub fields: &'a [Field<'a>],
    /// Index of the field that has the keys.
    pub focused: usize,
    /// What is wrong with the whole; may be empty.
    pub error: &'a str,
    /// The keys that work in it.
    pub keys: &'a [KeyHint<'a>],
}

impl Form<'_> {
    /// Draws over `area`, the whole screen, and returns where the cursor is.
    pub fn draw(&self, look: &Look, area: Rect, buf: &mut Buffer) -> Option<Position> {
        let _ = (look, area, buf);
        None
    }
}
