//! Frames as the fewest bytes: what did not change is not written, and no change writes nothing.

use std::io::{self, Write};

use ratatui::backend::{Backend, CrosstermBackend};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::term::CursorShape;

/// Begin and end of a synchronized update (`?2026`, as documented by Contour and kept by xterm's
/// successors): a terminal that knows it shows the frame whole; others ignore it.
const BEGIN: &[u8] = b"\x1b[?2026h";
const END: &[u8] = b"\x1b[?2026l";

/// The real cursor: where, and in which shape.
pub type Cursor = Option<(Position, CursorShape)>;

/// Writes frames to a terminal.
#[derive(Debug)]
pub struct Painter<W: Write> {
    out: W,
    shown: Option<Buffer>,
    cursor: Cursor,
}

impl<W: Write> Painter<W> {
    /// A painter of a terminal whose contents are unknown.
    pub const fn new(out: W) -> Self {
        Self { out, shown: None, cursor: None }
    }

    /// The terminal may show anything now: the next frame is written whole.
    pub fn forget(&mut self) {
        self.shown = None;
    }

    /// Shows a frame; the number of bytes that took.
    ///
    /// # Errors
    /// When the terminal cannot be written to.
    pub fn paint(&mut self, frame: Buffer, cursor: Cursor) -> io::Result<usize> {
        let bytes = self.difference(&frame, cursor)?;
        self.shown = Some(frame);
        self.cursor = cursor;
        if !bytes.is_empty() {
            self.out.write_all(&bytes)?;
            self.out.flush()?;
        }
        Ok(bytes.len())
    }

    fn difference(&self, frame: &Buffer, cursor: Cursor) -> io::Result<Vec<u8>> {
        let shown = self.shown.as_ref().filter(|shown| shown.area == frame.area);
        let mut bytes = BEGIN.to_vec();
        let changed = match shown {
            Some(shown) => cells(&mut bytes, shown, frame)?,
            None => {
                // Cursor hidden, default attributes, all erased (DECTCEM, SGR, ED 2).
                bytes.extend_from_slice(b"\x1b[?25l\x1b[m\x1b[2J");
                cells(&mut bytes, &Buffer::empty(frame.area), frame)?;
                true
            }
        };
        let moved = changed || cursor != self.cursor;
        if !moved {
            return Ok(Vec::new());
        }
        put_cursor(&mut bytes, cursor, self.cursor, frame.area);
        bytes.extend_from_slice(END);
        Ok(bytes)
    }
}

/// Writes the cells that differ; whether there were any.
fn cells(bytes: &mut Vec<u8>, shown: &Buffer, frame: &Buffer) -> io::Result<bool> {
    let changes = shown.diff(frame);
    if changes.is_empty() {
        return Ok(false);
    }
    // The cursor would be seen flying over the screen on terminals without synchronized updates.
    bytes.extend_from_slice(b"\x1b[?25l");
    CrosstermBackend::new(bytes).draw(changes.into_iter())?;
    Ok(true)
}

/// Moves (CUP), shapes (DECSCUSR) and shows or hides (DECTCEM) the cursor.
fn put_cursor(bytes: &mut Vec<u8>, cursor: Cursor, before: Cursor, area: Rect) {
    let Some((at, shape)) = cursor.filter(|(at, _)| area.contains(*at)) else {
        bytes.extend_from_slice(b"\x1b[?25l");
        return;
    };
    let place = format!("\x1b[{};{}H", at.y + 1, at.x + 1);
    bytes.extend_from_slice(place.as_bytes());
    if before.map(|(_, shape)| shape).unwrap_or_default() != shape {
        bytes.extend_from_slice(shape_sequence(shape));
    }
    bytes.extend_from_slice(b"\x1b[?25h");
}

const fn shape_sequence(shape: CursorShape) -> &'static [u8] {
    match shape {
        CursorShape::Default => b"\x1b[0 q",
        CursorShape::Block => b"\x1b[2 q",
        CursorShape::Underline => b"\x1b[4 q",
        CursorShape::Bar => b"\x1b[6 q",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(text: &str) -> Buffer {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 20, 3));
        buffer.set_string(0, 0, text, ratatui::style::Style::new());
        buffer
    }

    fn at(x: u16) -> Cursor {
        Some((Position::new(x, 0), CursorShape::Default))
    }

    #[test]
    fn no_change_is_no_byte() {
        let mut painter = Painter::new(Vec::new());
        assert!(painter.paint(frame("hello"), at(5)).unwrap() > 0);
        assert_eq!(painter.paint(frame("hello"), at(5)).unwrap(), 0);
        assert!(painter.paint(frame("hello"), at(4)).unwrap() > 0, "the cursor moved");
        assert!(painter.paint(frame("hello"), None).unwrap() > 0, "the cursor hides");
        assert_eq!(painter.paint(frame("hello"), None).unwrap(), 0);
    }

    #[test]
    fn a_change_writes_what_changed_as_one_synchronized_update() {
        let mut painter = Painter::new(Vec::new());
        painter.paint(frame("hello"), None).unwrap();
        painter.out.clear();
        painter.paint(frame("hallo"), None).unwrap();
        let text = String::from_utf8(painter.out.clone()).unwrap();
        assert!(text.starts_with("\x1b[?2026h") && text.ends_with("\x1b[?2026l"), "{text:?}");
        assert!(text.contains('a') && !text.contains('h') | text.contains("?2026h"), "{text:?}");
        assert!(!text.contains("llo"), "{text:?}");
    }

    #[test]
    fn another_size_and_a_forgotten_screen_are_written_whole() {
        let mut painter = Painter::new(Vec::new());
        painter.paint(frame("hello"), None).unwrap();
        painter.forget();
        painter.out.clear();
        painter.paint(frame("hello"), None).unwrap();
        assert!(String::from_utf8_lossy(&painter.out).contains("hello"));
        painter.out.clear();
        painter.paint(Buffer::empty(Rect::new(0, 0, 5, 2)), None).unwrap();
        assert!(String::from_utf8_lossy(&painter.out).contains("\x1b[2J"));
    }

    #[test]
    fn the_cursor_takes_the_shape_of_the_program_and_gives_it_back() {
        let mut painter = Painter::new(Vec::new());
        let bar = Some((Position::new(1, 1), CursorShape::Bar));
        painter.paint(frame(""), bar).unwrap();
        assert!(String::from_utf8_lossy(&painter.out).contains("\x1b[6 q"));
        painter.out.clear();
        painter.paint(frame(""), at(0)).unwrap();
        assert!(String::from_utf8_lossy(&painter.out).contains("\x1b[0 q"));
    }
}
