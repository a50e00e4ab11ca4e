//! One line of text input in place of the hint line.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use tui_textarea::TextArea;

use super::canvas::Canvas;
use super::rail::{Rail, Segment};
use super::{KeyHint, Look, ModeKind, field, format, hints};

/// A labelled input, its state and the keys that work; one row.
#[derive(Clone, Copy)]
pub struct Prompt<'a> {
    /// The mode's word, for example `SEARCH`.
    pub mode: &'a str,
    /// The text; its first line is shown.
    pub input: &'a TextArea<'a>,
    /// How it is going, for example `3 of 17`; may be empty.
    pub status: &'a str,
    /// What is wrong with the text; wins over `status`; may be empty.
    pub error: &'a str,
    /// The keys that work.
    pub keys: &'a [KeyHint<'a>],
}

impl Prompt<'_> {
    /// Draws the first row of `area` and returns where the cursor is.
    pub fn draw(&self, look: &Look, area: Rect, buf: &mut Buffer) -> Option<Position> {
        let area = area.intersection(buf.area);
        let row = Rect { height: area.height.min(1), ..area };
        let mut canvas = Canvas::new(buf, row);
        canvas.fill(row, look.theme.base());
        let style = look.theme.block(hints::mode_style(look, ModeKind::Input));
        let x = canvas.text(row.x, row.y, &format!(" {} ", self.mode), style).saturating_add(1);
        let rest = Rect { x, width: row.right().saturating_sub(x), ..row };
        let input = Rect { width: rest.width.min(self.input_columns(rest.width)), ..rest };
        let cursor = field::draw(look, self.input, look.theme.text(), input, &mut canvas);
        let after = input.right().saturating_add(2);
        let mut rail = Rail::new(look, 0, 3);
        rail.left(self.standing(look));
        rail.left_hints(look, self.keys);
        rail.draw(&mut canvas, Rect { x: after, width: row.right().saturating_sub(after), ..row });
        cursor
    }

    /// The text's own columns, with room to go on, but no more than what leaves a third of the
    /// row to say how it is going.
    fn input_columns(&self, room: u16) -> u16 {
        let text = self.input.lines().first().map_or(0, |line| format::width(line));
        let wanted = u16::try_from(text).unwrap_or(u16::MAX).saturating_add(2).max(INPUT_MIN);
        wanted.min(room - room / 3)
    }

    fn standing(&self, look: &Look) -> Segment<'_> {
        match self.error {
            "" => Segment::new(0).sentence(self.status, look.theme.second()),
            error => Segment::new(0).sentence(error, look.theme.error()),
        }
    }
}

/// Columns of the input at least, where the row has them.
const INPUT_MIN: u16 = 24;
