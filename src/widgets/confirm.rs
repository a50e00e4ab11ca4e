//! A question before something is destroyed.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Modifier;

use super::canvas::Canvas;
use super::{KeyHint, Look, Overlay, format};
use crate::proto::Winsize;

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
        let area = area.intersection(buf.area);
        let columns = COLS.min(area.width.saturating_sub(6));
        let wrap = |text| {
            format::wrap(&format::spelled(text), columns.into(), ROWS_MAX, look.glyphs.ellipsis)
        };
        let question = wrap(self.question);
        let lost: Vec<Vec<String>> = self.consequences.iter().map(|&text| wrap(text)).collect();
        let rows = question.len() + 1 + lost.iter().map(Vec::len).sum::<usize>();
        let size = Winsize::new(u16::try_from(rows).unwrap_or(u16::MAX), columns);
        let keys = [self.yes, self.no];
        let inside = Overlay { title: "Are you sure?", keys: &keys, size }.draw(look, area, buf);
        let mut canvas = Canvas::new(buf, inside);
        let bold = look.theme.text().add_modifier(Modifier::BOLD);
        let asked = question.iter().map(|line| (line.as_str(), bold));
        let gap = std::iter::once(("", bold));
        let losses = lost.iter().flatten().map(|line| (line.as_str(), look.theme.warning()));
        for ((line, style), y) in asked.chain(gap).chain(losses).zip(inside.y..) {
            canvas.text(inside.x, y, line, style);
        }
    }
}

/// Columns of the text.
const COLS: u16 = 64;
/// Rows of one sentence at most.
const ROWS_MAX: usize = 4;
