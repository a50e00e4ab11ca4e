//! A question before something is destroyed.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{KeyHint, Look};

/// Says what will be lost and asks for one key. Hidden characters in its texts are spelled out
/// as code points, so that what is read is what will happen.
#[derive(Debug, Clone, Copy)]
pub struct Confirm<'a> {
    /// The question, for example `Kill web-1/nginx?`.
    pub question: &'a str,
    /// What will be lost, one sentence each.
    pub consequences: &'a [&'a str],
    /// The key that does it.
    pub yes: KeyHint<'a>,
    /// The key that does not.
    pub no: KeyHint<'a>,
}

impl Confirm<'_> {
    /// Draws over `area`, the whole screen.
    pub fn draw(&self, look: &Look, area: Rect, buf: &mut Buffer) {
        let _ = (look, area, buf);
    }
}
