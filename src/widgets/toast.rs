//! Short messages that go away by themselves.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::canvas::Canvas;
use super::{Look, Tone, format};

/// One message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Toast<'a> {
    /// How bad it is.
    pub tone: Tone,
    /// One sentence.
    pub text: &'a str,
}

/// At most the three newest messages, in the lower right corner.
#[derive(Debug, Clone, Copy)]
pub struct Toasts<'a> {
    /// Oldest first.
    pub items: &'a [Toast<'a>],
}

/// Messages shown at once.
const SHOWN_MAX: usize = 3;
/// Columns of a message at most, rows of a message at most.
const COLS_MAX: u16 = 60;
const ROWS_MAX: usize = 3;

impl Toasts<'_> {
    /// Draws into the lower right of `area`, the whole screen without the hint line.
    pub fn draw(&self, look: &Look, area: Rect, buf: &mut Buffer) {
        let area = area.intersection(buf.area);
        let mut canvas = Canvas::new(buf, area);
        let newest = self.items.iter().rev().take(SHOWN_MAX);
        let mut bottom = area.bottom();
        for toast in newest {
            let lines = lines(look, toast, area.width);
            let rows = u16::try_from(lines.len()).unwrap_or(u16::MAX);
            let Some(y) = bottom.checked_sub(rows).filter(|&y| y >= area.y && rows > 0) else {
                return;
            };
            draw_toast(look, toast.tone, &lines, y, area, &mut canvas);
            bottom = y.saturating_sub(1);
        }
    }
}

/// Columns left of the text, and right of it.
const MARGIN: u16 = 2;

fn lines(look: &Look, toast: &Toast<'_>, width: u16) -> Vec<String> {
    let columns = width.min(COLS_MAX).saturating_sub(MARGIN * 2);
    let text = format!("{}{}", word(toast.tone), toast.text);
    format::wrap(&text, columns.into(), ROWS_MAX, look.glyphs.ellipsis)
}

/// What the colour means, in letters.
const fn word(tone: Tone) -> &'static str {
    match tone {
        Tone::Info | Tone::Ok => "",
        Tone::Warning => "Warning: ",
        Tone::Error => "Error: ",
    }
}

fn draw_toast(
    look: &Look,
    tone: Tone,
    lines: &[String],
    y: u16,
    area: Rect,
    canvas: &mut Canvas<'_>,
) {
    let longest = lines.iter().map(|line| format::width(line)).max().unwrap_or(0);
    let width = u16::try_from(longest).unwrap_or(area.width).saturating_add(MARGIN * 2);
    let width = width.min(area.width);
    let x = area.right().saturating_sub(width);
    let height = u16::try_from(lines.len()).unwrap_or(u16::MAX);
    canvas.fill(Rect { x, y, width, height }, look.theme.raised());
    for (line, y) in lines.iter().zip(y..) {
        canvas.glyph(x, y, look.glyphs.board, look.theme.tone(tone));
        canvas.text(x.saturating_add(MARGIN), y, line, look.theme.text());
    }
    let word = u16::try_from(word(tone).len()).unwrap_or(0).min(width.saturating_sub(MARGIN * 2));
    let word = Rect { x: x.saturating_add(MARGIN), y, width: word, height: 1 };
    canvas.restyle(word, look.theme.tone(tone));
}
