//! A [`Scanner`] written down, so that whoever starts later counts on from there and counts nothing
//! twice.
//!
//! ```text
//! form         byte, [`FORM`]
//! told, trace  byte each
//! counts       errors, warnings
//! lines, end   numbers
//! tty          flags, parser, line, repaint, [saved line]
//! echo         flags, parser, typed line, expected lines
//! ```
//!
//! Everything but the engine is in it. Between plain lines that is some 30 bytes; at most it is two
//! lines of 16 KiB, 500 fingerprints of events and 17 typed lines. A change to what is written needs
//! a new form.

use super::{Counts, Echo, Engine, Scanner, Trace, Tty};
use crate::proto::CheckpointError;
use crate::proto::pack::{Input, Pack as _, flags, put_number};

/// The form that is written and read.
const FORM: u8 = 1;

/// No counter is larger, so that counting on cannot overflow.
const COUNT_MAX: u64 = u64::MAX >> 1;

impl Scanner {
    /// Writes down all state but the engine. Cheap: it copies the line that is being written and
    /// what waits for an echo.
    #[must_use]
    pub fn checkpoint(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(256);
        out.extend([FORM, flags([self.told]), self.trace.number()]);
        for number in [self.counts.errors, self.counts.warnings, self.lines, self.end] {
            put_number(&mut out, number);
        }
        self.tty.pack(&mut out);
        self.echo.pack(&mut out);
        out
    }

    /// Goes on from a checkpoint, judging by `engine`. The next [`Scanner::feed`] takes what stood
    /// behind the bytes that were fed before it.
    ///
    /// # Errors
    /// [`CheckpointError`] for anything that [`Scanner::checkpoint`] of this version does not write.
    /// Allocates no more than a small multiple of `bytes`.
    pub fn restore(engine: Engine, bytes: &[u8]) -> Result<Self, CheckpointError> {
        let mut input = Input(bytes);
        input.form(FORM)?;
        let [told] = input.flags("told flag")?;
        let trace = Trace::of_number(input.byte("trace")?)
            .ok_or(CheckpointError::Impossible("its trace is none"))?;
        let mut count = |what| input.number(what, COUNT_MAX);
        let counts = Counts { errors: count("errors")?, warnings: count("warnings")? };
        let (lines, end) = (count("lines")?, count("end")?);
        let tty = Tty::unpack(&mut input)?;
        let echo = Echo::unpack(&mut input)?;
        input.end()?;
        Ok(Self { engine, tty, echo, trace, told, counts, lines, end })
    }
}
