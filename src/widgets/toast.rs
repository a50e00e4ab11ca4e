//! Short messages that go away by themselves.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{Look, Tone};

/// One message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Toast<'a> {
    /// How bad it is.
    pub tone: Tone,
    /// One sentence.
    pub text: &'a str,
}

/// At most the three newest messages, in the lower right corner.
#[derive(Debug, Clone, Copy)]
pub struct Toasts<'a> {
    /// Oldest first.
    pub items: &'a [Toast<'a>],
}

impl Toasts<'_> {
    /// Draws into the lower right of `area`, the whole screen without the hint line.
    pub fn draw(&self, look: &Look, area: Rect, buf: &mut Buffer) {
        let _ = (look, area, buf);
    }
}
