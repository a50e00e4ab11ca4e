//! Bytes in, counted events out.

mod checkpoint;

use std::ops::Range;

use crate::proto::{Counts, Offset, Severity};

use super::classify::{Classification, Engine, Source};
use super::echo::Echo;
use super::line::{LINE_CAP, trim_end};
use super::sequence::Trace;
use super::tty::{Exit, Tty};

/// Bytes of a line's text that an event carries.
const TEXT_CAP: usize = 512;

/// An error or a warning in a Session's output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertEvent {
    /// [`Severity::Error`] or [`Severity::Warning`].
    pub severity: Severity,
    /// What decided.
    pub source: Source,
    /// The line's text: ANSI stripped, invalid UTF-8 replaced, at most 512 bytes.
    pub text: String,
    /// Byte range in `text` that decided; empty where it lies beyond the cut.
    pub span: Range<usize>,
    /// Log offset of the first byte of the line's text.
    pub start: Offset,
    /// Log offset after the line's end, or after what had come of it.
    pub end: Offset,
}

/// Counts the events in a live stream of terminal output, exactly.
///
/// Any split of the stream into [`Scanner::feed`] calls gives the same events. Memory is bounded by
/// one line of 16 KiB and the events that a repaint may show again; of a longer line the first
/// 16 KiB are judged.
#[derive(Debug, Clone)]
pub struct Scanner {
    engine: Engine,
    tty: Tty,
    echo: Echo,
    trace: Trace,
    /// The line being written has been counted already, when output paused.
    told: bool,
    counts: Counts,
    lines: u64,
    /// Log offset after the last byte taken.
    end: Offset,
}

impl Scanner {
    /// A scanner at the start of a Session's output.
    #[must_use]
    pub fn new(engine: Engine) -> Self {
        Self {
            engine,
            tty: Tty::new(),
            echo: Echo::new(),
            trace: Trace::default(),
            told: false,
            counts: Counts::default(),
            lines: 0,
            end: 0,
        }
    }

    /// Judges what comes by other rules.
    pub fn set_engine(&mut self, engine: Engine) {
        self.engine = engine;
    }

    /// Tells the height of the screen in rows, which bounds how far a repaint reaches.
    pub fn set_rows(&mut self, rows: u16) {
        self.tty.repaint.set_rows(rows);
    }

    /// Takes output; `offset` is the log offset of its first byte. Appends the events it completes.
    pub fn feed(&mut self, offset: Offset, bytes: &[u8], events: &mut Vec<AlertEvent>) {
        let mut at = offset;
        // No whole line of a piece is longer than the cap, so skipping lines never hides a cut.
        for piece in bytes.chunks(LINE_CAP) {
            self.feed_piece(at, piece, events);
            at += piece.len() as Offset;
        }
    }

    /// Whether typed text that could be taken for an event is expected to come back.
    #[must_use]
    pub fn expects_echo(&self) -> bool {
        !self.echo.is_quiet()
    }

    /// Takes what operators sent to the program: its echo is no event.
    pub fn typed(&mut self, bytes: &[u8]) {
        let hints = self.engine.hints();
        for &byte in bytes {
            let has_line = !self.tty.line.is_empty();
            if self.echo.typed(byte, has_line, |text| hints.allow(text)) {
                self.tty.repaint.end();
            }
        }
    }

    /// The screen was resized: if the program repaints it, that is nothing new.
    pub fn resized(&mut self) {
        self.tty.repaint.resized();
    }

    /// Output has paused (some 300 ms): a line without its line end is judged now, and not counted
    /// again when the end comes.
    pub fn idle(&mut self, events: &mut Vec<AlertEvent>) {
        if !self.told && !self.tty.line.is_empty() {
            let (text, start) = (self.tty.line.text().into_owned(), self.tty.line.start());
            let text = trim_end(&text);
            let (found, _) = self.trace.step(&self.engine, text);
            let is_typed = is_typed(&found, self.echo.so_far(text));
            if !self.tty.is_command() && !is_typed {
                self.told = self.count(&found, text, start, events);
            }
        }
        self.echo.rest();
    }

    /// The output has ended.
    pub fn finish(&mut self, events: &mut Vec<AlertEvent>) {
        self.idle(events);
    }

    /// Errors and warnings so far.
    #[must_use]
    pub const fn counts(&self) -> Counts {
        self.counts
    }

    /// Lines ended so far, those on the alternate screen not included.
    #[must_use]
    pub const fn lines(&self) -> u64 {
        self.lines
    }

    fn feed_piece(&mut self, offset: Offset, piece: &[u8], events: &mut Vec<AlertEvent>) {
        let mut at = 0;
        let mut plain = Plain::default();
        while at < piece.len() {
            if self.is_at_rest() {
                plain.reach(piece, at);
                at = self.skip(piece, at, plain.end);
            }
            at +=
                self.read_line(offset + at as Offset, piece.get(at..).unwrap_or_default(), events);
        }
        self.end = offset + piece.len() as Offset;
    }

    /// Whether nothing hangs over from before, so that lines without a hint are without effect.
    fn is_at_rest(&self) -> bool {
        self.trace.is_idle() && !self.told && self.tty.is_at_rest() && self.echo.is_quiet()
    }

    /// Skips lines without a hint in the run of plain lines that starts at `at` and ends at `end`.
    fn skip(&mut self, piece: &[u8], at: usize, end: usize) -> usize {
        // Cut at `at`, which starts a line even where no LF stands before it (cursor motion).
        let lines = piece.get(at..end).unwrap_or_default();
        if lines.is_empty() {
            return at;
        }
        let len = self.engine.hints().next_line(lines);
        let skipped = lines.get(..len).unwrap_or_default();
        self.lines += memchr::memchr_iter(b'\n', skipped).count() as u64;
        at + len
    }

    /// Takes bytes up to the end of a line and judges it. Returns how many were taken.
    fn read_line(&mut self, at: Offset, bytes: &[u8], events: &mut Vec<AlertEvent>) -> usize {
        let (taken, exit) = self.tty.advance(at, bytes);
        if let Some(exit) = exit {
            self.end = at + taken as Offset;
            self.complete(exit, events);
        }
        taken
    }

    fn complete(&mut self, exit: Exit, events: &mut Vec<AlertEvent>) {
        self.lines += u64::from(exit == Exit::Feed);
        let line = std::mem::take(&mut self.tty.line);
        self.judge(trim_end(&line.text()), line.start(), events);
        self.told = false;
        self.tty.line = line;
        self.tty.next_line(exit);
    }

    /// Judges a finished line.
    fn judge(&mut self, text: &str, start: Offset, events: &mut Vec<AlertEvent>) {
        let echo = self.echo.claim(text);
        if self.tty.is_command() {
            self.trace = Trace::Idle;
            return;
        }
        if self.trace.is_idle() && !self.engine.hints().allow(text) {
            return;
        }
        let (found, next) = self.trace.step(&self.engine, text);
        self.trace = next;
        if is_typed(&found, echo) {
            self.trace = Trace::Idle;
        } else if !self.told {
            self.count(&found, text, start, events);
        }
    }

    /// Counts an event that is new. Returns whether it was one.
    fn count(
        &mut self,
        found: &Classification,
        text: &str,
        start: Offset,
        events: &mut Vec<AlertEvent>,
    ) -> bool {
        if !found.severity.counts() || !self.tty.repaint.admit(text) {
            return false;
        }
        self.counts.add(found.severity);
        let text = cut(text);
        let within = |index: usize| index.min(text.len());
        events.push(AlertEvent {
            severity: found.severity,
            source: found.source.clone(),
            span: within(found.span.start)..within(found.span.end),
            text: text.to_owned(),
            start,
            end: self.end,
        });
        true
    }
}

/// Whether echo, from byte `start` of the line on, had a part in the verdict.
fn is_typed(found: &Classification, start: Option<usize>) -> bool {
    start.is_some_and(|start| found.span.end > start || !found.severity.counts())
}

/// `text` up to the cap, on a character boundary.
fn cut(text: &str) -> &str {
    text.get(..text.floor_char_boundary(TEXT_CAP)).unwrap_or(text)
}

/// A run of whole lines of valid UTF-8 in a piece.
#[derive(Debug, Default)]
struct Plain {
    end: usize,
}

impl Plain {
    /// Makes the run reach beyond `at`, if the line there is plain.
    fn reach(&mut self, piece: &[u8], at: usize) {
        if at < self.end {
            return;
        }
        let rest = piece.get(at..).unwrap_or_default();
        let valid = match std::str::from_utf8(rest) {
            Ok(_) => rest.len(),
            Err(error) => error.valid_up_to(),
        };
        let lines = rest.get(..valid).and_then(|valid| memchr::memrchr(b'\n', valid));
        self.end = at + lines.map_or(0, |lf| lf + 1);
    }
}

#[cfg(test)]
mod tests;
