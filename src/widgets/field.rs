//! One line of a text area.

use std::borrow::Cow;

use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use tui_textarea::TextArea;

use super::canvas::Canvas;
use super::{Look, format};

/// Draws the line of `input` that its cursor is on, moved so that the cursor is visible, on the
/// first row of `row`. Returns where the cursor is. Drawn here and not by the text area's own
/// widget, because that one shows hidden characters of pasted text as nothing at all.
pub(super) fn draw(
    look: &Look,
    input: &TextArea<'_>,
    style: Style,
    row: Rect,
    canvas: &mut Canvas<'_>,
) -> Option<Position> {
    let row = Rect { height: row.height.min(1), ..row };
    let mut canvas = canvas.within(row);
    canvas.restyle(row, style);
    let (line, before) = line(input);
    if line.is_empty() {
        canvas.text(row.x, row.y, input.placeholder_text(), look.theme.faint());
    }
    let moved = before.saturating_add(1).saturating_sub(row.width.into());
    canvas.text(row.x, row.y, skip(&line, moved), style);
    let column = u16::try_from(before - moved.min(before)).ok()?;
    let at = Position { x: row.x.saturating_add(column), y: row.y };
    canvas.area().contains(at).then_some(at)
}

/// The cursor's line as it is shown, and the columns before the cursor.
fn line<'a>(input: &'a TextArea<'_>) -> (Cow<'a, str>, usize) {
    let tui_textarea::DataCursor(row, col) = input.cursor();
    let line = input.lines().get(row).map_or("", String::as_str);
    let line = match input.mask_char() {
        Some(mask) => Cow::Owned(line.chars().map(|_| mask).collect()),
        None => Cow::Borrowed(line),
    };
    let before = line.char_indices().nth(col).map_or(line.len(), |(at, _)| at);
    let columns = format::width(&line[..before]);
    (Cow::Owned(format::shown(&line).into_owned()), columns)
}

/// `text` without its first characters that take up to `columns`.
fn skip(text: &str, columns: usize) -> &str {
    let mut used = 0;
    let start = text.char_indices().find(|&(_, c)| {
        let here = used;
        used += format::char_width(c);
        here >= columns
    });
    &text[start.map_or(text.len(), |(at, _)| at)..]
}
