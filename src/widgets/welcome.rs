//! What is shown when there are no panes.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Modifier;

use super::canvas::Canvas;
use super::{KeyHint, Look, format};

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
        let area = area.intersection(buf.area);
        let mut canvas = Canvas::new(buf, area);
        canvas.fill(area, look.theme.base());
        let keys = self.choices.iter().map(|hint| format::width(hint.key)).max().unwrap_or(0);
        let docs = self.choices.iter().map(|hint| format::width(hint.doc)).max().unwrap_or(0);
        let widest =
            (keys + GAP + docs).max(format::width(self.title)).max(format::width(self.text));
        let columns = u16::try_from(widest).unwrap_or(u16::MAX).min(area.width);
        let rows = u16::try_from(self.choices.len()).unwrap_or(u16::MAX).saturating_add(4);
        let x = area.x.saturating_add((area.width - columns) / 2);
        let y = area.y.saturating_add(area.height.saturating_sub(rows) / 5 * 2);
        let bold = look.theme.text().add_modifier(Modifier::BOLD);
        let cut = |text| format::end(text, columns.into(), look.glyphs.ellipsis);
        canvas.text(x, y, &cut(self.title), bold);
        canvas.text(x, y.saturating_add(1), &cut(self.text), look.theme.second());
        for (hint, row) in self.choices.iter().zip(y.saturating_add(3)..) {
            canvas.text(x, row, &format::right(hint.key, keys), look.theme.focus());
            let after = u16::try_from(keys + GAP).unwrap_or(u16::MAX);
            canvas.text(x.saturating_add(after), row, hint.doc, look.theme.text());
        }
    }
}

/// Columns between a key and what it does.
const GAP: usize = 2;
