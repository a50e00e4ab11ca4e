//! Delimiting: from any bytes, cut anywhere, to spans and whole sequences.

use memchr::memchr3;

use super::scan::{CAN, Csi, ESC, MAX_SEQUENCE, SI, SO, SUB, Scan, incomplete_utf8, scan};
use super::string::{ControlString, Progress};
use super::table::{self, Route};
use super::terminal::Terminal;
use crate::proto::pack::{Input, PackError, flags, put_bytes};
use crate::term::fast_forward;

/// The delimiting half of the filter. It keeps what one call to [`Filter::feed`] left incomplete, at most
/// [`MAX_SEQUENCE`] bytes or one capped control string, so that splitting the input
/// anywhere changes nothing.
#[derive(Default)]
pub(in crate::term) struct Filter {
    /// A begun sequence or UTF-8 character.
    held: Vec<u8>,
    state: State,
}

#[derive(Default)]
enum State {
    #[default]
    Ground,
    /// Inside a control string.
    String(ControlString),
    /// Behind the cap of a control sequence, before its final byte.
    Overlong,
}

/// Where the scan of a chunk goes on.
enum Step {
    /// At this offset of the same chunk.
    At(usize),
    /// The ground state is left after this many bytes of the chunk.
    Leave(usize),
}

impl Filter {
    /// Appends what is held back. `None` inside a control string.
    pub(in crate::term) fn pack(&self, out: &mut Vec<u8>) -> Option<()> {
        out.push(flags([match self.state {
            State::Ground => false,
            State::Overlong => true,
            State::String(_) => return None,
        }]));
        put_bytes(out, &self.held);
        Some(())
    }

    /// The filter that [`Filter::pack`] wrote.
    pub(in crate::term) fn unpack(input: &mut Input<'_>) -> Result<Self, PackError> {
        let [is_overlong] = input.flags("sequence flag")?;
        let held = input.bytes("begun sequence", MAX_SEQUENCE)?.to_vec();
        let state = if is_overlong { State::Overlong } else { State::Ground };
        Ok(Self { held, state })
    }

    /// Takes in program output and makes `terminal` perform it.
    pub(in crate::term) fn feed(&mut self, bytes: &[u8], terminal: &mut Terminal) {
        let mut rest = bytes;
        while let Some(&next) = rest.first() {
            let used = match &mut self.state {
                State::Ground if self.held.is_empty() => self.ground(rest, terminal),
                State::Ground => self.resume(next, terminal),
                State::String(_) => self.string(rest, terminal),
                State::Overlong => self.overlong(rest),
            };
            rest = rest.get(used..).unwrap_or_default();
        }
    }

    /// Scans from the ground state until the bytes end or the state is left; says how many bytes that took.
    fn ground(&mut self, bytes: &[u8], terminal: &mut Terminal) -> usize {
        let mut span = Span::new(bytes);
        let mut at = 0;
        while let Some(found) = memchr3(ESC, SO, SI, span.from(at)) {
            at += found;
            match self.special(&mut span, at, terminal) {
                Step::At(next) => at = next,
                Step::Leave(used) => return used,
            }
        }
        let end = bytes.len() - incomplete_utf8(span.from(at));
        span.flush(end, terminal);
        self.held.extend_from_slice(span.from(end));
        bytes.len()
    }

    /// Handles the ESC, SO or SI at `at`.
    fn special(&mut self, span: &mut Span<'_>, at: usize, terminal: &mut Terminal) -> Step {
        let bytes = span.from(at);
        if let Some(&shift @ (SO | SI)) = bytes.first() {
            if !terminal.ignores_shift(shift) {
                span.cut(at, 1, terminal);
                terminal.control(shift);
            }
            return Step::At(at + 1);
        }
        match scan(bytes) {
            Scan::Csi { len, csi } => control_sequence(span, at, len, &csi, terminal),
            Scan::Escape { len, intermediate, last }
                if terminal.ignores_designation(intermediate, last) =>
            {
                Step::At(at + len)
            }
            Scan::Escape { len, intermediate, last } => {
                span.cut(at, len, terminal);
                table::escape(intermediate, last)(terminal, intermediate, last);
                Step::At(at + len)
            }
            Scan::Skip { len } => {
                span.cut(at, len, terminal);
                controls(bytes.get(..len).unwrap_or_default(), terminal);
                Step::At(at + len)
            }
            Scan::Mixed { len } => {
                span.cut(at, len, terminal);
                self.mixed(bytes.get(..len).unwrap_or_default(), terminal);
                Step::Leave(at + len)
            }
            leave => Step::Leave(at + self.leave_ground(span, at, leave, terminal)),
        }
    }

    /// Ends the span before a sequence that is not whole; says how many bytes of it are taken.
    fn leave_ground(
        &mut self,
        span: &mut Span<'_>,
        at: usize,
        why: Scan<'_>,
        terminal: &mut Terminal,
    ) -> usize {
        let bytes = span.from(at);
        span.flush(at, terminal);
        match why {
            Scan::String(kind) => {
                self.state = State::String(ControlString::new(kind));
                2
            }
            Scan::Overlong => {
                self.state = State::Overlong;
                2
            }
            _ => {
                self.held.extend_from_slice(bytes);
                bytes.len()
            }
        }
    }

    /// Performs the controls inside a sequence first, as terminals do, then the sequence without them.
    fn mixed(&mut self, sequence: &[u8], terminal: &mut Terminal) {
        controls(sequence, terminal);
        let graphic = |byte: &u8| (0x20..0x7f).contains(byte);
        let mut clean = vec![ESC];
        clean.extend(sequence.iter().copied().filter(graphic));
        self.ground(&clean, terminal);
    }

    /// Adds one byte to what is held back.
    fn resume(&mut self, next: u8, terminal: &mut Terminal) -> usize {
        self.held.push(next);
        let incomplete = match self.held.first() {
            Some(&ESC) => scan(&self.held) == Scan::Incomplete,
            _ => incomplete_utf8(&self.held) == self.held.len(),
        };
        if !incomplete {
            let held = std::mem::take(&mut self.held);
            self.ground(&held, terminal);
        }
        1
    }

    fn string(&mut self, bytes: &[u8], terminal: &mut Terminal) -> usize {
        let State::String(string) = &mut self.state else { return 0 };
        let used = match string.take(bytes) {
            Progress::Open => return bytes.len(),
            Progress::Ended { used, by } => {
                terminal.string(string, by);
                used
            }
            Progress::Cancelled { used } => used,
            Progress::Interrupted { used } => {
                self.held.push(ESC);
                used
            }
        };
        self.state = State::Ground;
        used
    }

    fn overlong(&mut self, bytes: &[u8]) -> usize {
        let end = bytes.iter().position(|&b| matches!(b, ESC | CAN | SUB | 0x40..=0x7e));
        let Some(at) = end else { return bytes.len() };
        self.state = State::Ground;
        if bytes.get(at) == Some(&ESC) { at } else { at + 1 }
    }
}

/// Routes a whole control sequence.
fn control_sequence(
    span: &mut Span<'_>,
    at: usize,
    len: usize,
    csi: &Csi<'_>,
    terminal: &mut Terminal,
) -> Step {
    match table::control(csi) {
        Route::RowLocal if !terminal.prints_modally() => {}
        Route::Pass if !terminal.prints_modally() => span.pass(at, len, terminal),
        Route::RowLocal | Route::Pass => {
            span.cut(at, len, terminal);
            terminal.emit(span.from(at).get(..len).unwrap_or_default());
        }
        Route::Do(perform) => {
            span.cut(at, len, terminal);
            perform(terminal, csi);
        }
        Route::Drop => span.cut(at, len, terminal),
    }
    Step::At(at + len)
}

/// Performs the controls among `bytes`, apart from the ones that delimit.
fn controls(bytes: &[u8], terminal: &mut Terminal) {
    for &byte in bytes.iter().filter(|byte| byte.is_ascii_control()) {
        if !matches!(byte, ESC | CAN | SUB | 0x7f) {
            terminal.control(byte);
        }
    }
}

/// A stretch of a chunk that goes to the parser as it is: long spans are what keeps the crate fast.
struct Span<'a> {
    bytes: &'a [u8],
    /// Nothing before this offset is left to do.
    start: usize,
    /// From here on there are only text and row-local sequences.
    plain: usize,
}

impl<'a> Span<'a> {
    const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, start: 0, plain: 0 }
    }

    fn from(&self, at: usize) -> &'a [u8] {
        self.bytes.get(at..).unwrap_or_default()
    }

    /// Takes in a sequence that passes but may not be skipped.
    fn pass(&mut self, at: usize, len: usize, terminal: &mut Terminal) {
        if at - self.plain >= fast_forward::MIN_RUN {
            self.flush(at, terminal);
            self.start = at;
        }
        self.plain = at + len;
    }

    /// Flushes what stands before a sequence of `len` bytes at `at` and leaves the sequence out.
    fn cut(&mut self, at: usize, len: usize, terminal: &mut Terminal) {
        self.flush(at, terminal);
        self.start = at + len;
        self.plain = at + len;
    }

    /// Writes all up to `end`.
    fn flush(&self, end: usize, terminal: &mut Terminal) {
        let slice = |from: usize, to: usize| self.bytes.get(from..to).unwrap_or_default();
        if end.saturating_sub(self.plain) >= fast_forward::MIN_RUN {
            terminal.write(slice(self.start, self.plain));
            terminal.write_run(slice(self.plain, end));
        } else {
            terminal.write(slice(self.start, end));
        }
    }
}
