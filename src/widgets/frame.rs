//! Frames.

use ratatui::layout::Rect;
use ratatui::style::Style;

use super::FrameGlyphs;
use super::canvas::Canvas;
use super::rail::Rail;

/// A frame around a rectangle, with texts in its upper and lower edge.
pub(super) struct Frame<'a> {
    pub(super) glyphs: &'a FrameGlyphs,
    pub(super) style: Style,
    pub(super) top: Rail<'a>,
    pub(super) bottom: Rail<'a>,
}

impl Frame<'_> {
    /// Draws the frame; the inside is not touched.
    pub(super) fn draw(self, canvas: &mut Canvas<'_>, area: Rect) {
        if area.is_empty() {
            return;
        }
        let (right, bottom) = (area.right() - 1, area.bottom() - 1);
        for y in area.y..=bottom {
            canvas.glyph(area.x, y, self.glyphs.vertical, self.style);
            canvas.glyph(right, y, self.glyphs.vertical, self.style);
        }
        for x in area.x..=right {
            canvas.glyph(x, area.y, self.glyphs.horizontal, self.style);
            canvas.glyph(x, bottom, self.glyphs.horizontal, self.style);
        }
        let corners = [(area.x, area.y), (right, area.y), (area.x, bottom), (right, bottom)];
        for ((x, y), glyph) in corners.into_iter().zip(self.glyphs.corners) {
            canvas.glyph(x, y, glyph, self.style);
        }
        let edge = Rect {
            x: area.x.saturating_add(1),
            width: area.width.saturating_sub(2),
            height: 1,
            ..area
        };
        self.top.draw(canvas, edge);
        self.bottom.draw(canvas, Rect { y: bottom, ..edge });
    }
}

/// The rectangle inside a frame.
pub(super) fn inside(area: Rect) -> Rect {
    Rect {
        x: area.x.saturating_add(1),
        y: area.y.saturating_add(1),
        width: area.width.saturating_sub(2),
        height: area.height.saturating_sub(2),
    }
}
