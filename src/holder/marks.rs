//! What happened where in the output: when bytes came, and when the terminal had another size.

use std::collections::VecDeque;

use crate::proto::{Offset, Winsize};

/// Marks kept. Output of 20 seconds without a pause, or any number of pieces that fit the ring.
const MARKS_MAX: usize = 4096;
/// Bytes that come within so many microseconds share a mark.
const GRAIN: u64 = 5_000;

/// From `offset` on, output came at `at` or later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// Where in the output.
    pub offset: Offset,
    /// When, in microseconds since the Unix epoch.
    pub at: u64,
    /// The size that the terminal has from here on, when it changed here.
    pub size: Option<Winsize>,
}

/// The newest marks, ascending by offset.
#[derive(Debug, Default)]
pub(super) struct Marks(VecDeque<Mark>);

impl Marks {
    /// Output that begins at `offset` came now; the mark to be told, unless an earlier one will do.
    pub(super) fn output(&mut self, offset: Offset, now: u64) -> Option<Mark> {
        let fresh = |last: &Mark| now.abs_diff(last.at) < GRAIN;
        if self.0.back().is_some_and(fresh) {
            return None;
        }
        Some(self.push(Mark { offset, at: now, size: None }))
    }

    /// The terminal has another size from `offset` on.
    pub(super) fn resized(&mut self, offset: Offset, now: u64, size: Winsize) -> Mark {
        self.push(Mark { offset, at: now, size: Some(size) })
    }

    /// Forgets marks of output that is gone, but never the size that is in force.
    pub(super) fn drop_before(&mut self, start: Offset) {
        while self.0.get(1).is_some_and(|next| next.offset <= start) {
            self.pop();
        }
    }

    /// All of them, oldest first.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Mark> {
        self.0.iter()
    }

    fn push(&mut self, mark: Mark) -> Mark {
        if self.0.len() == MARKS_MAX {
            self.pop();
        }
        self.0.push_back(mark);
        mark
    }

    /// Drops the oldest mark; the size that it set goes to the next one.
    fn pop(&mut self) {
        let size = self.0.pop_front().and_then(|mark| mark.size);
        if let Some(next) = self.0.front_mut() {
            next.size = next.size.or(size);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_come_together_share_a_mark() {
        let mut marks = Marks::default();
        assert!(marks.output(0, 1_000_000).is_some());
        assert!(marks.output(10, 1_004_999).is_none());
        assert!(marks.output(20, 1_005_000).is_some());
        // A clock that was set back is told at once.
        assert!(marks.output(30, 500_000).is_some());
    }

    #[test]
    fn the_size_in_force_is_never_forgotten() {
        let mut marks = Marks::default();
        let size = Winsize::new(30, 100);
        marks.resized(0, 1, size);
        for offset in 1..10_000 {
            marks.output(offset, offset * 10_000);
        }
        assert_eq!(marks.iter().count(), MARKS_MAX);
        assert_eq!(marks.iter().next().unwrap().size, Some(size));
        marks.drop_before(9_999);
        let left: Vec<_> = marks.iter().collect();
        assert_eq!((left.len(), left[0].size), (1, Some(size)));
    }
}
