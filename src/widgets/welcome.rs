//! What is shown when there are no panes.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{KeyHint, Look};

/// A sentence and the keys that make the first Session.
#[derive(Debug, Clone, Copy)]
pub struct Welcome<'a> {
    /// What there is not, for example `No sessions yet`.
    pub title: &'a str,
    /// One sentence more; may be empty.
    pub text: &'a str,
    /// What to press.
    pub choices: &'a [KeyHint<'a>],
}

impl Welcome<'_> {
    /// Draws into the middle of `area`, the space of the panes.
    pub fn draw(&self, look: &Look, area: Rect, buf: &mut Buffer) {
        let _ = (look, area, buf);
    }
}
