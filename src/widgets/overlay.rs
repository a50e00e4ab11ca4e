//! A box above the deck.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};

use super::canvas::Canvas;
use super::frame::{self, Frame};
use super::rail::{Rail, Segment};
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
        let area = area.intersection(buf.area);
        let mut canvas = Canvas::new(buf, area);
        canvas.restyle(area, Style::new().add_modifier(Modifier::DIM));
        let frame_area = centred(area, self.size);
        canvas.fill(frame_area, look.theme.raised());
        let mut top = Rail::new(look, 1, 1);
        top.left(Segment::new(0).name(self.title, look.theme.text().add_modifier(Modifier::BOLD)));
        let mut bottom = Rail::new(look, 1, 1);
        bottom.left_hints(look, self.keys);
        let frame = Frame { glyphs: &look.glyphs.light, style: look.theme.focus(), top, bottom };
        frame.draw(&mut canvas, frame_area);
        Rect {
            x: frame_area.x.saturating_add(MARGIN),
            width: frame_area.width.saturating_sub(MARGIN * 2),
            ..frame::inside(frame_area)
        }
    }
}

/// Columns of frame and blank at each side.
const MARGIN: u16 = 2;

/// A box with an inside of `size` in the middle of `area`, a little above it, smaller where the
/// screen is.
fn centred(area: Rect, size: Winsize) -> Rect {
    let width = size.cols.saturating_add(MARGIN * 2).min(area.width);
    let height = size.rows.saturating_add(2).min(area.height);
    Rect {
        x: area.x.saturating_add((area.width - width) / 2),
        y: area.y.saturating_add((area.height - height) / 5 * 2),
        width,
        height,
    }
}
