//! The strip below the panes: newest alerts, and errors and warnings per minute.

use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};

use super::bars::Bars;
use super::canvas::Canvas;
use super::{ListView, Look, format, list};
use crate::proto::{Counts, Severity};

/// One alert.
#[derive(Debug, Clone)]
pub struct AlertRow<'a> {
    /// When, as text, for example `14:03:22`.
    pub at: &'a str,
    /// How bad.
    pub severity: Severity,
    /// `machine/session`.
    pub source: &'a str,
    /// The line.
    pub text: &'a str,
    /// Bytes of `text` that matched; empty or out of range underlines nothing.
    pub span: Range<usize>,
    /// Nobody looked at it yet: bold.
    pub unseen: bool,
}

/// Alerts at the left, bars at the right.
#[derive(Debug, Clone, Copy)]
pub struct AlertStrip<'a> {
    /// Newest first.
    pub rows: &'a [AlertRow<'a>],
    /// Index of the selected alert, when the list has the keys.
    pub selected: Option<usize>,
    /// Index of the row at the top last time.
    pub first: usize,
    /// Errors and warnings per minute, oldest first; the last minutes that fit are shown.
    pub minutes: &'a [Counts],
}

/// Columns of `machine/session` at most.
const SOURCE_MAX: u16 = 24;
/// Columns right of the alerts that the bars take at most, with their numbers.
const BARS_MAX: u16 = 66;

impl AlertStrip<'_> {
    /// Draws the strip and returns where the alerts are.
    pub fn draw(&self, look: &Look, area: Rect, buf: &mut Buffer) -> ListView {
        let area = area.intersection(buf.area);
        let mut canvas = Canvas::new(buf, area);
        canvas.fill(area, look.theme.base());
        let bars = if area.width < 100 { 0 } else { (area.width / 3).min(BARS_MAX) };
        let left = Rect { width: area.width - bars, ..area };
        let right = Rect { x: left.right(), width: bars, ..area };
        Bars { minutes: self.minutes }.draw(look, right, &mut canvas);
        self.draw_list(look, left, &mut canvas)
    }

    fn draw_list(&self, look: &Look, area: Rect, canvas: &mut Canvas<'_>) -> ListView {
        canvas.text(area.x.saturating_add(1), area.y, "NEWEST ALERTS", look.theme.second());
        let list =
            Rect { y: area.y.saturating_add(1), height: area.height.saturating_sub(1), ..area };
        let first = list::scroll(self.first, self.selected, self.rows.len(), list.height.into());
        for ((i, row), y) in self.rows.iter().enumerate().skip(first).zip(list.top()..list.bottom())
        {
            let spot = Rect { y, height: 1, ..list };
            let source = draw_row(look, row, spot, canvas);
            if self.selected == Some(i) {
                list::select(look, spot, source, canvas);
            }
        }
        if self.rows.is_empty() {
            canvas.text(list.x.saturating_add(1), list.y, "none so far", look.theme.faint());
        }
        ListView { area: list, first }
    }
}

/// Draws an alert and returns where its source is.
fn draw_row(look: &Look, row: &AlertRow<'_>, spot: Rect, canvas: &mut Canvas<'_>) -> Rect {
    let mut canvas = canvas.within(Rect { width: spot.width.saturating_sub(1), ..spot });
    let (theme, y) = (&look.theme, spot.y);
    let color = theme.severity(row.severity);
    let style = if row.unseen { color.add_modifier(Modifier::BOLD) } else { color };
    let x = canvas.text(spot.x.saturating_add(1), y, row.at, theme.faint());
    canvas.glyph(x.saturating_add(1), y, row.severity.letter(), style);
    let x = x.saturating_add(3);
    let source_room = SOURCE_MAX.min(spot.width / 4);
    let source = format::middle(row.source, source_room.into(), look.glyphs.ellipsis);
    let end = canvas.text(x, y, &source, theme.second());
    let source = Rect { x, y, width: end.saturating_sub(x), height: 1 };
    let x = x.saturating_add(source_room).saturating_add(1);
    let room = canvas.area().right().saturating_sub(x);
    draw_line(look, row, color, x, y, room, &mut canvas);
    source
}

/// The alert's line with what matched underlined. It is cut before it is drawn in parts, so that
/// the end of the row says when there is more.
fn draw_line(
    look: &Look,
    row: &AlertRow<'_>,
    color: Style,
    x: u16,
    y: u16,
    room: u16,
    canvas: &mut Canvas<'_>,
) {
    let span = if row.text.get(row.span.clone()).is_some() { row.span.clone() } else { 0..0 };
    let parts = [
        (&row.text[..span.start], look.theme.text()),
        (&row.text[span.clone()], color.add_modifier(Modifier::UNDERLINED)),
        (&row.text[span.end..], look.theme.text()),
    ];
    let mut x = x;
    for (text, style) in parts {
        x = canvas.text(x, y, text, style);
    }
    if format::width(row.text) > usize::from(room) {
        let last = canvas.area().right().saturating_sub(1);
        canvas.glyph(last, y, look.glyphs.ellipsis, look.theme.faint());
    }
}
