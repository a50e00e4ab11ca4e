//! A terminal's screen: the only way to the vt100 crate.

mod checkpoint;

use std::fmt;

use super::filter::{Filter, Terminal};
use super::{Modes, Notice, Palette, ScrolledRow};
use crate::proto::Winsize;

/// Bytes fed at once while rows are handed out, which bounds the rows that wait.
const ROW_CHUNK: usize = 4 * 1024;

/// How a [`Screen`] behaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScreenOptions {
    /// Answer queries. Off for history and for replicas: each query has exactly one answer.
    pub replies: bool,
    /// The colours that are answered.
    pub palette: Palette,
    /// The terminal name that is answered (XTGETTCAP `TN`): the value of TERM.
    pub term_name: String,
    /// Skip the part of a flood that nobody can see.
    pub fast_forward: bool,
}

impl Default for ScreenOptions {
    fn default() -> Self {
        Self {
            replies: true,
            palette: Palette::default(),
            term_name: "screen-256color".to_owned(),
            fast_forward: true,
        }
    }
}

impl ScreenOptions {
    /// For a Screen that only shows: it answers nothing.
    #[must_use]
    pub fn silent() -> Self {
        Self { replies: false, ..Self::default() }
    }
}

/// The screen that a program's output makes.
///
/// It takes any bytes, cut anywhere, and any size. Behind it stand the filter and a vt100 parser without
/// scrollback: history is the Log's business. Its memory is bounded by its size plus some 100 KiB, whatever
/// it is fed.
pub struct Screen {
    filter: Filter,
    terminal: Terminal,
}

impl Screen {
    /// An empty screen of `size`, brought within [`Winsize::MIN`] and [`Winsize::MAX`].
    #[must_use]
    pub fn new(size: Winsize, options: ScreenOptions) -> Self {
        Self { filter: Filter::default(), terminal: Terminal::new(size.clamped(), options) }
    }

    /// Takes in program output.
    pub fn feed(&mut self, bytes: &[u8]) {
        self.filter.feed(bytes, &mut self.terminal);
    }

    /// Takes in program output and hands out each row that scrolls off the top of the primary screen, in
    /// order. Slower than [`Screen::feed`]: nothing is skipped.
    pub fn feed_with(&mut self, bytes: &[u8], on_row: &mut dyn FnMut(ScrolledRow)) {
        self.terminal.collect_rows(true);
        for chunk in bytes.chunks(ROW_CHUNK) {
            self.feed(chunk);
            self.terminal.take_rows().into_iter().for_each(&mut *on_row);
        }
        self.terminal.collect_rows(false);
    }

    /// Changes the size, brought within [`Winsize::MIN`] and [`Winsize::MAX`]. Nothing reflows; rows are lost
    /// at the bottom first, then at the top, and come back blank.
    pub fn resize(&mut self, size: Winsize) {
        self.terminal.resize(size.clamped());
    }

    /// Changes the colours that are answered from now on: the operator's, once they are known.
    pub fn set_palette(&mut self, palette: Palette) {
        self.terminal.set_palette(palette);
    }

    /// The size in force.
    #[must_use]
    pub fn size(&self) -> Winsize {
        self.terminal.size()
    }

    /// The modes that others have to honour.
    #[must_use]
    pub fn modes(&self) -> Modes {
        self.terminal.modes()
    }

    /// The title: one line of at most 256 characters that prints as it reads.
    #[must_use]
    pub fn title(&self) -> &str {
        self.terminal.title()
    }

    /// The cursor's row and column, from 0. The column equals the number of columns while the next character
    /// will wrap.
    #[must_use]
    pub fn cursor(&self) -> (u16, u16) {
        self.vt().cursor_position()
    }

    /// The text of each row from the top, without trailing blanks.
    pub fn rows(&self) -> impl Iterator<Item = String> + '_ {
        self.vt().rows(0, self.size().cols).map(|mut row| {
            row.truncate(row.trim_end_matches(' ').len());
            row
        })
    }

    /// The parser's screen, to read its cells.
    pub(in crate::term) fn vt(&self) -> &vt100::Screen {
        self.terminal.vt()
    }

    /// Answers to be written to the program, in stream order; at most 4 KiB wait, later ones are lost.
    pub fn take_replies(&mut self) -> Vec<u8> {
        self.terminal.take_replies()
    }

    /// What the program announced since the last call, oldest first; at most 64 wait.
    pub fn take_notices(&mut self) -> Vec<Notice> {
        self.terminal.take_notices()
    }

    /// Whether the program is in the middle of a frame (`?2026`). Whoever holds frames back for it needs a
    /// deadline of their own.
    #[must_use]
    pub fn synchronized(&self) -> bool {
        self.terminal.synchronized()
    }

    /// How often the emulator panicked and was rebuilt empty. Not 0 means a fault to report.
    #[must_use]
    pub fn resets(&self) -> u64 {
        self.terminal.resets()
    }
}

impl fmt::Debug for Screen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Screen")
            .field("size", &self.size())
            .field("title", &self.title())
            .field("cursor", &self.cursor())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
