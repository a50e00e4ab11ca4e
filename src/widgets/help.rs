//! The list of commands with their keys: help and palette alike.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use tui_textarea::TextArea;

use super::canvas::Canvas;
use super::{KeyHint, ListView, Look, Overlay, field, format, list};
use crate::proto::Winsize;

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
        let area = area.intersection(buf.area);
        let rows = u16::try_from(self.total).unwrap_or(u16::MAX).saturating_add(HEAD);
        let size = Winsize::new(rows.min(area.height.saturating_sub(6)), COLS);
        let overlay = Overlay { title: self.title, keys: self.keys, size };
        let inside = overlay.draw(look, area, buf);
        let mut canvas = Canvas::new(buf, inside);
        let cursor = self.draw_search(look, inside, &mut canvas);
        let list = Rect {
            y: inside.y.saturating_add(HEAD),
            height: inside.height.saturating_sub(HEAD),
            ..inside
        };
        (self.draw_list(look, list, &mut canvas), cursor)
    }

    fn draw_search(&self, look: &Look, row: Rect, canvas: &mut Canvas<'_>) -> Option<Position> {
        let row = Rect { height: row.height.min(1), ..row };
        let found = format!("{} of {}", self.rows.len(), self.total);
        let width = u16::try_from(found.len()).unwrap_or(0);
        canvas.text(row.right().saturating_sub(width), row.y, &found, look.theme.faint());
        let x = canvas.text(row.x, row.y, "/ ", look.theme.focus());
        let room = row.right().saturating_sub(x).saturating_sub(width + 2);
        let style = look.theme.text();
        field::draw(look, self.query, style, Rect { x, width: room, ..row }, canvas)
    }

    fn draw_list(&self, look: &Look, list: Rect, canvas: &mut Canvas<'_>) -> ListView {
        let columns = Columns::of(self.rows, list.width);
        let first = list::scroll(self.first, self.selected, self.rows.len(), list.height.into());
        let visible = self.rows.iter().enumerate().skip(first).zip(list.top()..list.bottom());
        for ((i, row), y) in visible {
            let spot = Rect { y, height: 1, ..list };
            let selected = self.selected == Some(i);
            if selected {
                canvas.fill(spot, look.theme.selected_row());
            }
            columns.draw(look, row, selected, spot, canvas);
        }
        if self.rows.is_empty() {
            canvas.text(list.x, list.y, "nothing matches", look.theme.faint());
        }
        ListView { area: list, first }
    }
}

/// Columns of the inside.
const COLS: u16 = 84;
/// Rows above the list: the search line and a blank.
const HEAD: u16 = 2;

/// Where key and command end.
struct Columns {
    key: u16,
    command: u16,
}

impl Columns {
    /// As wide as the rows need, up to a third of the list each.
    fn of(rows: &[HelpRow<'_>], width: u16) -> Self {
        let widest = |text: fn(&HelpRow<'_>) -> usize| {
            let columns = rows.iter().map(text).max().unwrap_or(0);
            u16::try_from(columns).unwrap_or(u16::MAX).min(width / 3)
        };
        Self {
            key: widest(|row| format::width(row.key)),
            command: widest(|row| format::width(row.command)),
        }
    }

    fn draw(
        &self,
        look: &Look,
        row: &HelpRow<'_>,
        selected: bool,
        spot: Rect,
        canvas: &mut Canvas<'_>,
    ) {
        let theme = &look.theme;
        let styles = match (selected, row.live) {
            (true, _) => [theme.selected_row(); 3],
            (false, true) => [theme.focus(), theme.text(), theme.second()],
            (false, false) => [theme.faint(); 3],
        };
        let rest = spot.width.saturating_sub(self.key + self.command + 4);
        let texts = [(row.key, self.key), (row.command, self.command), (row.doc, rest)];
        let mut x = spot.x;
        for ((text, width), style) in texts.into_iter().zip(styles) {
            let text = format::end(text, width.into(), look.glyphs.ellipsis);
            canvas.text(x, spot.y, &text, style);
            x = x.saturating_add(width + 2);
        }
    }
}
