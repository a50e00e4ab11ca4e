//! Frames as the fewest bytes: what did not change is not written, and no change writes nothing.

use std::io::{self, Write};

use ratatui::backend::{Backend, CrosstermBackend};
use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::{Position, Rect};

use crate::term::CursorShape;

/// Begin and end of a synchronized update (`?2026`, as documented by Contour and kept by xterm's
/// successors): a terminal that knows it shows the frame whole; others ignore it.
const BEGIN: &[u8] = b"\x1b[?2026h";
const END: &[u8] = b"\x1b[?2026l";

/// The real cursor: where, and in which shape.
pub type Cursor = Option<(Position, CursorShape)>;

/// Writes frames to a terminal.
///
/// A frame is made in [`Painter::frame`], which holds what is shown already, or in
/// [`Painter::blank`], and then painted.
#[derive(Debug)]
pub struct Painter<W: Write> {
    out: W,
    frame: Buffer,
    shown: Buffer,
    /// The terminal may show anything, not `shown`.
    unknown: bool,
    /// `frame` is older than `shown`.
    lags: bool,
    cursor: Cursor,
}

impl<W: Write> Painter<W> {
    /// A painter of a terminal whose contents are unknown.
    pub fn new(out: W) -> Self {
        let (frame, shown) = (Buffer::default(), Buffer::default());
        Self { out, frame, shown, unknown: true, lags: false, cursor: None }
    }

    /// The terminal may show anything now: the next frame is written whole.
    pub fn forget(&mut self) {
        self.unknown = true;
    }

    /// The frame that is shown, to be drawn over; `None` when what is shown is unknown.
    pub fn frame(&mut self) -> Option<&mut Buffer> {
        if self.unknown {
            return None;
        }
        if std::mem::take(&mut self.lags) {
            self.frame.clone_from(&self.shown);
        }
        Some(&mut self.frame)
    }

    /// An empty frame.
    pub fn blank(&mut self, area: Rect) -> &mut Buffer {
        self.frame.resize(area);
        self.frame.reset();
        &mut self.frame
    }

    /// Shows the frame; the number of bytes that took.
    ///
    /// # Errors
    /// When the terminal cannot be written to.
    pub fn paint(&mut self, cursor: Cursor) -> io::Result<usize> {
        let mut bytes = BEGIN.to_vec();
        let is_whole = self.unknown || self.shown.area != self.frame.area;
        if is_whole {
            // Cursor hidden, default attributes, all erased (DECTCEM, SGR, ED 2).
            bytes.extend_from_slice(b"\x1b[?25l\x1b[m\x1b[2J");
            self.shown.resize(self.frame.area);
            self.shown.reset();
        }
        let changed = cells(&mut bytes, &self.shown.diff(&self.frame))?;
        std::mem::swap(&mut self.shown, &mut self.frame);
        self.lags = true;
        self.unknown = false;
        self.write(bytes, is_whole || changed, cursor)
    }

    /// Shows these rows of the frame, in which nothing else has changed; the number of bytes that
    /// took.
    ///
    /// # Errors
    /// When the terminal cannot be written to.
    pub fn paint_rows(&mut self, rows: &[u16], cursor: Cursor) -> io::Result<usize> {
        let mut bytes = BEGIN.to_vec();
        let mut changed = false;
        for &y in rows {
            let (shown, frame) = (row(&self.shown, y), row(&self.frame, y));
            changed |= cells(&mut bytes, &shown.diff(&frame))?;
            let start = usize::from(y) * usize::from(self.shown.area.width);
            let end = start + frame.content.len();
            if let Some(cells) = self.shown.content.get_mut(start..end) {
                cells.clone_from_slice(&frame.content);
            }
        }
        self.write(bytes, changed, cursor)
    }

    fn write(&mut self, mut bytes: Vec<u8>, changed: bool, cursor: Cursor) -> io::Result<usize> {
        if !changed && cursor == self.cursor {
            return Ok(0);
        }
        put_cursor(&mut bytes, cursor, self.cursor, self.shown.area);
        bytes.extend_from_slice(END);
        self.cursor = cursor;
        self.out.write_all(&bytes)?;
        self.out.flush()?;
        Ok(bytes.len())
    }
}

/// One row of a frame, as a frame; an empty one where it has no such row.
fn row(frame: &Buffer, y: u16) -> Buffer {
    let width = usize::from(frame.area.width);
    let start = usize::from(y) * width;
    let content = frame.content.get(start..start + width).unwrap_or_default().to_vec();
    let area = match content.is_empty() {
        true => Rect::ZERO,
        false => Rect::new(0, y, frame.area.width, 1),
    };
    Buffer { area, content }
}

/// Writes the cells that differ; whether there were any.
fn cells(bytes: &mut Vec<u8>, changes: &[(u16, u16, &Cell)]) -> io::Result<bool> {
    if changes.is_empty() {
        return Ok(false);
    }
    // The cursor would be seen flying over the screen on terminals without synchronized updates.
    bytes.extend_from_slice(b"\x1b[?25l");
    CrosstermBackend::new(bytes).draw(changes.iter().copied())?;
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

    const AREA: Rect = Rect::new(0, 0, 20, 3);

    /// Paints a frame with this text; the bytes that took.
    fn paint(painter: &mut Painter<Vec<u8>>, text: &str, cursor: Cursor) -> String {
        painter.out.clear();
        let frame = painter.blank(AREA);
        frame.set_string(0, 0, text, ratatui::style::Style::new());
        let count = painter.paint(cursor).unwrap();
        assert_eq!(count, painter.out.len());
        String::from_utf8(painter.out.clone()).unwrap()
    }

    fn at(x: u16) -> Cursor {
        Some((Position::new(x, 0), CursorShape::Default))
    }

    #[test]
    fn no_change_is_no_byte() {
        let mut painter = Painter::new(Vec::new());
        assert!(!paint(&mut painter, "hello", at(5)).is_empty());
        assert_eq!(paint(&mut painter, "hello", at(5)), "");
        assert!(!paint(&mut painter, "hello", at(4)).is_empty(), "the cursor moved");
        assert!(!paint(&mut painter, "hello", None).is_empty(), "the cursor hides");
        assert_eq!(paint(&mut painter, "hello", None), "");
    }

    #[test]
    fn a_change_writes_what_changed_as_one_synchronized_update() {
        let mut painter = Painter::new(Vec::new());
        paint(&mut painter, "hello", None);
        let text = paint(&mut painter, "hallo", None);
        assert!(text.starts_with("\x1b[?2026h") && text.ends_with("\x1b[?2026l"), "{text:?}");
        assert!(text.contains('a') && !text.contains("ha"), "{text:?}");
        assert!(!text.contains("llo"), "{text:?}");
    }

    #[test]
    fn a_row_drawn_over_the_shown_frame_is_written_alone() {
        let mut painter = Painter::new(Vec::new());
        assert!(painter.frame().is_none(), "nothing is known to be shown");
        paint(&mut painter, "hello", None);
        painter.out.clear();
        let frame = painter.frame().unwrap();
        frame.set_string(0, 1, "wörld 日本", ratatui::style::Style::new());
        painter.paint_rows(&[1, 7], None).unwrap();
        let text = String::from_utf8(painter.out.clone()).unwrap();
        assert!(
            text.contains("wörld") && text.contains("日") && !text.contains("hello"),
            "{text:?}"
        );
        assert_eq!(painter.paint_rows(&[1], None).unwrap(), 0, "it is shown now");
        let whole = paint(&mut painter, "hello", None);
        assert!(!whole.contains("hello") && !whole.contains("wörld"), "only erased: {whole:?}");
    }

    #[test]
    fn another_size_and_a_forgotten_screen_are_written_whole() {
        let mut painter = Painter::new(Vec::new());
        paint(&mut painter, "hello", None);
        painter.forget();
        assert!(painter.frame().is_none());
        assert!(paint(&mut painter, "hello", None).contains("hello"));
        painter.blank(Rect::new(0, 0, 5, 2));
        painter.paint(None).unwrap();
        assert!(String::from_utf8_lossy(&painter.out).contains("\x1b[2J"));
    }

    #[test]
    fn the_cursor_takes_the_shape_of_the_program_and_gives_it_back() {
        let mut painter = Painter::new(Vec::new());
        let bar = Some((Position::new(1, 1), CursorShape::Bar));
        assert!(paint(&mut painter, "", bar).contains("\x1b[6 q"));
        assert!(paint(&mut painter, "", at(0)).contains("\x1b[0 q"));
    }
}
