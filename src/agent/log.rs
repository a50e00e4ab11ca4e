//! The Log of a Session as the Agent reads it: an append-only, offset-addressed ring of output bytes
//! that the holder writes, with marks that say when bytes came and which size the terminal had.
//!
//! Readers copy out what they want at their own pace; a reader that falls off the ring is told the gap.
//! What the Agent has not let go of ([`Holder::pin`](super::holder::Holder::pin)) is never dropped
//! while it is there, so that alerts are counted exactly.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use crate::holder::Mark;
use crate::holder::ring::RingReader;
use crate::proto::{Offset, Winsize};

/// Marks kept; a window drag of thousands of steps must not grow the Log.
const MARKS_MAX: usize = 4096;

/// The Log of one Session. Shared between all its readers.
#[derive(Debug)]
pub struct Log {
    /// Nothing is left of the output of a Session that was lost.
    ring: Option<RingReader>,
    end: watch::Sender<Offset>,
    marks: Mutex<VecDeque<Mark>>,
}

/// What a reader got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// Offset of the first byte that was copied; greater than asked for when bytes were dropped.
    pub from: Offset,
    /// Offset after the last copied byte.
    pub to: Offset,
}

/// What a reader got that wants to know when it came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimedSpan {
    /// Offset of the first byte that was copied; greater than asked for when bytes were dropped.
    pub from: Offset,
    /// Offset after the last copied byte.
    pub to: Offset,
    /// When these bytes came, in microseconds since the Unix epoch; 0 when that is not known.
    pub at: u64,
}

/// The terminal had this size from `offset` on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ResizeMark {
    /// Where in the output.
    pub offset: Offset,
    /// When, in microseconds since the Unix epoch.
    pub at: u64,
    /// The new size.
    pub size: Winsize,
}

impl Log {
    /// The Log in a holder's ring, as far as it has come.
    #[must_use]
    pub fn new(ring: RingReader, end: Offset) -> Self {
        Self { ring: Some(ring), end: watch::Sender::new(end), marks: Mutex::default() }
    }

    /// The Log of a Session of whose output nothing is left.
    #[must_use]
    pub fn lost(end: Offset) -> Self {
        Self { ring: None, end: watch::Sender::new(end), marks: Mutex::default() }
    }

    /// Output goes up to `end` now. Wakes every reader.
    pub fn advance(&self, end: Offset) {
        self.end.send_if_modified(|now| std::mem::replace(now, end.max(*now)) < end);
    }

    /// Something happened at a place that readers have not been told of yet.
    pub fn mark(&self, mark: Mark) {
        let start = self.range().0;
        let mut marks = self.marks_mut();
        // As in the holder: the size that is in force is never forgotten.
        while marks.len() >= MARKS_MAX || marks.get(1).is_some_and(|next| next.offset <= start) {
            let size = marks.pop_front().and_then(|mark| mark.size);
            if let Some(next) = marks.front_mut() {
                next.size = next.size.or(size);
            }
        }
        marks.push_back(mark);
    }

    /// First offset still kept, and the end.
    #[must_use]
    pub fn range(&self) -> (Offset, Offset) {
        let end = *self.end.borrow();
        let start = self.ring.as_ref().map_or(end, RingReader::start);
        (start.min(end), end)
    }

    /// Bytes that it keeps.
    #[must_use]
    pub fn capacity(&self) -> u64 {
        self.ring.as_ref().map_or(0, RingReader::capacity)
    }

    /// Copies up to `max` bytes from `from` on to the end of `into`, or from the oldest byte if
    /// `from` was dropped already.
    pub fn read(&self, from: Offset, max: usize, into: &mut Vec<u8>) -> Span {
        let (start, end) = self.range();
        let from = from.clamp(start, end);
        let to = end.min(from.saturating_add(max as u64));
        let from = self.ring.as_ref().map_or(to, |ring| ring.read(from, to, into));
        Span { from, to }
    }

    /// As [`Log::read`], but only bytes that came together, and at one size of the terminal.
    pub fn read_timed(&self, from: Offset, max: usize, into: &mut Vec<u8>) -> TimedSpan {
        let (start, _) = self.range();
        let from = from.max(start);
        let (at, max) = {
            let marks = self.marks_mut();
            let next = marks.partition_point(|mark| mark.offset <= from);
            let at = next.checked_sub(1).and_then(|last| marks.get(last)).map_or(0, |mark| mark.at);
            let left = marks.get(next).map_or(u64::MAX, |mark| mark.offset - from);
            (at, max.min(usize::try_from(left).unwrap_or(usize::MAX)))
        };
        let Span { from, to } = self.read(from, max, into);
        TimedSpan { from, to, at }
    }

    /// Resize marks in `from..=to`, oldest first.
    #[must_use]
    pub fn marks(&self, from: Offset, to: Offset) -> Vec<ResizeMark> {
        let marks = self.marks_mut();
        let within = marks.iter().filter(|mark| (from..=to).contains(&mark.offset));
        within
            .filter_map(|mark| {
                Some(ResizeMark { offset: mark.offset, at: mark.at, size: mark.size? })
            })
            .collect()
    }

    /// The size the terminal had at `offset`, as far as it is still known.
    #[must_use]
    pub fn size_at(&self, offset: Offset) -> Winsize {
        let marks = self.marks_mut();
        let sized = |mark: &Mark| mark.size;
        let before = marks.iter().rev().filter(|mark| mark.offset <= offset).find_map(sized);
        before.or_else(|| marks.iter().find_map(sized)).unwrap_or_default()
    }

    /// When the bytes before `offset` came, in microseconds since the Unix epoch, as far as that is
    /// still known.
    #[must_use]
    pub fn time_at(&self, offset: Offset) -> Option<u64> {
        let marks = self.marks_mut();
        marks.iter().rev().find(|mark| mark.offset < offset).map(|mark| mark.at)
    }

    /// The end, and a wake-up whenever it moves. A `watch` cannot lose a wake-up.
    #[must_use]
    pub fn watch_end(&self) -> watch::Receiver<Offset> {
        self.end.subscribe()
    }

    /// A panic while the lock was held cannot leave the marks half changed in a way that matters.
    fn marks_mut(&self) -> MutexGuard<'_, VecDeque<Mark>> {
        self.marks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
pub mod tests {
    use std::os::fd::AsFd;

    use super::*;
    use crate::holder::ring::RingWriter;

    /// A Log that holds this output, and may hold `capacity` bytes.
    pub fn log_of(capacity: usize, output: &[u8]) -> (RingWriter, Log) {
        let mut ring = RingWriter::create(capacity).unwrap();
        let reader = RingReader::new(ring.as_fd().try_clone_to_owned().unwrap()).unwrap();
        let log = Log::new(reader, 0);
        ring.append(output).unwrap();
        log.advance(ring.end());
        (ring, log)
    }

    #[test]
    fn what_is_dropped_is_told_and_what_is_not_announced_is_not_read() {
        let (mut ring, log) = log_of(10, b"0123456789abcd");
        let mut bytes = Vec::new();
        assert_eq!(log.read(0, 6, &mut bytes), Span { from: 4, to: 10 });
        assert_eq!(bytes, b"456789");
        ring.append(b"e").unwrap();
        bytes.clear();
        assert_eq!(log.read(12, 9, &mut bytes), Span { from: 12, to: 14 });
        assert_eq!(log.range(), (5, 14));
        log.advance(15);
        log.advance(3);
        assert_eq!(log.range(), (5, 15));
    }

    #[test]
    fn bytes_are_read_with_the_time_they_came() {
        let (_ring, log) = log_of(100, b"0123456789abcd");
        let size = Some(Winsize::new(5, 20));
        for (offset, at, size) in [(0, 10, None), (4, 20, None), (10, 30, size)] {
            log.mark(Mark { offset, at, size });
        }
        let spans: Vec<_> = std::iter::successors(Some((0, 0)), |(to, _)| {
            let span = log.read_timed(*to, 5, &mut Vec::new());
            (span.to > *to).then_some((span.to, span.at))
        })
        .skip(1)
        .collect();
        assert_eq!(spans, [(4, 10), (9, 20), (10, 20), (14, 30)]);
        assert_eq!((log.time_at(4), log.time_at(5), log.time_at(0)), (Some(10), Some(20), None));
    }

    #[test]
    fn a_size_holds_from_its_mark_on() {
        let (_ring, log) = log_of(100, b"0123456789abc");
        for (offset, size) in [(0, Winsize::new(24, 80)), (10, Winsize::new(50, 200))] {
            log.mark(Mark { offset, at: 1, size: Some(size) });
        }
        assert_eq!(log.size_at(9), Winsize::new(24, 80));
        assert_eq!(log.size_at(10), Winsize::new(50, 200));
        assert_eq!(log.marks(1, 10).len(), 1);
    }

    #[test]
    fn marks_are_bounded_and_the_size_in_force_stays() {
        let (_ring, log) = log_of(100, b"x");
        log.mark(Mark { offset: 0, at: 0, size: Some(Winsize::new(9, 9)) });
        (1..10_000).for_each(|n| log.mark(Mark { offset: n, at: n, size: None }));
        assert_eq!(log.marks_mut().len(), MARKS_MAX);
        assert_eq!(log.size_at(20_000), Winsize::new(9, 9));
    }

    #[tokio::test]
    async fn a_reader_that_looks_late_is_woken_all_the_same() {
        let (mut ring, log) = log_of(100, b"");
        let mut end = log.watch_end();
        ring.append(b"once").unwrap();
        log.advance(4);
        end.changed().await.unwrap();
        assert_eq!(*end.borrow(), 4);
    }
}
