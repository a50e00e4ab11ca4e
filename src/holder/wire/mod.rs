//! The protocol between an Agent and a holder, on the holder's Unix socket.
//!
//! A message is its length (4 bytes, little-endian, without itself), its kind (1 byte) and its body;
//! all numbers are little-endian. Kinds below 128 are [`Order`]s from the Agent, the others
//! [`Report`]s from the holder. Versions meet like this: kinds that one does not know are skipped, and
//! bytes after the fields that one knows are ignored, so both only ever grow. [`VERSION`] is raised
//! when that is not enough.
//!
//! After a connection the holder speaks first: [`Report::Hello`] with two descriptors (the ring, the
//! terminal), then all that is remembered, then [`Report::Ready`]. A newer connection takes the place
//! of an older one.
//!
//! A holder is started with one end of a socket pair as its standard input, on which the Agent sends
//! one message, [`Order::Start`], and is answered with [`Report::Failed`], or as after any connection.

mod fields;

use crate::proto::{ExitStatus, Offset, Signal, Winsize};

use super::marks::Mark;
use fields::{Fields, put, put_size, put_status, signal_code};

/// Generation of the protocol.
pub const VERSION: u16 = 1;
/// Longest message: the largest input and its fields, with room to spare.
pub const MESSAGE_MAX: usize = 2 << 20;

/// What stored bytes are about; the holder does not look into them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Slot(pub u8);

/// Who typed: the identity that a client keeps over its connections, or 0.
pub type Source = u128;

/// From the Agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Order {
    /// Start this program; JSON of a [`super::pty::Launch`].
    Start(Vec<u8>),
    /// Bytes before this offset may be overwritten.
    Pin(Offset),
    /// Input for the program, applied whole, after what came before it, and once: a numbered one that
    /// was taken already is skipped.
    Input {
        /// Who typed; 0 for input that is not numbered.
        source: Source,
        /// Grows with each input of the source.
        seq: u64,
        /// The bytes.
        bytes: Vec<u8>,
    },
    /// An answer to a terminal query; dropped when the program does not read.
    Reply {
        /// Queries before this offset are answered now.
        upto: Offset,
        /// The bytes.
        bytes: Vec<u8>,
    },
    /// Another size.
    Resize(Winsize),
    /// Signal the foreground process group.
    Signal {
        /// Comes back in [`Report::Done`].
        id: u32,
        /// Which.
        signal: Signal,
    },
    /// End the whole process tree.
    Kill {
        /// Comes back in [`Report::Done`].
        id: u32,
    },
    /// Remember these bytes instead of those in the slot.
    Store(Slot, Vec<u8>),
    /// Remember these bytes after those in the slot; when it gets too long, the oldest lines go.
    Append(Slot, Vec<u8>),
    /// The Session is forgotten: end.
    Quit,
    /// Answered once every order before it was obeyed.
    Sync {
        /// Comes back in [`Report::Done`].
        id: u32,
    },
}

/// From the holder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Report {
    /// The first report.
    Hello {
        /// [`VERSION`] of the holder.
        version: u16,
        /// The holder's own process.
        holder: u32,
        /// The program's process.
        pid: u32,
        /// End of the output.
        end: Offset,
        /// Queries before this offset are answered.
        answered: Offset,
        /// The first offset that a reader may miss: what came while no Agent was there and is gone.
        pinned: Offset,
    },
    /// The program could not be started.
    Failed {
        /// 1: no pseudo-terminals left; 2: the pseudo-terminal; 3: the program.
        kind: u8,
        /// A sentence.
        message: String,
    },
    /// What is remembered in a slot.
    Stored(Slot, Vec<u8>),
    /// Input of this source up to this number was taken by the terminal.
    Taken {
        /// Who typed.
        source: Source,
        /// The newest number.
        seq: u64,
        /// Bytes of input taken on this connection, numbered or not.
        bytes: u64,
    },
    /// Input of this source up to this number has come, and will be taken if the program lives.
    Queued {
        /// Who typed.
        source: Source,
        /// The newest number.
        seq: u64,
    },
    /// Something happened at an offset of the output.
    Mark(Mark),
    /// Everything remembered has been told.
    Ready,
    /// Output ends here now.
    Output(Offset),
    /// The program began or stopped not to read its input.
    Stalled(bool),
    /// Output was stopped (Ctrl-S) or goes on.
    Stopped(bool),
    /// The program ended; its last output may still come.
    Ended(ExitStatus),
    /// The output is complete.
    Drained {
        /// Processes of the tree that still run.
        orphans: u32,
    },
    /// An order was carried out, or why not.
    Done {
        /// The order's.
        id: u32,
        /// An errno; 0 when it worked.
        errno: i32,
        /// A sentence for people; empty when it worked.
        message: String,
    },
}

/// Why bytes are no message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    /// Longer than [`MESSAGE_MAX`].
    #[error("a message of {0} bytes is too long")]
    TooLong(usize),
    /// It ends before its fields do, or a field has no such value.
    #[error("a message of kind {0} is damaged")]
    Damaged(u8),
}

/// Cuts a stream into messages. Memory is bounded by [`MESSAGE_MAX`].
#[derive(Debug, Default)]
pub struct Cutter {
    bytes: Vec<u8>,
    /// Bytes at the start that were handed out already.
    used: usize,
}

impl Cutter {
    /// Takes what was read.
    pub fn push(&mut self, bytes: &[u8]) {
        self.bytes.drain(..self.used);
        self.used = 0;
        self.bytes.extend_from_slice(bytes);
    }

    /// Bytes that wait for the rest of their message, or to be read.
    #[must_use]
    pub fn held(&self) -> usize {
        self.bytes.len() - self.used
    }

    /// The kind and body of the next message, once it is complete.
    ///
    /// # Errors
    /// [`WireError::TooLong`]; nothing can be read after it.
    pub fn message(&mut self) -> Result<Option<(u8, &[u8])>, WireError> {
        let rest = self.bytes.get(self.used..).unwrap_or_default();
        let Some((head, body)) = rest.split_first_chunk::<4>() else { return Ok(None) };
        let len = u32::from_le_bytes(*head) as usize;
        if len > MESSAGE_MAX {
            return Err(WireError::TooLong(len));
        }
        let Some(message) = body.get(..len) else { return Ok(None) };
        self.used += 4 + len;
        // An empty message has no kind; it is none that anybody knows.
        Ok(Some(message.split_first().map_or((0, &[][..]), |(kind, body)| (*kind, body))))
    }
}

impl Order {
    /// Appends the message to `out`.
    pub fn encode(&self, out: &mut Vec<u8>) {
        match self {
            Self::Start(launch) => put(out, 1, |b| b.extend(launch)),
            Self::Pin(offset) => put(out, 2, |b| b.extend(offset.to_le_bytes())),
            Self::Input { source, seq, bytes } => put(out, 3, |b| {
                b.extend(source.to_le_bytes());
                b.extend(seq.to_le_bytes());
                b.extend(bytes);
            }),
            Self::Reply { upto, bytes } => put(out, 4, |b| {
                b.extend(upto.to_le_bytes());
                b.extend(bytes);
            }),
            Self::Resize(size) => put(out, 5, |b| put_size(b, *size)),
            Self::Signal { id, signal } => put(out, 6, |b| {
                b.extend(id.to_le_bytes());
                b.push(signal_code(*signal));
            }),
            Self::Kill { id } => put(out, 7, |b| b.extend(id.to_le_bytes())),
            Self::Store(slot, bytes) => put(out, 8, |b| {
                b.push(slot.0);
                b.extend(bytes);
            }),
            Self::Append(slot, bytes) => put(out, 9, |b| {
                b.push(slot.0);
                b.extend(bytes);
            }),
            Self::Quit => put(out, 10, |_| {}),
            Self::Sync { id } => put(out, 11, |b| b.extend(id.to_le_bytes())),
        }
    }

    /// Reads a message; `None` for a kind that this version does not know.
    ///
    /// # Errors
    /// [`WireError::Damaged`].
    pub fn decode(kind: u8, body: &[u8]) -> Result<Option<Self>, WireError> {
        let mut fields = Fields { rest: body };
        let order = match kind {
            1 => Some(Self::Start(fields.rest())),
            2 => fields.u64().map(Self::Pin),
            3 => fields.input(),
            4 => fields.u64().map(|upto| Self::Reply { upto, bytes: fields.rest() }),
            5 => fields.size().map(Self::Resize),
            6 => fields.signal(),
            7 => fields.u32().map(|id| Self::Kill { id }),
            8 => fields.u8().map(|slot| Self::Store(Slot(slot), fields.rest())),
            9 => fields.u8().map(|slot| Self::Append(Slot(slot), fields.rest())),
            10 => Some(Self::Quit),
            11 => fields.u32().map(|id| Self::Sync { id }),
            _ => return Ok(None),
        };
        order.map(Some).ok_or(WireError::Damaged(kind))
    }
}

impl Report {
    /// Appends the message to `out`.
    pub fn encode(&self, out: &mut Vec<u8>) {
        match self {
            Self::Hello { version, holder, pid, end, answered, pinned } => put(out, 129, |b| {
                b.extend(version.to_le_bytes());
                b.extend(holder.to_le_bytes());
                b.extend(pid.to_le_bytes());
                [end, answered, pinned].into_iter().for_each(|n| b.extend(n.to_le_bytes()));
            }),
            Self::Failed { kind, message } => put(out, 130, |b| {
                b.push(*kind);
                b.extend(message.as_bytes());
            }),
            Self::Stored(slot, bytes) => put(out, 131, |b| {
                b.push(slot.0);
                b.extend(bytes);
            }),
            Self::Taken { source, seq, bytes } => put(out, 132, |b| {
                b.extend(source.to_le_bytes());
                b.extend(seq.to_le_bytes());
                b.extend(bytes.to_le_bytes());
            }),
            Self::Mark(mark) => put(out, 133, |b| {
                b.extend(mark.offset.to_le_bytes());
                b.extend(mark.at.to_le_bytes());
                if let Some(size) = mark.size {
                    put_size(b, size);
                }
            }),
            Self::Ready => put(out, 134, |_| {}),
            Self::Output(end) => put(out, 135, |b| b.extend(end.to_le_bytes())),
            Self::Stalled(on) => put(out, 136, |b| b.push(u8::from(*on))),
            Self::Stopped(on) => put(out, 137, |b| b.push(u8::from(*on))),
            Self::Ended(status) => put(out, 138, |b| put_status(b, *status)),
            Self::Drained { orphans } => put(out, 139, |b| b.extend(orphans.to_le_bytes())),
            Self::Done { id, errno, message } => put(out, 140, |b| {
                b.extend(id.to_le_bytes());
                b.extend(errno.to_le_bytes());
                b.extend(message.as_bytes());
            }),
            Self::Queued { source, seq } => put(out, 141, |b| {
                b.extend(source.to_le_bytes());
                b.extend(seq.to_le_bytes());
            }),
        }
    }

    /// Reads a message; `None` for a kind that this version does not know.
    ///
    /// # Errors
    /// [`WireError::Damaged`].
    pub fn decode(kind: u8, body: &[u8]) -> Result<Option<Self>, WireError> {
        let mut fields = Fields { rest: body };
        let report = match kind {
            129 => fields.hello(),
            130 => fields.u8().map(|kind| Self::Failed { kind, message: fields.text() }),
            131 => fields.u8().map(|slot| Self::Stored(Slot(slot), fields.rest())),
            132 => fields.taken(),
            133 => fields.mark().map(Self::Mark),
            134 => Some(Self::Ready),
            135 => fields.u64().map(Self::Output),
            136 => fields.u8().map(|on| Self::Stalled(on != 0)),
            137 => fields.u8().map(|on| Self::Stopped(on != 0)),
            138 => fields.status().map(Self::Ended),
            139 => fields.u32().map(|orphans| Self::Drained { orphans }),
            140 => fields.done(),
            141 => fields.queued(),
            _ => return Ok(None),
        };
        report.map(Some).ok_or(WireError::Damaged(kind))
    }
}

#[cfg(test)]
mod tests;
