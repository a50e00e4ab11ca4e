//! What waits to be written into a terminal: bounded, in order, and never blocking anybody.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tokio::sync::watch;

/// Bytes of input that may wait for a program that does not read.
const INPUT_MAX: usize = 1 << 20;
/// Bytes of replies to terminal queries that may wait; later ones are dropped.
const REPLIES_MAX: usize = 4 << 10;

/// The queue is full.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the program is not reading its input ({waiting} bytes wait)")]
pub struct InputFull {
    /// Bytes that wait already.
    pub waiting: usize,
}

#[derive(Debug, Default)]
struct Queue {
    pieces: VecDeque<(Source, Bytes)>,
    input: usize,
    replies: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Source {
    Input,
    Reply,
}

/// The input of one Session.
#[derive(Debug)]
pub struct Input {
    queue: Mutex<Queue>,
    pushed: watch::Sender<u64>,
    stalled: AtomicBool,
}

impl Default for Input {
    fn default() -> Self {
        Self {
            queue: Mutex::default(),
            pushed: watch::Sender::new(0),
            stalled: AtomicBool::new(false),
        }
    }
}

impl Input {
    /// Queues bytes for the program, whole or not at all.
    ///
    /// # Errors
    /// When the program has not read so much that the queue is full.
    pub fn push(&self, bytes: Bytes) -> Result<(), InputFull> {
        let mut queue = self.queue();
        if queue.input + bytes.len() > INPUT_MAX {
            return Err(InputFull { waiting: queue.input });
        }
        queue.input += bytes.len();
        queue.pieces.push_back((Source::Input, bytes));
        drop(queue);
        self.wake();
        Ok(())
    }

    /// Queues an answer to a terminal query, or drops it when the program does not read answers.
    pub fn push_reply(&self, bytes: Bytes) {
        let mut queue = self.queue();
        if queue.replies + bytes.len() > REPLIES_MAX {
            return;
        }
        queue.replies += bytes.len();
        queue.pieces.push_back((Source::Reply, bytes));
        drop(queue);
        self.wake();
    }

    /// Bytes of input that wait while the program is not reading; 0 while it reads.
    pub fn waiting(&self) -> u64 {
        match self.stalled.load(Ordering::Relaxed) {
            true => self.queue().input as u64,
            false => 0,
        }
    }

    /// Remembers whether the program takes what it is given; tells whether that changed.
    pub fn set_stalled(&self, stalled: bool) -> bool {
        self.stalled.swap(stalled, Ordering::Relaxed) != stalled
    }

    /// The piece to be written next.
    pub fn front(&self) -> Option<Bytes> {
        self.queue().pieces.front().map(|(_, bytes)| bytes.clone())
    }

    /// Forgets the first `count` bytes of the front piece, because they were written.
    pub fn written(&self, count: usize) {
        let mut queue = self.queue();
        let Some((source, mut bytes)) = queue.pieces.pop_front() else { return };
        let count = count.min(bytes.len());
        match source {
            Source::Input => queue.input -= count,
            Source::Reply => queue.replies -= count,
        }
        let rest = bytes.split_off(count);
        if !rest.is_empty() {
            queue.pieces.push_front((source, rest));
        }
    }

    /// Wakes whenever something was pushed.
    pub fn watch(&self) -> watch::Receiver<u64> {
        self.pushed.subscribe()
    }

    fn wake(&self) {
        self.pushed.send_modify(|count| *count += 1);
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn input_is_taken_in_order_and_in_parts() {
        let input = Input::default();
        input.push("abc".into()).unwrap();
        input.push_reply("R".into());
        input.push("de".into()).unwrap();
        let mut taken = Vec::new();
        while let Some(piece) = input.front() {
            let count = piece.len().min(2);
            taken.extend_from_slice(&piece[..count]);
            input.written(count);
        }
        assert_eq!(taken, b"abcRde");
    }

    #[test]
    fn a_full_queue_refuses_input_and_drops_replies() {
        let input = Input::default();
        input.push(Bytes::from(vec![0; INPUT_MAX])).unwrap();
        assert_eq!(input.push("x".into()), Err(InputFull { waiting: INPUT_MAX }));
        for _ in 0..10_000 {
            input.push_reply("\x1b[0n".into());
        }
        assert!(input.queue().replies <= REPLIES_MAX);
        assert_eq!(input.waiting(), 0, "nothing is said before the program is known to stall");
        input.set_stalled(true);
        assert_eq!(input.waiting(), INPUT_MAX as u64);
    }
}
