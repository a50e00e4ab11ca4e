//! What is shown when the screen is too small for panes.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Modifier;

use super::canvas::Canvas;
use super::rail::{Rail, Segment};
use super::{Look, counters};
use crate::proto::Counts;

/// The worst Session and its counters.
#[derive(Debug, Clone, Copy)]
pub struct TooSmall<'a> {
    /// `machine/session` with the most errors; empty when there is none.
    pub worst: &'a str,
    /// Its errors and warnings.
    pub counts: Counts,
}

impl TooSmall<'_> {
    /// Draws into `area`, the whole screen.
    pub fn draw(&self, look: &Look, area: Rect, buf: &mut Buffer) {
        let area = area.intersection(buf.area);
        let mut canvas = Canvas::new(buf, area);
        canvas.fill(area, look.theme.base());
        let mut rows =
            (0..area.height).map(|y| Rect { y: area.y.saturating_add(y), height: 1, ..area });
        let bold = look.theme.text().add_modifier(Modifier::BOLD);
        let name = Segment::new(0).name(self.worst, bold);
        let counts = counters::found(look, self.counts, true, Segment::new(0));
        let reason = Segment::new(0).sentence("too small for panes", look.theme.second());
        for segment in [name, counts, reason] {
            if segment.is_empty() {
                continue;
            }
            let Some(row) = rows.next() else { return };
            let mut rail = Rail::new(look, 0, 0);
            rail.left(segment);
            rail.draw(&mut canvas, row);
        }
    }
}
