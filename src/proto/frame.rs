//! Binary frames: screen updates, output, input, acknowledgements.
//!
//! Layout, integers little-endian: `kind: u8`, `channel: u32`, then per kind:
//!
//! | kind | direction | rest |
//! |---|---|---|
//! | 1 Update | agent → client | an encoded Update |
//! | 2 Output | agent → client | `offset: u64`, bytes of the Log |
//! | 3 Gap | agent → client | `from: u64`, `to: u64`: bytes that are no longer in the Log |
//! | 4 Input | client → agent | `id: u64`, `seq: u64`, `epoch: u32`, `input: u8`, bytes for the program |
//! | 5 Ack | client → agent | `revision: u64`: this Update was applied |
//! | 6 Credit | client → agent | `bytes: u64`: this much output was consumed |
//! | 7 Applied | agent → client | `seq: u64`: the terminal took this input and all before it |
//! | 8 Timed | agent → client | `offset: u64`, `at: u64`, bytes of the Log that came then |
//! | 9 Resized | agent → client | `offset: u64`, `at: u64`, `rows: u16`, `cols: u16` |
//! | 10 Focus | client → agent | `epoch: u32`: input of earlier epochs is stale |
//!
//! Kinds a peer does not know are skipped.

use bytes::{Bytes, BytesMut};

use super::{Offset, Winsize};

/// What an input is, so that the Agent can apply the right filter and report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum InputKind {
    /// Encoded key presses.
    Keys,
    /// A prepared paste.
    Paste,
    /// An encoded mouse event.
    Mouse,
    /// An encoded focus event.
    Focus,
}

impl InputKind {
    /// Every kind, in wire order.
    pub const ALL: [Self; 4] = [Self::Keys, Self::Paste, Self::Mouse, Self::Focus];

    fn from_wire(byte: u8) -> Option<Self> {
        Self::ALL.get(usize::from(byte)).copied()
    }
}

/// One binary message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Frame {
    /// An encoded [`super::Update`].
    Update {
        /// Attachment.
        channel: u32,
        /// The encoded Update.
        bytes: Bytes,
    },
    /// Bytes of a Log.
    Output {
        /// Tail.
        channel: u32,
        /// Offset of the first byte.
        offset: Offset,
        /// The bytes.
        bytes: Bytes,
    },
    /// Bytes that a tail asked for and the Log no longer has.
    Gap {
        /// Tail.
        channel: u32,
        /// First missing offset.
        from: Offset,
        /// First offset that will come.
        to: Offset,
    },
    /// Bytes for a program.
    Input {
        /// Attachment.
        channel: u32,
        /// Answered with this id when refused.
        id: u64,
        /// Grows with each input of this client for this Session, also over its connections; it is
        /// applied once however often it is sent. 0 for input that is not numbered.
        seq: u64,
        /// The client's focus when it was typed: see [`Frame::Focus`].
        epoch: u32,
        /// What it is.
        kind: InputKind,
        /// The bytes.
        bytes: Bytes,
    },
    /// An Update was applied.
    Ack {
        /// Attachment.
        channel: u32,
        /// Its revision.
        revision: u64,
    },
    /// Output was consumed.
    Credit {
        /// Tail.
        channel: u32,
        /// How many bytes.
        bytes: u64,
    },
    /// The terminal took the client's input.
    Applied {
        /// Attachment.
        channel: u32,
        /// Number of the newest input that was taken whole.
        seq: u64,
    },
    /// Bytes of a Log that came together.
    Timed {
        /// Tail.
        channel: u32,
        /// Offset of the first byte.
        offset: Offset,
        /// When they came, in microseconds since the Unix epoch.
        at: u64,
        /// The bytes.
        bytes: Bytes,
    },
    /// The terminal has another size from here on.
    Resized {
        /// Tail.
        channel: u32,
        /// Where in the Log.
        offset: Offset,
        /// When, in microseconds since the Unix epoch.
        at: u64,
        /// The size.
        size: Winsize,
    },
    /// The client's focus moved: what it typed before is not to be applied any more.
    Focus {
        /// Attachment that has the focus now, or 0.
        channel: u32,
        /// Grows with each move.
        epoch: u32,
    },
}

/// Why a binary message is not a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// It ends before its fields do.
    #[error("binary frame of kind {kind} is too short ({len} bytes)")]
    Short {
        /// Kind byte, 0 for an empty message.
        kind: u8,
        /// Length of the message.
        len: usize,
    },
    /// A kind from another version; skip it.
    #[error("unknown binary frame kind {0}")]
    UnknownKind(u8),
    /// An input kind from another version.
    #[error("unknown input kind {0}")]
    UnknownInput(u8),
}

const UPDATE: u8 = 1;
const OUTPUT: u8 = 2;
const GAP: u8 = 3;
const INPUT: u8 = 4;
const ACK: u8 = 5;
const CREDIT: u8 = 6;
const APPLIED: u8 = 7;
const TIMED: u8 = 8;
const RESIZED: u8 = 9;
const FOCUS: u8 = 10;

impl Frame {
    /// The frame as one binary message.
    #[must_use]
    pub fn encode(&self) -> Bytes {
        let mut out = BytesMut::with_capacity(self.encoded_capacity());
        match self {
            Self::Update { channel, bytes } => {
                header(&mut out, UPDATE, *channel);
                out.extend_from_slice(bytes);
            }
            Self::Output { channel, offset, bytes } => {
                header(&mut out, OUTPUT, *channel);
                out.extend_from_slice(&offset.to_le_bytes());
                out.extend_from_slice(bytes);
            }
            Self::Gap { channel, from, to } => {
                header(&mut out, GAP, *channel);
                out.extend_from_slice(&from.to_le_bytes());
                out.extend_from_slice(&to.to_le_bytes());
            }
            Self::Input { channel, id, seq, epoch, kind, bytes } => {
                header(&mut out, INPUT, *channel);
                out.extend_from_slice(&id.to_le_bytes());
                out.extend_from_slice(&seq.to_le_bytes());
                out.extend_from_slice(&epoch.to_le_bytes());
                out.extend_from_slice(&[*kind as u8]);
                out.extend_from_slice(bytes);
            }
            Self::Ack { channel, revision } => {
                header(&mut out, ACK, *channel);
                out.extend_from_slice(&revision.to_le_bytes());
            }
            Self::Credit { channel, bytes } => {
                header(&mut out, CREDIT, *channel);
                out.extend_from_slice(&bytes.to_le_bytes());
            }
            Self::Applied { channel, seq } => {
                header(&mut out, APPLIED, *channel);
                out.extend_from_slice(&seq.to_le_bytes());
            }
            Self::Timed { channel, offset, at, bytes } => {
                header(&mut out, TIMED, *channel);
                out.extend_from_slice(&offset.to_le_bytes());
                out.extend_from_slice(&at.to_le_bytes());
                out.extend_from_slice(bytes);
            }
            Self::Resized { channel, offset, at, size } => {
                header(&mut out, RESIZED, *channel);
                out.extend_from_slice(&offset.to_le_bytes());
                out.extend_from_slice(&at.to_le_bytes());
                out.extend_from_slice(&size.rows.to_le_bytes());
                out.extend_from_slice(&size.cols.to_le_bytes());
            }
            Self::Focus { channel, epoch } => {
                header(&mut out, FOCUS, *channel);
                out.extend_from_slice(&epoch.to_le_bytes());
            }
        }
        out.freeze()
    }

    /// Reads one binary message.
    ///
    /// # Errors
    /// When it is too short, or of a kind this version does not know.
    pub fn decode(message: &Bytes) -> Result<Self, FrameError> {
        let mut fields = Fields { message, at: 0 };
        let kind = fields.u8()?;
        if !(UPDATE..=FOCUS).contains(&kind) {
            return Err(FrameError::UnknownKind(kind));
        }
        let channel = fields.u32()?;
        Ok(match kind {
            UPDATE => Self::Update { channel, bytes: fields.rest() },
            OUTPUT => Self::Output { channel, offset: fields.u64()?, bytes: fields.rest() },
            GAP => Self::Gap { channel, from: fields.u64()?, to: fields.u64()? },
            INPUT => fields.input(channel)?,
            ACK => Self::Ack { channel, revision: fields.u64()? },
            CREDIT => Self::Credit { channel, bytes: fields.u64()? },
            APPLIED => Self::Applied { channel, seq: fields.u64()? },
            TIMED => {
                let (offset, at) = (fields.u64()?, fields.u64()?);
                Self::Timed { channel, offset, at, bytes: fields.rest() }
            }
            RESIZED => {
                let (offset, at) = (fields.u64()?, fields.u64()?);
                let size = Winsize { rows: fields.u16()?, cols: fields.u16()? };
                Self::Resized { channel, offset, at, size }
            }
            _ => Self::Focus { channel, epoch: fields.u32()? },
        })
    }

    fn encoded_capacity(&self) -> usize {
        32 + match self {
            Self::Update { bytes, .. }
            | Self::Output { bytes, .. }
            | Self::Timed { bytes, .. }
            | Self::Input { bytes, .. } => bytes.len(),
            Self::Gap { .. }
            | Self::Ack { .. }
            | Self::Credit { .. }
            | Self::Applied { .. }
            | Self::Resized { .. }
            | Self::Focus { .. } => 0,
        }
    }
}

fn header(out: &mut BytesMut, kind: u8, channel: u32) {
    out.extend_from_slice(&[kind]);
    out.extend_from_slice(&channel.to_le_bytes());
}

/// Reads fields one after the other, never past the end.
struct Fields<'a> {
    message: &'a Bytes,
    at: usize,
}

impl Fields<'_> {
    fn array<const N: usize>(&mut self) -> Result<[u8; N], FrameError> {
        let short = FrameError::Short {
            kind: self.message.first().copied().unwrap_or(0),
            len: self.message.len(),
        };
        let field = self.message.get(self.at..self.at + N).ok_or(short)?;
        self.at += N;
        field.try_into().map_err(|_| short)
    }

    fn u8(&mut self) -> Result<u8, FrameError> {
        self.array::<1>().map(|[byte]| byte)
    }

    fn input(&mut self, channel: u32) -> Result<Frame, FrameError> {
        let (id, seq, epoch) = (self.u64()?, self.u64()?, self.u32()?);
        let input = self.u8()?;
        let kind = InputKind::from_wire(input).ok_or(FrameError::UnknownInput(input))?;
        Ok(Frame::Input { channel, id, seq, epoch, kind, bytes: self.rest() })
    }

    fn u16(&mut self) -> Result<u16, FrameError> {
        self.array().map(u16::from_le_bytes)
    }

    fn u32(&mut self) -> Result<u32, FrameError> {
        self.array().map(u32::from_le_bytes)
    }

    fn u64(&mut self) -> Result<u64, FrameError> {
        self.array().map(u64::from_le_bytes)
    }

    fn rest(&mut self) -> Bytes {
        let rest = self.message.slice(self.at..);
        self.at = self.message.len();
        rest
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn any_frame() -> impl Strategy<Value = Frame> {
        let bytes = proptest::collection::vec(any::<u8>(), 0..40).prop_map(Bytes::from);
        (0..10u8, any::<u32>(), any::<u64>(), any::<u64>(), bytes, 0..4usize).prop_map(
            |(kind, channel, a, b, bytes, input)| match kind {
                0 => Frame::Update { channel, bytes },
                1 => Frame::Output { channel, offset: a, bytes },
                2 => Frame::Gap { channel, from: a, to: b },
                3 => {
                    let kind = InputKind::ALL[input];
                    Frame::Input { channel, id: a, seq: b, epoch: channel, kind, bytes }
                }
                4 => Frame::Ack { channel, revision: a },
                5 => Frame::Applied { channel, seq: a },
                6 => Frame::Timed { channel, offset: a, at: b, bytes },
                7 => {
                    let size = Winsize::new(a as u16, b as u16);
                    Frame::Resized { channel, offset: a, at: b, size }
                }
                8 => Frame::Focus { channel, epoch: channel },
                _ => Frame::Credit { channel, bytes: b },
            },
        )
    }

    proptest! {
        #[test]
        fn what_is_encoded_is_decoded(frame in any_frame()) {
            prop_assert_eq!(Frame::decode(&frame.encode()), Ok(frame));
        }

        #[test]
        fn foreign_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            let _ = Frame::decode(&Bytes::from(bytes));
        }

        #[test]
        fn a_cut_header_is_an_error(frame in any_frame(), keep in 0..5usize) {
            let whole = frame.encode();
            prop_assert!(Frame::decode(&whole.slice(..keep)).is_err());
        }
    }

    #[test]
    fn the_layout_is_pinned() {
        let kind = InputKind::Paste;
        let frame = Frame::Input { channel: 7, id: 9, seq: 3, epoch: 2, kind, bytes: "hi".into() };
        let golden = [
            4, 7, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 1, b'h',
            b'i',
        ];
        assert_eq!(frame.encode().as_ref(), golden);
    }
}
