//! Errors and warnings per minute as two rows of bars above each other.

use ratatui::layout::Rect;

use super::canvas::Canvas;
use super::{Look, format};
use crate::proto::{Counts, Severity};

/// Columns of the letter, the largest number and the blanks around them.
const LABEL: u16 = 8;

/// The chart right of the newest alerts.
pub(super) struct Bars<'a> {
    /// Oldest first; the last ones that fit are shown, one column each.
    pub(super) minutes: &'a [Counts],
}

impl Bars<'_> {
    pub(super) fn draw(&self, look: &Look, area: Rect, canvas: &mut Canvas<'_>) {
        if area.width <= LABEL || area.height < 4 {
            return;
        }
        self.draw_title(look, area, canvas);
        let height = (area.height - 2) / 2;
        let plot = Rect { y: area.y.saturating_add(1), height, ..area };
        self.draw_plot(look, Severity::Error, plot, canvas);
        let plot = Rect { y: plot.bottom().saturating_add(1), ..plot };
        self.draw_plot(look, Severity::Warning, plot, canvas);
    }

    fn draw_plot(&self, look: &Look, severity: Severity, plot: Rect, canvas: &mut Canvas<'_>) {
        let values: Vec<u64> = self.shown(plot).iter().map(|c| value(*c, severity)).collect();
        let max = values.iter().copied().max().unwrap_or(0);
        let style = look.theme.severity(severity);
        let label = format!("{} {}", severity.letter(), format::right(&format::count(max), 4));
        let middle = plot.y.saturating_add(plot.height.saturating_sub(1) / 2);
        let label_style = if max == 0 { look.theme.faint() } else { style };
        canvas.text(plot.x.saturating_add(1), middle, &label, label_style);
        for (value, i) in values.into_iter().zip(0u16..) {
            let x = plot.x.saturating_add(LABEL + i);
            draw_bar(look, eighths(value, max, plot.height), x, plot, style, canvas);
        }
    }

    /// The first row: what is shown, and of which time.
    fn draw_title(&self, look: &Look, area: Rect, canvas: &mut Canvas<'_>) {
        let minutes = self.shown(area).len();
        let x = canvas.text(area.x.saturating_add(1), area.y, "PER MINUTE", look.theme.second());
        let span = format!("last {}", format::things(minutes, "minute"));
        canvas.text(x.saturating_add(2), area.y, &span, look.theme.faint());
    }

    fn shown(&self, plot: Rect) -> &[Counts] {
        let room = usize::from(plot.width.saturating_sub(LABEL + 1));
        &self.minutes[self.minutes.len().saturating_sub(room)..]
    }
}

fn draw_bar(
    look: &Look,
    level: u16,
    x: u16,
    plot: Rect,
    style: ratatui::style::Style,
    canvas: &mut Canvas<'_>,
) {
    for (y, below) in (plot.top()..plot.bottom()).rev().zip((0u16..).step_by(8)) {
        let part = level.saturating_sub(below).min(8);
        match (part, below) {
            (0, 0) => canvas.glyph(x, y, look.glyphs.dot, look.theme.line()),
            (0, _) => return,
            (part, _) => {
                let part = u8::try_from(part).unwrap_or(8);
                canvas.glyph(x, y, look.glyphs.bar(part), style);
            }
        }
    }
}

const fn value(counts: Counts, severity: Severity) -> u64 {
    match severity {
        Severity::Error => counts.errors,
        _ => counts.warnings,
    }
}

/// The height of a bar in eighths of a row; what is not zero is at least one eighth.
fn eighths(value: u64, max: u64, rows: u16) -> u16 {
    if value == 0 || max == 0 {
        return 0;
    }
    let full = u128::from(rows) * 8;
    let height = (u128::from(value) * full).div_ceil(u128::from(max));
    u16::try_from(height.clamp(1, full)).unwrap_or(u16::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heights_are_in_proportion_and_never_vanish() {
        for (value, max, rows, expected) in [
            (0, 9, 3, 0),
            (9, 9, 3, 24),
            (1, 1_000_000, 3, 1),
            (1, 2, 1, 4),
            (u64::MAX, u64::MAX, 2, 16),
        ] {
            assert_eq!(eighths(value, max, rows), expected, "{value}/{max} in {rows}");
        }
    }
}
