//! The one-line list of Sessions for screens without a sidebar.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::canvas::Canvas;
use super::{Look, counters, format};
use crate::proto::{Counts, Severity};

/// A Session in the strip.
#[derive(Debug, Clone, Copy, Default)]
pub struct StripItem<'a> {
    /// Its name.
    pub name: &'a str,
    /// Errors and warnings; zeros are not shown.
    pub counts: Counts,
    /// It has errors or warnings nobody looked at: bold.
    pub unseen: bool,
    /// It is on the board.
    pub on_board: bool,
}

/// Sessions side by side in one row, scrolled so that the selected one is visible.
#[derive(Debug, Clone, Copy)]
pub struct Strip<'a> {
    /// The Sessions in order.
    pub items: &'a [StripItem<'a>],
    /// Index of the selected one.
    pub selected: Option<usize>,
}

impl Strip<'_> {
    /// Draws the first row of `area`; returns the rectangle of each visible item with its index.
    pub fn draw(&self, look: &Look, area: Rect, buf: &mut Buffer) -> Vec<(usize, Rect)> {
        let area = area.intersection(buf.area);
        let row = Rect { height: area.height.min(1), ..area };
        let mut canvas = Canvas::new(buf, row);
        canvas.fill(row, look.theme.base());
        if row.is_empty() {
            return Vec::new();
        }
        let widths: Vec<u16> = self.items.iter().map(width).collect();
        let first = self.first(&widths, row.width);
        let [more_left, more_right, ..] = look.glyphs.more;
        if first > 0 {
            canvas.glyph(row.x, row.y, more_left, look.theme.second());
        }
        let shown = place(&widths, first, row);
        if first + shown.len() < self.items.len() {
            canvas.glyph(row.right() - 1, row.y, more_right, look.theme.second());
        }
        for &(i, spot) in &shown {
            draw_item(look, &self.items[i], self.selected == Some(i), spot, &mut canvas);
        }
        shown
    }

    /// The first item to show, so that the selected one is still whole at the right.
    fn first(&self, widths: &[u16], room: u16) -> usize {
        let Some(selected) = self.selected.filter(|&i| i < widths.len()) else { return 0 };
        let mut used = 2;
        let fitting = widths[..=selected].iter().rev().take_while(|&&width| {
            used += u32::from(width) + u32::from(GAP);
            used <= u32::from(room) + u32::from(GAP)
        });
        (selected + 1).saturating_sub(fitting.count().max(1))
    }
}

/// Columns between items.
const GAP: u16 = 2;
/// Columns of a name at most.
const NAME_MAX: usize = 16;

/// Where the items from `first` on are that fit whole, with a column left for the mark that there
/// are more; the first one is always there, cut if need be.
fn place(widths: &[u16], first: usize, row: Rect) -> Vec<(usize, Rect)> {
    let mut x = row.x.saturating_add(1);
    let mut shown = Vec::new();
    for (i, &width) in widths.iter().enumerate().skip(first) {
        let last = if i + 1 == widths.len() { row.right() } else { row.right() - 1 };
        if x.saturating_add(width) > last && i > first {
            break;
        }
        shown.push((i, Rect { x, width, ..row }.intersection(row)));
        x = x.saturating_add(width + GAP);
    }
    shown
}

fn counters_of(item: &StripItem<'_>) -> [(Severity, u64); 2] {
    [(Severity::Error, item.counts.errors), (Severity::Warning, item.counts.warnings)]
}

/// Columns of an item: board mark, name, a blank and a counter for what is not zero.
fn width(item: &StripItem<'_>) -> u16 {
    let counters = counters_of(item).into_iter().filter(|(_, n)| *n > 0);
    let counters: usize = counters.map(|(_, n)| 2 + format::count(n).len()).sum();
    let columns = 1 + format::width(item.name).min(NAME_MAX) + counters;
    u16::try_from(columns).unwrap_or(u16::MAX)
}

fn draw_item(
    look: &Look,
    item: &StripItem<'_>,
    selected: bool,
    spot: Rect,
    canvas: &mut Canvas<'_>,
) {
    let theme = &look.theme;
    let board = if item.on_board { look.glyphs.board } else { ' ' };
    canvas.glyph(spot.x, spot.y, board, theme.focus());
    let name = format::middle(item.name, NAME_MAX, look.glyphs.ellipsis);
    let style = if selected { theme.block(theme.focus()) } else { theme.second() };
    let mut x = canvas.text(spot.x.saturating_add(1), spot.y, &name, style);
    for (severity, n) in counters_of(item).into_iter().filter(|(_, n)| *n > 0) {
        let text = format!("{}{}", severity.letter(), format::count(n));
        let style = counters::style(look, severity, n, item.unseen);
        x = canvas.text(x.saturating_add(1), spot.y, &text, style);
    }
}
