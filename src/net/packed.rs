//! Messages packed for thin links: raw deflate (RFC 1951) over all packed messages of a direction in
//! one stream, each flushed to a byte boundary, without the flush's last four bytes (as RFC 7692 does).
//!
//! Screens and counters repeat themselves, so they shrink to a fraction. A packed message is a binary
//! message: [`KIND`], 0 for text or 1 for a frame, the packed bytes.

use bytes::Bytes;
use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};

/// First byte of a packed message, where others have their frame's kind.
pub const KIND: u8 = 11;
/// Shorter messages are sent as they are.
const WORTH: usize = 64;
/// What a flush ends with, always the same.
const TAIL: [u8; 4] = [0, 0, 0xff, 0xff];
/// Bytes that the output grows by at a time.
const STEP: usize = 4096;

/// Why a packed message cannot be unpacked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PackError {
    /// It is no deflate stream, or not the next part of this one.
    #[error("a packed message is damaged")]
    Damaged,
    /// It would unpack to more than any message may be.
    #[error("a packed message is larger than {0} bytes")]
    TooLong(usize),
}

/// What a packed message holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// A text message.
    Text(String),
    /// A binary message.
    Binary(Bytes),
}

/// The packing end of a direction.
pub struct Packer(Compress);

impl Default for Packer {
    fn default() -> Self {
        Self(Compress::new(Compression::new(4), false))
    }
}

impl Packer {
    /// Packs a message; `None` when it is not worth it.
    pub fn pack(&mut self, content: &Content) -> Option<Bytes> {
        let (kind, bytes) = match content {
            Content::Text(text) => (0, text.as_bytes()),
            Content::Binary(bytes) => (1, bytes.as_ref()),
        };
        if bytes.len() < WORTH {
            return None;
        }
        let mut out = Vec::with_capacity(bytes.len() / 2 + STEP);
        out.extend_from_slice(&[KIND, kind]);
        let begin = self.0.total_in();
        loop {
            let done = usize::try_from(self.0.total_in() - begin).unwrap_or(usize::MAX);
            let rest = bytes.get(done..).unwrap_or_default();
            // Into memory that is there; it fails only when used after the end of a stream.
            self.0.compress_vec(rest, &mut out, FlushCompress::Sync).ok()?;
            if out.len() < out.capacity() {
                break;
            }
            out.reserve(STEP);
        }
        if out.ends_with(&TAIL) {
            out.truncate(out.len() - TAIL.len());
        }
        Some(out.into())
    }
}

/// The unpacking end of a direction.
pub struct Unpacker(Decompress);

impl Default for Unpacker {
    fn default() -> Self {
        Self(Decompress::new(false))
    }
}

impl Unpacker {
    /// Unpacks a message, given without its first byte, to at most `max` bytes.
    ///
    /// # Errors
    /// After one nothing can be unpacked any more.
    pub fn unpack(&mut self, message: &[u8], max: usize) -> Result<Content, PackError> {
        let (kind, packed) = message.split_first().ok_or(PackError::Damaged)?;
        let mut out = Vec::with_capacity(packed.len() * 4 + STEP);
        for part in [packed, &TAIL] {
            self.feed(part, &mut out, max)?;
        }
        match kind {
            0 => String::from_utf8(out).map(Content::Text).map_err(|_| PackError::Damaged),
            1 => Ok(Content::Binary(out.into())),
            _ => Err(PackError::Damaged),
        }
    }

    fn feed(&mut self, part: &[u8], out: &mut Vec<u8>, max: usize) -> Result<(), PackError> {
        let begin = self.0.total_in();
        loop {
            let done = usize::try_from(self.0.total_in() - begin).unwrap_or(usize::MAX);
            let rest = part.get(done..).unwrap_or_default();
            let before = (self.0.total_in(), out.len());
            let status = self.0.decompress_vec(rest, out, FlushDecompress::Sync);
            if matches!(status, Err(_) | Ok(Status::StreamEnd)) {
                return Err(PackError::Damaged);
            }
            if out.len() > max {
                return Err(PackError::TooLong(max));
            }
            if out.len() == out.capacity() {
                out.reserve(STEP);
            } else if (self.0.total_in(), out.len()) == before || rest.is_empty() {
                let taken = self.0.total_in() - begin;
                let whole = taken == part.len() as u64;
                return if whole { Ok(()) } else { Err(PackError::Damaged) };
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const MAX: usize = 4 << 20;

    #[test]
    fn messages_come_back_and_repetition_costs_little() {
        let (mut packer, mut unpacker) = (Packer::default(), Unpacker::default());
        let mut packed_bytes = 0;
        for n in 0..200 {
            let text = format!(
                r#"{{"type":"event","event":"activity","items":[{{"n":{n}}}]}} {}"#,
                "x".repeat(n + 20)
            );
            let content = Content::Text(text);
            let packed = packer.pack(&content).expect("worth it");
            packed_bytes += packed.len();
            assert_eq!(packed[0], KIND);
            assert_eq!(unpacker.unpack(&packed[1..], MAX), Ok(content));
        }
        assert!(packed_bytes < 200 * 25, "{packed_bytes}");
        assert_eq!(packer.pack(&Content::Text("short".into())), None);
    }

    #[test]
    fn a_bomb_is_refused_at_the_cap() {
        let bomb = Content::Binary(vec![0; 64 << 20].into());
        let packed = Packer::default().pack(&bomb).unwrap();
        assert!(packed.len() < 128 << 10);
        assert_eq!(Unpacker::default().unpack(&packed[1..], MAX), Err(PackError::TooLong(MAX)));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn any_content_comes_back(
            contents in proptest::collection::vec(
                proptest::collection::vec(any::<u8>(), 0..9000), 1..12),
        ) {
            let (mut packer, mut unpacker) = (Packer::default(), Unpacker::default());
            for bytes in contents {
                let content = Content::Binary(bytes.into());
                if let Some(packed) = packer.pack(&content) {
                    prop_assert_eq!(unpacker.unpack(&packed[1..], MAX), Ok(content));
                }
            }
        }

        #[test]
        fn foreign_bytes_are_refused_without_harm(
            bytes in proptest::collection::vec(any::<u8>(), 0..300),
        ) {
            let _ = Unpacker::default().unpack(&bytes, 64 << 10);
        }
    }
}
