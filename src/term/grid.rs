//! A bare grid that rows are written onto: what replicas and history pages are drawn with.

use std::num::NonZeroU16;

use unicode_width::UnicodeWidthStr;

use super::contain::contain;
use crate::proto::Winsize;

/// U+FE0F, which asks for the emoji form of the character before it and so may widen its cell.
const EMOJI_SELECTOR: &str = "\u{fe0f}";

/// The parser panicked and the grid is blank now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Crashed;

/// A vt100 grid without modes, replies or history. It takes rows only, each at its place.
pub(super) struct Grid {
    parser: vt100::Parser,
    size: Winsize,
}

impl Grid {
    /// A blank grid of the nearest supported size.
    pub(super) fn new(size: Winsize) -> Self {
        let size = size.clamped();
        let cells = |count| NonZeroU16::new(count).unwrap_or(NonZeroU16::MIN);
        Self { parser: vt100::Parser::new(cells(size.rows), cells(size.cols), 0), size }
    }

    pub(super) fn size(&self) -> Winsize {
        self.size
    }

    pub(super) fn screen(&self) -> &vt100::Screen {
        self.parser.screen()
    }

    /// Moves all rows up by `count`; blank rows follow from below (SU, ECMA-48 8.3.147).
    pub(super) fn scroll_up(&mut self, count: u16) -> Result<(), Crashed> {
        if count == 0 { Ok(()) } else { self.process(&format!("\x1b[{count}S")) }
    }

    /// Writes `text`, which must be what [`row_text`] allows, from the start of `row` on with
    /// default attributes.
    pub(super) fn write_row(&mut self, row: u16, text: &str) -> Result<(), Crashed> {
        self.process(&format!("\x1b[{};1H\x1b[m", u32::from(row) + 1))?;
        let mut written = 0;
        for (at, _) in text.match_indices(EMOJI_SELECTOR) {
            self.process(text.get(written..at).unwrap_or_default())?;
            if !self.selector_would_wrap() {
                self.process(EMOJI_SELECTOR)?;
            }
            written = at + EMOJI_SELECTOR.len();
        }
        self.process(text.get(written..).unwrap_or_default())
    }

    /// Whether U+FE0F would now widen the last character of a row beyond the edge, on which vt100
    /// 0.18.1 can panic. A grid made by vt100 never holds such a cell, so leaving it out loses
    /// nothing.
    fn selector_would_wrap(&self) -> bool {
        let screen = self.parser.screen();
        let (row, col) = screen.cursor_position();
        let last = screen.cell(row, self.size.cols.saturating_sub(1));
        col >= self.size.cols
            && last.is_some_and(|cell| {
                !cell.is_wide_continuation()
                    && format!("{}{EMOJI_SELECTOR}", cell.contents()).width() > 1
            })
    }

    fn process(&mut self, text: &str) -> Result<(), Crashed> {
        let parser = &mut self.parser;
        if contain(|| parser.process(text.as_bytes())).is_some() {
            return Ok(());
        }
        *self = Self::new(self.size);
        Err(Crashed)
    }
}

/// `bytes` as text if they hold nothing but text and sequences that can only write cells: SGR, CUF,
/// CUP, ECH and EL with plain parameters, each complete. So a row can answer nothing, set no mode,
/// leave nothing open, and costs no more than its length says.
pub(super) fn row_text(bytes: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(bytes).ok()?;
    let mut pieces = text.split('\x1b');
    let plain = |text: &str| !text.chars().any(char::is_control);
    let starts_plain = pieces.next().is_some_and(plain);
    let sequence = |piece: &str| {
        let body = piece.strip_prefix('[')?;
        let body = body.trim_start_matches(|c: char| c.is_ascii_digit() || c == ';');
        let text = body.strip_prefix(['m', 'C', 'H', 'X', 'K'])?;
        plain(text).then_some(())
    };
    (starts_plain && pieces.all(|piece| sequence(piece).is_some())).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn row_text_may_only_write_cells() {
        let allowed = ["", "plain é 中", "\x1b[m\x1b[1;38;5;3mx\x1b[3C\x1b[2X\x1b[K\x1b[2;3Hy"];
        for text in allowed {
            assert_eq!(row_text(text.as_bytes()), Some(text));
        }
        let refused: [&[u8]; 17] = [
            b"\n",
            b"\x08",
            b"\x07",
            b"\x1b",
            b"\x1b[",
            b"\x1b[3",
            b"\x1bc",
            b"\x1b]0;t\x07",
            b"\x1bP",
            b"\x1b[c",
            b"\x1b[6n",
            b"\x1b[?25l",
            b"\x1b[9b",
            b"\x1b[2J",
            b"\x1b[5S",
            b"\xc2\x9b",
            b"\xff",
        ];
        for bytes in refused {
            assert_eq!(row_text(bytes), None, "{:?}", String::from_utf8_lossy(bytes));
        }
    }

    #[test]
    fn rows_go_where_they_belong() {
        let mut grid = Grid::new(Winsize::new(3, 5));
        grid.write_row(0, "\x1b[31mabcde").unwrap();
        grid.write_row(1, "fg").unwrap();
        grid.scroll_up(1).unwrap();
        let rows: Vec<_> = grid.screen().rows(0, 5).collect();
        assert_eq!(rows, ["fg", "", ""]);
        assert_eq!(grid.screen().cell(0, 0).unwrap().fgcolor(), vt100::Color::Default);
    }

    #[test]
    fn a_selector_at_the_edge_is_left_out() {
        let mut grid = Grid::new(Winsize::new(3, 5));
        grid.write_row(0, "abcd❤\u{fe0f}").unwrap();
        grid.write_row(1, "abc❤\u{fe0f}").unwrap();
        assert_eq!(grid.screen().cell(0, 4).unwrap().contents(), "❤");
        assert!(grid.screen().cell(1, 3).unwrap().is_wide());
    }
}
