//! Recordings in the form of asciinema: asciicast v2 is written, v2 and v3 are read. Pure: bytes and
//! times go in, lines come out, and the other way round.
//!
//! Sources: <https://docs.asciinema.org/manual/asciicast/v2/> and `…/v3/`.

mod reader;
mod text;
mod writer;

pub use reader::{Cast, CastError, Reader};
pub use writer::{Encoder, Progress};

use crate::proto::Winsize;

/// Something that happened in a recording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Microseconds since the recording's beginning.
    pub at: u64,
    /// What.
    pub what: What,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// The program wrote this.
    Output(String),
    /// The terminal has this size from now on.
    Resize(Winsize),
    /// Somebody marked the place.
    Marker(String),
    /// The program ended.
    Exit(String),
}
