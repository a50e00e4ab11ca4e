//! The ring of a Session's output: memory shared by descriptor (`memfd_create(2)`), written by the
//! holder and read by the Agent with `pread(2)`, each byte of output at its offset modulo the capacity.
//!
//! The first page is a header: the offset up to which the writer has written *or is writing*, twice.
//! It is written before the bytes, so a reader that looks at it after its copy knows which of them
//! may have been overwritten meanwhile. Twice, because nothing promises that eight bytes are copied
//! at once: a reader that sees two different values looks again.

use std::fs::File;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::fs::FileExt;

use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, memfd_create};

use crate::proto::Offset;

/// Bytes before the first byte of output; a page, so that output stays aligned.
const HEADER: u64 = 4096;
/// Looks at a header that is just being written.
const LOOKS: usize = 1000;

/// The writing end. Memory is taken page by page as output comes.
#[derive(Debug)]
pub struct RingWriter {
    file: File,
    capacity: u64,
    end: Offset,
}

impl RingWriter {
    /// An empty ring of `capacity` bytes.
    ///
    /// # Errors
    /// When the kernel gives no memory file.
    pub fn create(capacity: usize) -> io::Result<Self> {
        let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
        let file = File::from(memfd_create("watchdeck-ring", flags)?);
        let capacity = capacity as u64;
        file.set_len(HEADER + capacity)?;
        // Nobody who gets the descriptor can change its size.
        fcntl_add_seals(&file, SealFlags::SHRINK | SealFlags::GROW | SealFlags::SEAL)?;
        Ok(Self { file, capacity, end: 0 })
    }

    /// Offset after the last byte.
    #[must_use]
    pub fn end(&self) -> Offset {
        self.end
    }

    /// First offset that is still there.
    #[must_use]
    pub fn start(&self) -> Offset {
        self.end.saturating_sub(self.capacity)
    }

    /// Bytes it keeps.
    #[must_use]
    pub fn capacity(&self) -> u64 {
        self.capacity
    }

    /// Appends output over the oldest; at most a capacity at a time.
    ///
    /// # Errors
    /// When the machine has no memory left.
    pub fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        let after = self.end + bytes.len() as u64;
        let mut header = [0; 16];
        header[..8].copy_from_slice(&after.to_le_bytes());
        header[8..].copy_from_slice(&after.to_le_bytes());
        self.file.write_all_at(&header, 0)?;
        for (at, piece) in pieces(self.capacity, self.end, bytes.len()) {
            self.file.write_all_at(&bytes[piece], at)?;
        }
        self.end = after;
        Ok(())
    }
}

impl AsFd for RingWriter {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.file.as_fd()
    }
}

/// The reading end; any number of them, in any process.
#[derive(Debug)]
pub struct RingReader {
    file: File,
    capacity: u64,
}

impl RingReader {
    /// Reads the ring behind a descriptor that the holder gave.
    ///
    /// # Errors
    /// When it is not a ring.
    pub fn new(ring: OwnedFd) -> io::Result<Self> {
        let file = File::from(ring);
        let capacity = file.metadata()?.len().saturating_sub(HEADER);
        if capacity == 0 {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "it is no ring"));
        }
        Ok(Self { file, capacity })
    }

    /// Bytes it keeps.
    #[must_use]
    pub fn capacity(&self) -> u64 {
        self.capacity
    }

    /// First offset that is still there now. It only grows.
    #[must_use]
    pub fn start(&self) -> Offset {
        self.reserved().unwrap_or(Offset::MAX).saturating_sub(self.capacity)
    }

    /// Copies `from..to` to the end of `into`, without the bytes that were overwritten meanwhile; the
    /// offset of the first copied byte. `to` must have been announced by the writer.
    #[must_use]
    pub fn read(&self, from: Offset, to: Offset, into: &mut Vec<u8>) -> Offset {
        let from = from.max(to.saturating_sub(self.capacity));
        let len = usize::try_from(to.saturating_sub(from)).unwrap_or(0);
        let begin = into.len();
        into.resize(begin + len, 0);
        let target = into.get_mut(begin..).unwrap_or_default();
        let copied = pieces(self.capacity, from, len)
            .into_iter()
            .try_for_each(|(at, piece)| self.file.read_exact_at(&mut target[piece], at));
        let start = if copied.is_ok() { self.start() } else { to };
        if start > from {
            let lost = usize::try_from(start.min(to) - from).unwrap_or(len);
            into.drain(begin..begin + lost);
        }
        start.clamp(from, to.max(from))
    }

    /// Bytes of memory the ring takes.
    #[must_use]
    pub fn memory(&self) -> u64 {
        use std::os::unix::fs::MetadataExt;
        self.file.metadata().map_or(0, |meta| meta.blocks() * 512)
    }

    fn reserved(&self) -> Option<Offset> {
        let mut header = [0; 16];
        for _ in 0..LOOKS {
            self.file.read_exact_at(&mut header, 0).ok()?;
            let (first, second) = header.split_at(8);
            if first == second {
                return first.try_into().ok().map(u64::from_le_bytes);
            }
            std::hint::spin_loop();
        }
        None
    }
}

/// Where the bytes of `offset..offset + len` lie: places in the file, and the parts of the bytes
/// that belong there.
fn pieces(capacity: u64, offset: Offset, len: usize) -> Vec<(u64, std::ops::Range<usize>)> {
    let at = offset % capacity;
    let first = len.min(usize::try_from(capacity - at).unwrap_or(len));
    let mut pieces = vec![(HEADER + at, 0..first)];
    if first < len {
        pieces.push((HEADER, first..len));
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pair(capacity: usize) -> (RingWriter, RingReader) {
        let writer = RingWriter::create(capacity).unwrap();
        let reader = RingReader::new(writer.as_fd().try_clone_to_owned().unwrap()).unwrap();
        (writer, reader)
    }

    fn pattern(from: u64, len: usize) -> Vec<u8> {
        (from..from + len as u64).map(|i| (i % 251) as u8).collect()
    }

    proptest! {
        #[test]
        fn whatever_is_kept_is_what_was_written(
            writes in proptest::collection::vec(1..900usize, 1..40),
            at in 0.0..1.0f64,
        ) {
            let (mut writer, reader) = pair(1000);
            for len in writes {
                writer.append(&pattern(writer.end(), len)).unwrap();
            }
            let end = writer.end();
            prop_assert_eq!(reader.start(), end.saturating_sub(1000));
            prop_assert_eq!(writer.start(), reader.start());
            let from = (end as f64 * at) as u64;
            let mut bytes = b"kept".to_vec();
            let first = reader.read(from, end, &mut bytes);
            prop_assert_eq!(first, from.max(reader.start()));
            prop_assert_eq!(&bytes[..4], b"kept");
            prop_assert_eq!(&bytes[4..], pattern(first, (end - first) as usize));
        }
    }

    #[test]
    fn a_reader_never_takes_overwritten_bytes_for_old_ones() {
        use std::sync::atomic::{AtomicU64, Ordering};
        let (mut writer, reader) = pair(64 << 10);
        let end = std::sync::Arc::new(AtomicU64::new(0));
        let told = end.clone();
        let writing = std::thread::spawn(move || {
            for _ in 0..4000 {
                writer.append(&pattern(writer.end(), 3001)).unwrap();
                told.store(writer.end(), Ordering::Release);
            }
        });
        let mut checked = 0;
        while !writing.is_finished() {
            let to = end.load(Ordering::Acquire);
            let mut bytes = Vec::new();
            let first = reader.read(to.saturating_sub(60 << 10), to, &mut bytes);
            assert!(bytes == pattern(first, bytes.len()), "bytes of another offset at {first}");
            checked += bytes.len();
        }
        writing.join().unwrap();
        assert!(checked > 0);
    }

    #[test]
    fn a_small_session_costs_little_memory() {
        let (mut writer, reader) = pair(4 << 20);
        writer.append(b"$ ").unwrap();
        assert!(reader.memory() <= 16 << 10, "{}", reader.memory());
    }

    #[test]
    fn its_size_cannot_be_changed_by_whoever_has_the_descriptor() {
        let (writer, _) = pair(4096);
        let file = File::from(writer.as_fd().try_clone_to_owned().unwrap());
        assert!(file.set_len(0).is_err());
        assert!(RingReader::new(tempfile::tempfile().unwrap().into()).is_err());
    }
}
