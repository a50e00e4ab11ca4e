//! From the bytes of a Log to its rows.

use super::History;
use crate::proto::{Offset, Winsize};
use crate::term::{Screen, ScreenOptions};

/// Bytes fed at once at most, so that a Log without line ends is not one piece.
const PIECE: usize = 16 * 1024;

/// Brings the primary screen back whatever state the Log ends in: CAN ends a cut sequence, then
/// back from the alternate screen, origin mode off, and the whole screen as scroll region (xterm
/// ctlseqs).
const TO_PRIMARY: &[u8] = b"\x18\x1b[?47l\x1b[?6l\x1b[r";

/// A part of a Log, up to its end.
#[derive(Debug, Clone, Copy)]
pub struct Excerpt<'a> {
    /// Offset of the first byte.
    pub base: Offset,
    /// The bytes, cut anywhere.
    pub chunks: &'a [&'a [u8]],
    /// Sequences that set what was in force at `base`, such as `CSI ? 1049 h`; empty if unknown.
    pub prelude: &'a [u8],
}

impl Excerpt<'_> {
    /// Bytes to leave out at the start. A Log that has lost its beginning starts anywhere: inside a
    /// line, a sequence, a character. The next line end, or else carriage return, is sure to be
    /// outside.
    fn cut(&self) -> usize {
        if self.base == 0 {
            return 0;
        }
        self.after_first(b'\n').or_else(|| self.after_first(b'\r')).unwrap_or(0)
    }

    fn after_first(&self, byte: u8) -> Option<usize> {
        let mut before = 0;
        for chunk in self.chunks {
            if let Some(at) = memchr::memchr(byte, chunk) {
                return Some(before + at + 1);
            }
            before += chunk.len();
        }
        None
    }
}

impl History {
    /// Draws `log` on a screen of `size` and keeps the rows.
    ///
    /// Lines are told apart by their LF: the line that starts behind one belongs to the row where
    /// the cursor is then. See [`History::row`] and [`History::row_at_offset`].
    #[must_use]
    pub fn build(log: &Excerpt<'_>, size: Winsize) -> Self {
        let options = ScreenOptions { replies: false, fast_forward: false, ..Default::default() };
        let mut builder = Builder {
            screen: Screen::new(size, options),
            history: Self::new(size.clamped(), log.base),
            read: 0,
        };
        builder.feed(log.prelude);
        let mut skip = log.cut();
        builder.read = skip as u64;
        builder.begin_line();
        for chunk in log.chunks {
            let (skipped, kept) = chunk.split_at(skip.min(chunk.len()));
            skip -= skipped.len();
            builder.read(kept);
        }
        builder.finish()
    }
}

struct Builder {
    screen: Screen,
    history: History,
    /// Offset of the next byte, from the base.
    read: Offset,
}

impl Builder {
    fn read(&mut self, chunk: &[u8]) {
        let mut rest = chunk;
        while !rest.is_empty() {
            let (piece, after) = rest.split_at(piece_len(rest));
            self.feed(piece);
            self.read += piece.len() as u64;
            if piece.ends_with(b"\n") {
                self.begin_line();
            }
            rest = after;
        }
    }

    fn feed(&mut self, bytes: &[u8]) {
        let history = &mut self.history;
        self.screen.feed_with(bytes, &mut |row| history.push(&row.formatted, row.wrapped));
    }

    fn begin_line(&mut self) {
        if !self.screen.vt().alternate_screen() {
            let row = self.history.pushed() + usize::from(self.screen.cursor().0);
            self.history.begin_line(row, self.read);
        }
    }

    /// Scrolls the whole screen off, so that what it shows becomes rows as well.
    fn finish(mut self) -> History {
        let rows = self.history.size().rows;
        self.feed(TO_PRIMARY);
        self.feed(format!("\x1b[{rows};1H").as_bytes());
        self.feed("\n".repeat(usize::from(rows)).as_bytes());
        self.history.trim();
        self.history
    }
}

/// Bytes up to and with the first LF, [`PIECE`] at most.
fn piece_len(bytes: &[u8]) -> usize {
    let bytes = bytes.get(..PIECE).unwrap_or(bytes);
    memchr::memchr(b'\n', bytes).map_or(bytes.len(), |at| at + 1)
}
