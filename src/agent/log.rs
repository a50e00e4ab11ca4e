//! The Log of a Session: an append-only, offset-addressed ring of output bytes with a byte budget.
//!
//! Memory is taken in chunks as output comes. Readers copy out what they want at their own pace;
//! a reader that falls off the ring is told the gap. One reader may *pin* the ring: bytes it has not
//! taken yet are never dropped, so that alerts are counted exactly; the writer waits for it instead.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use crate::proto::{Offset, Winsize};

/// Bytes per chunk; also the granularity in which old output is dropped.
const CHUNK: usize = 64 << 10;
/// Resize marks kept; a window drag of thousands of steps must not grow the Log.
const MARKS_MAX: usize = 1024;
/// Smallest budget: the pinning reader needs room to work in.
pub const BUDGET_MIN: usize = 4 * CHUNK;

/// The Log of one Session. Shared between its one writer and all its readers.
#[derive(Debug)]
pub struct Log {
    ring: Mutex<Ring>,
    end: watch::Sender<Offset>,
    pinned: watch::Sender<Offset>,
}

/// What a reader got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// Offset of the first byte that was copied; greater than asked for when bytes were dropped.
    pub from: Offset,
    /// Offset after the last copied byte.
    pub to: Offset,
}

/// The terminal had this size from `offset` on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ResizeMark {
    /// Where in the output.
    pub offset: Offset,
    /// The new size.
    pub size: Winsize,
}

#[derive(Debug)]
struct Ring {
    chunks: VecDeque<Vec<u8>>,
    start: Offset,
    end: Offset,
    budget: usize,
    marks: VecDeque<ResizeMark>,
}

impl Log {
    /// An empty Log that keeps at most `budget` bytes (at least [`BUDGET_MIN`]).
    #[must_use]
    pub fn new(budget: usize, size: Winsize) -> Self {
        let mark = ResizeMark { offset: 0, size };
        let ring = Ring {
            chunks: VecDeque::new(),
            start: 0,
            end: 0,
            budget: budget.max(BUDGET_MIN),
            marks: VecDeque::from([mark]),
        };
        Self { ring: Mutex::new(ring), end: watch::Sender::new(0), pinned: watch::Sender::new(0) }
    }

    /// Bytes that can be appended now without dropping what the pinning reader still needs.
    #[must_use]
    pub fn room(&self) -> usize {
        let ring = self.ring();
        let needed = usize::try_from(ring.end - *self.pinned.borrow()).unwrap_or(usize::MAX);
        // A whole chunk is dropped at a time, so one chunk is kept in reserve.
        (ring.budget - CHUNK).saturating_sub(needed)
    }

    /// Appends output and wakes every reader. The caller appends at most [`Log::room`] bytes.
    pub fn append(&self, bytes: &[u8]) {
        let end = self.ring().append(bytes);
        self.end.send_replace(end);
    }

    /// Notes that the terminal has another size from here on.
    pub fn mark_resize(&self, size: Winsize) {
        let mut ring = self.ring();
        let offset = ring.end;
        if ring.marks.len() == MARKS_MAX {
            ring.marks.pop_front();
        }
        ring.marks.push_back(ResizeMark { offset, size });
    }

    /// First offset still kept, and the end.
    #[must_use]
    pub fn range(&self) -> (Offset, Offset) {
        let ring = self.ring();
        (ring.start, ring.end)
    }

    /// Copies up to `max` bytes from `from` on to the end of `into`, or from the oldest byte if
    /// `from` was dropped already.
    pub fn read(&self, from: Offset, max: usize, into: &mut Vec<u8>) -> Span {
        self.ring().read(from, max, into)
    }

    /// Resize marks in `from..=to`, oldest first.
    #[must_use]
    pub fn marks(&self, from: Offset, to: Offset) -> Vec<ResizeMark> {
        let ring = self.ring();
        ring.marks.iter().filter(|mark| (from..=to).contains(&mark.offset)).copied().collect()
    }

    /// The size the terminal had at `offset`, as far as it is still known.
    #[must_use]
    pub fn size_at(&self, offset: Offset) -> Winsize {
        let ring = self.ring();
        let before = ring.marks.iter().rev().find(|mark| mark.offset <= offset);
        before.or(ring.marks.front()).map_or_else(Winsize::default, |mark| mark.size)
    }

    /// The end, and a wake-up whenever it moves. A `watch` cannot lose a wake-up.
    #[must_use]
    pub fn watch_end(&self) -> watch::Receiver<Offset> {
        self.end.subscribe()
    }

    /// Lets go of everything before `offset` that was pinned.
    pub fn unpin(&self, offset: Offset) {
        self.pinned.send_replace(offset);
    }

    /// Wakes the writer when room may have come.
    #[must_use]
    pub fn watch_pinned(&self) -> watch::Receiver<Offset> {
        self.pinned.subscribe()
    }

    /// Bytes of memory the ring holds.
    #[cfg(test)]
    pub fn memory(&self) -> usize {
        self.ring().chunks.iter().map(Vec::capacity).sum()
    }

    /// A panic while the lock was held cannot leave the ring half changed in a way that matters:
    /// offsets are moved last.
    fn ring(&self) -> MutexGuard<'_, Ring> {
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ring {
    fn append(&mut self, mut bytes: &[u8]) -> Offset {
        while !bytes.is_empty() {
            if self.chunks.back().is_none_or(|chunk| chunk.len() == CHUNK) {
                let chunk = self.recycled();
                self.chunks.push_back(chunk);
            }
            let Some(tail) = self.chunks.back_mut() else { break };
            let (now, later) = bytes.split_at(bytes.len().min(CHUNK - tail.len()));
            grow(tail, now.len());
            tail.extend_from_slice(now);
            self.end += now.len() as Offset;
            bytes = later;
        }
        self.end
    }

    /// A chunk to append to: the oldest one, emptied, once the budget is used up.
    fn recycled(&mut self) -> Vec<u8> {
        if (self.chunks.len() + 1) * CHUNK <= self.budget {
            return Vec::new();
        }
        let Some(mut oldest) = self.chunks.pop_front() else { return Vec::new() };
        self.start += oldest.len() as Offset;
        oldest.clear();
        oldest
    }

    fn read(&self, from: Offset, max: usize, into: &mut Vec<u8>) -> Span {
        let from = from.clamp(self.start, self.end);
        let mut to = from;
        let mut left = max;
        while left > 0 && to < self.end {
            let Some(piece) = self.piece(to) else { break };
            let piece = &piece[..piece.len().min(left)];
            into.extend_from_slice(piece);
            to += piece.len() as Offset;
            left -= piece.len();
        }
        Span { from, to }
    }

    /// The bytes from `offset` to the end of its chunk. Every chunk but the last is full.
    fn piece(&self, offset: Offset) -> Option<&[u8]> {
        let at = usize::try_from(offset - self.start).ok()?;
        self.chunks.get(at / CHUNK)?.get(at % CHUNK..)
    }
}

/// Makes room for `more` bytes by doubling, but never beyond a chunk.
fn grow(chunk: &mut Vec<u8>, more: usize) {
    let needed = chunk.len() + more;
    if needed > chunk.capacity() {
        let capacity = needed.max(2 * chunk.len()).min(CHUNK);
        chunk.reserve_exact(capacity - chunk.len());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn log(budget: usize) -> Log {
        Log::new(budget, Winsize::default())
    }

    fn pattern(from: u64, len: usize) -> Vec<u8> {
        (from..from + len as u64).map(|i| (i % 251) as u8).collect()
    }

    proptest! {
        #[test]
        fn whatever_is_kept_is_what_was_written(
            writes in proptest::collection::vec(1..90_000usize, 1..40),
            budget in 0..900_000usize,
            at in 0.0..1.0f64,
        ) {
            let log = log(budget);
            let mut end = 0;
            for len in writes {
                log.append(&pattern(end, len));
                end += len as u64;
                log.unpin(end);
            }
            let (start, log_end) = log.range();
            prop_assert_eq!(log_end, end);
            prop_assert!(end - start <= budget.max(BUDGET_MIN) as u64);
            prop_assert!(log.memory() <= budget.max(BUDGET_MIN) + CHUNK);
            let from = (end as f64 * at) as u64;
            let mut bytes = Vec::new();
            let span = log.read(from, 70_000, &mut bytes);
            prop_assert_eq!(span.from, from.max(start));
            prop_assert_eq!(bytes, pattern(span.from, (span.to - span.from) as usize));
        }
    }

    #[test]
    fn the_writer_has_no_room_until_the_pinning_reader_moved_on() {
        let log = log(BUDGET_MIN);
        log.append(&pattern(0, log.room()));
        assert_eq!(log.room(), 0);
        let (start, end) = log.range();
        assert_eq!(start, 0);
        log.unpin(end);
        assert_eq!(log.room(), BUDGET_MIN - CHUNK);
    }

    #[test]
    fn a_small_session_costs_little_memory() {
        let log = log(4 << 20);
        log.append(b"$ ");
        assert!(log.memory() < 1024, "{}", log.memory());
    }

    #[test]
    fn a_size_holds_from_its_mark_on() {
        let log = log(BUDGET_MIN);
        log.append(b"0123456789");
        log.mark_resize(Winsize::new(50, 200));
        log.append(b"abc");
        assert_eq!(log.size_at(9), Winsize::new(24, 80));
        assert_eq!(log.size_at(10), Winsize::new(50, 200));
        assert_eq!(log.marks(1, 10).len(), 1);
    }

    #[tokio::test]
    async fn a_reader_that_looks_late_is_woken_all_the_same() {
        let log = log(BUDGET_MIN);
        let mut end = log.watch_end();
        log.append(b"once");
        end.changed().await.unwrap();
        assert_eq!(*end.borrow(), 4);
    }
}
