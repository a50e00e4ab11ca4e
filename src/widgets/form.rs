//! A form of several labelled fields.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use tui_textarea::TextArea;

use super::canvas::Canvas;
use super::{KeyHint, Look, Overlay, field, format, list};
use crate::proto::Winsize;

/// What a field holds.
#[derive(Clone, Copy)]
pub enum FieldValue<'a> {
    /// Text; its first line is shown.
    Text(&'a TextArea<'a>),
    /// One of a few.
    Choice {
        /// What may be chosen.
        options: &'a [&'a str],
        /// Index of the chosen one.
        chosen: usize,
    },
}

/// A labelled field.
#[derive(Clone, Copy)]
pub struct Field<'a> {
    /// Its name.
    pub label: &'a str,
    /// What it holds.
    pub value: FieldValue<'a>,
    /// What belongs here, shown below the field while it has the keys; may be empty.
    pub hint: &'a str,
    /// What is wrong with it; wins over `hint`; may be empty.
    pub error: &'a str,
}

/// Fields below each other in an overlay.
#[derive(Clone, Copy)]
pub struct Form<'a> {
    /// Said in the frame, for example `New session`.
    pub title: &'a str,
    /// The fields in order.
    pub fields: &'a [Field<'a>],
    /// Index of the field that has the keys.
    pub focused: usize,
    /// What is wrong with the whole; may be empty.
    pub error: &'a str,
    /// The keys that work in it.
    pub keys: &'a [KeyHint<'a>],
}

/// Columns of the inside, and of the labels at most.
const COLS: u16 = 64;
const LABEL_MAX: usize = 16;
/// Rows of a field: its value and what is said about it.
const FIELD_ROWS: u16 = 2;

impl Form<'_> {
    /// Draws over `area`, the whole screen, and returns where the cursor is.
    pub fn draw(&self, look: &Look, area: Rect, buf: &mut Buffer) -> Option<Position> {
        let area = area.intersection(buf.area);
        let fields = u16::try_from(self.fields.len()).unwrap_or(u16::MAX);
        let size = Winsize::new(fields.saturating_mul(FIELD_ROWS).saturating_add(1), COLS);
        let inside = Overlay { title: self.title, keys: self.keys, size }.draw(look, area, buf);
        let mut canvas = Canvas::new(buf, inside);
        let (body, foot) = (inside.height.saturating_sub(1), inside.bottom().saturating_sub(1));
        let error = format::end(self.error, inside.width.into(), look.glyphs.ellipsis);
        canvas.text(inside.x, foot, &error, look.theme.error());
        let fit = usize::from(body / FIELD_ROWS);
        let first = list::scroll(0, Some(self.focused), self.fields.len(), fit);
        let mut cursor = None;
        for (i, field) in self.fields.iter().enumerate().skip(first).take(fit) {
            let below = u16::try_from(i - first).unwrap_or(u16::MAX).saturating_mul(FIELD_ROWS);
            let y = inside.y.saturating_add(below);
            let spot = Rect { y, height: FIELD_ROWS, ..inside };
            let at = self.draw_field(look, field, i == self.focused, spot, &mut canvas);
            cursor = cursor.or(at.filter(|_| i == self.focused));
        }
        cursor
    }

    fn draw_field(
        &self,
        look: &Look,
        field: &Field<'_>,
        focused: bool,
        spot: Rect,
        canvas: &mut Canvas<'_>,
    ) -> Option<Position> {
        let theme = &look.theme;
        let label = format::end(field.label, LABEL_MAX, look.glyphs.ellipsis);
        let style = if focused { theme.focus() } else { theme.second() };
        canvas.text(spot.x, spot.y, &label, style);
        let start = self.label_columns() + 2;
        let value = Rect {
            x: spot.x.saturating_add(start),
            width: spot.width.saturating_sub(start),
            height: 1,
            ..spot
        };
        let (said, style) = match (field.error, focused) {
            ("", true) => (field.hint, theme.faint()),
            ("", false) => ("", theme.faint()),
            (error, _) => (error, theme.error()),
        };
        let said = format::end(said, value.width.into(), look.glyphs.ellipsis);
        canvas.text(value.x, spot.y.saturating_add(1), &said, style);
        draw_value(look, &field.value, focused, value, canvas)
    }

    fn label_columns(&self) -> u16 {
        let widest = self.fields.iter().map(|field| format::width(field.label)).max();
        u16::try_from(widest.unwrap_or(0).min(LABEL_MAX)).unwrap_or(0)
    }
}

fn draw_value(
    look: &Look,
    value: &FieldValue<'_>,
    focused: bool,
    row: Rect,
    canvas: &mut Canvas<'_>,
) -> Option<Position> {
    match *value {
        FieldValue::Text(input) => field::draw(look, input, look.theme.well(), row, canvas),
        FieldValue::Choice { options, chosen } => {
            let option = options.get(chosen).copied().unwrap_or_default();
            let [left, right, ..] = look.glyphs.more;
            let style = if focused { look.theme.focus() } else { look.theme.text() };
            canvas.text(row.x, row.y, &format!("{left} {option} {right}"), style);
            None
        }
    }
}
