//! The vt100 parser with its panics contained.

mod checkpoint;

use std::num::NonZeroU16;

use vt100::capture::RowContents;

use super::contain::contain;
use super::scrolled_row::ScrolledRow;
use crate::proto::Winsize;

pub(super) use checkpoint::Tracked;

/// A vt100 parser without scrollback that survives its own faults.
///
/// The crate has panicked on foreign output before; one Session must never end the others, so a panic costs
/// the screen's contents and nothing else: a fresh parser takes over, with the input modes of the old one.
pub(super) struct Emulator {
    parser: vt100::Parser<Observed>,
    resets: u64,
}

/// Whether the parser is still the one it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub(super) enum Outcome {
    /// It is.
    Kept,
    /// It panicked and was replaced: all screen state is back at its beginning.
    Rebuilt,
}

impl Emulator {
    /// A parser of `size`; a size of nothing counts as one cell.
    pub(super) fn new(size: Winsize) -> Self {
        Self { parser: parser(size, Observed::default()), resets: 0 }
    }

    /// Feeds bytes that begin and end in the ground state.
    pub(super) fn process(&mut self, bytes: &[u8]) -> Outcome {
        self.contain(|parser| parser.process(bytes))
    }

    /// Changes the size. Rows are cut or filled up at the right and the bottom; nothing reflows.
    pub(super) fn resize(&mut self, size: Winsize) -> Outcome {
        let (rows, cols) = nonzero(size);
        self.contain(|parser| {
            forget_scrolled_rows(parser);
            parser.set_size(rows, cols);
        })
    }

    /// The parser's screen.
    pub(super) fn screen(&self) -> &vt100::Screen {
        self.parser.screen()
    }

    /// How often a panic was contained.
    pub(super) const fn resets(&self) -> u64 {
        self.resets
    }

    /// Whether the bell rang since the last call.
    pub(super) fn take_bell(&mut self) -> bool {
        std::mem::take(&mut self.parser.callbacks_mut().bell)
    }

    /// Starts or stops keeping the rows that scroll off the primary screen.
    pub(super) fn collect_rows(&mut self, collect: bool) {
        self.parser.callbacks_mut().collect = collect;
    }

    /// The rows kept since the last call, in the order they left.
    pub(super) fn take_rows(&mut self) -> Vec<ScrolledRow> {
        std::mem::take(&mut self.parser.callbacks_mut().rows)
    }

    fn contain(&mut self, work: impl FnOnce(&mut vt100::Parser<Observed>)) -> Outcome {
        let parser = &mut self.parser;
        match contain(|| work(parser)) {
            Some(()) => Outcome::Kept,
            None => {
                self.rebuild();
                Outcome::Rebuilt
            }
        }
    }

    /// Replaces a parser whose grid can no longer be trusted; its mode flags can.
    fn rebuild(&mut self) {
        let old = self.parser.screen();
        let (rows, cols) = old.size();
        let mut modes = old.input_mode_formatted();
        if old.alternate_screen() {
            modes.push_str("\x1b[?47h");
        }
        let observed = std::mem::take(self.parser.callbacks_mut());
        self.parser = parser(Winsize::new(rows.get(), cols.get()), observed);
        self.parser.process(modes.as_bytes());
        self.resets += 1;
    }
}

/// What the parser reports while it works.
#[derive(Default)]
struct Observed {
    bell: bool,
    collect: bool,
    rows: Vec<ScrolledRow>,
}

impl vt100::Callbacks for Observed {
    fn audible_bell(&mut self, _: &mut vt100::Screen) {
        self.bell = true;
    }

    fn on_scroll(&mut self, row: RowContents<'_>, alternate_screen: bool) {
        if self.collect && !alternate_screen {
            self.rows.push(ScrolledRow::capture(&row));
        }
    }
}

fn parser(size: Winsize, observed: Observed) -> vt100::Parser<Observed> {
    let (rows, cols) = nonzero(size);
    vt100::Parser::new_with_callbacks(rows, cols, 0, observed)
}

fn nonzero(size: Winsize) -> (NonZeroU16, NonZeroU16) {
    let at_least_one = |n| NonZeroU16::new(n).unwrap_or(NonZeroU16::MIN);
    (at_least_one(size.rows), at_least_one(size.cols))
}

/// Makes the crate forget how many rows have scrolled off. It would insert that many blank rows at the top
/// of a growing screen; and rows that were fast-forwarded were never counted.
fn forget_scrolled_rows(parser: &mut vt100::Parser<Observed>) {
    let alternate = parser.screen().alternate_screen();
    if alternate {
        parser.process(b"\x1b[?47l");
    }
    parser.screen_mut().clear_scrollback();
    if alternate {
        parser.process(b"\x1b[?47h");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_in_the_crate_costs_only_the_screen() {
        // On one cell vt100 0.18.1 panics on this input; a Screen is never that small.
        let mut emulator = Emulator::new(Winsize::new(1, 1));
        assert_eq!(emulator.process(b"\x1b[?2004h\x1b[?1h\x1b[?1049h"), Outcome::Kept);
        assert_eq!(emulator.process("7\u{fe0f}\u{301}".as_bytes()), Outcome::Rebuilt);
        assert_eq!(emulator.resets(), 1);
        let screen = emulator.screen();
        assert!(screen.bracketed_paste() && screen.application_cursor());
        assert!(screen.alternate_screen());
        assert_eq!(emulator.process(b"x"), Outcome::Kept);
        assert_eq!(emulator.screen().contents(), "x");
    }

    #[test]
    fn a_growing_screen_keeps_its_rows_at_the_top() {
        let mut emulator = Emulator::new(Winsize::new(2, 5));
        let _ = emulator.process(b"1\r\n2\r\n3\r\n4");
        let _ = emulator.resize(Winsize::new(4, 5));
        assert_eq!(emulator.screen().contents(), "3\n4");
        assert_eq!(emulator.screen().cursor_position(), (1, 1));
    }
}
