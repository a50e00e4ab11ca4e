//! What waits to be written into the terminal: bounded, in order, each numbered input once.

use std::collections::VecDeque;

use super::INPUT_MAX;
use super::wire::Source;

/// Bytes of replies to terminal queries that may wait; later ones are dropped.
const REPLIES_MAX: usize = 4 << 10;
/// Clients whose numbers are remembered.
const SOURCES_MAX: usize = 64;

/// Where a piece came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Origin {
    Typed { source: Source, seq: u64 },
    Reply,
}

#[derive(Debug)]
struct Piece {
    origin: Origin,
    bytes: Vec<u8>,
    written: usize,
}

/// How far a client's numbered input has come.
#[derive(Debug, Clone, Copy)]
struct Numbers {
    source: Source,
    /// Newest number that was queued.
    queued: u64,
    /// Newest number that the terminal took whole.
    taken: u64,
}

/// What the terminal took: whose, up to which number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Taken {
    /// Whose.
    pub source: Source,
    /// The number of the newest one.
    pub seq: u64,
}

/// What became of an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pushed {
    /// It waits for the terminal.
    Queued,
    /// It was queued before; its number, or a later one, is taken or waits already.
    Known(Taken),
    /// There is no room. The Agent counts what it sends, so that is a fault of the Agent.
    Full,
}

/// The queue before the terminal.
#[derive(Debug, Default)]
pub struct Input {
    pieces: VecDeque<Piece>,
    typed: usize,
    replies: usize,
    /// Least lately used first.
    numbers: Vec<Numbers>,
}

impl Input {
    /// Queues what a client typed, unless it was queued before.
    pub fn push(&mut self, source: Source, seq: u64, bytes: Vec<u8>) -> Pushed {
        if self.typed + bytes.len() > INPUT_MAX {
            return Pushed::Full;
        }
        if let Some(known) = self.known(source, seq) {
            return Pushed::Known(known);
        }
        self.typed += bytes.len();
        let origin = Origin::Typed { source, seq };
        self.pieces.push_back(Piece { origin, bytes, written: 0 });
        Pushed::Queued
    }

    /// Queues an answer to a terminal query, or drops it when the program does not read answers.
    pub fn push_reply(&mut self, bytes: Vec<u8>) {
        if self.replies + bytes.len() <= REPLIES_MAX {
            self.replies += bytes.len();
            self.pieces.push_back(Piece { origin: Origin::Reply, bytes, written: 0 });
        }
    }

    /// Whether nothing waits.
    pub fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// The bytes to be written next.
    pub fn front(&self) -> &[u8] {
        let rest = self.pieces.front().and_then(|piece| piece.bytes.get(piece.written..));
        rest.unwrap_or_default()
    }

    /// The terminal took the first `count` bytes of [`Input::front`]. Says how many of them were typed,
    /// and whose input is taken whole by that.
    pub fn took(&mut self, count: usize) -> (usize, Option<Taken>) {
        let Some(piece) = self.pieces.front_mut() else { return (0, None) };
        piece.written += count;
        let is_whole = piece.written >= piece.bytes.len();
        let origin = piece.origin;
        if is_whole {
            self.pieces.pop_front();
        }
        match origin {
            Origin::Reply => {
                self.replies = self.replies.saturating_sub(count);
                (0, None)
            }
            Origin::Typed { source, seq } => {
                self.typed = self.typed.saturating_sub(count);
                (count, is_whole.then(|| self.taken(source, seq)))
            }
        }
    }

    /// Nobody will read what waits. What was not taken whole counts as not applied.
    pub fn clear(&mut self) {
        self.pieces.clear();
        (self.typed, self.replies) = (0, 0);
        self.numbers.iter_mut().for_each(|numbers| numbers.queued = numbers.taken);
    }

    /// How far each client has come: its newest number that was taken, and that was queued.
    pub fn all(&self) -> impl Iterator<Item = (Taken, u64)> {
        let taken = |numbers: &Numbers| Taken { source: numbers.source, seq: numbers.taken };
        self.numbers.iter().map(move |numbers| (taken(numbers), numbers.queued))
    }

    fn taken(&mut self, source: Source, seq: u64) -> Taken {
        if let Some(numbers) = self.numbers.iter_mut().find(|numbers| numbers.source == source) {
            numbers.taken = numbers.taken.max(seq);
        }
        Taken { source, seq }
    }

    /// Notes a number; when it is not above those that were queued already, what is taken.
    fn known(&mut self, source: Source, seq: u64) -> Option<Taken> {
        if source == 0 {
            return None;
        }
        let known = self.numbers.iter().position(|numbers| numbers.source == source);
        let mut numbers = match known {
            Some(at) => self.numbers.remove(at),
            None => Numbers { source, queued: 0, taken: 0 },
        };
        let is_new = seq > numbers.queued;
        numbers.queued = numbers.queued.max(seq);
        if self.numbers.len() == SOURCES_MAX {
            self.numbers.remove(0);
        }
        self.numbers.push(numbers);
        (!is_new).then_some(Taken { source, seq: numbers.taken })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drain(input: &mut Input, step: usize) -> (Vec<u8>, Vec<Taken>) {
        let (mut bytes, mut taken) = (Vec::new(), Vec::new());
        while !input.is_empty() {
            let count = input.front().len().min(step);
            bytes.extend_from_slice(&input.front()[..count]);
            taken.extend(input.took(count).1);
        }
        (bytes, taken)
    }

    #[test]
    fn input_is_taken_in_order_in_parts_and_acknowledged_whole() {
        let mut input = Input::default();
        assert_eq!(input.push(7, 1, b"abc".to_vec()), Pushed::Queued);
        input.push_reply(b"R".to_vec());
        assert_eq!(input.push(7, 2, b"de".to_vec()), Pushed::Queued);
        let (bytes, taken) = drain(&mut input, 2);
        assert_eq!(bytes, b"abcRde");
        assert_eq!(taken, [Taken { source: 7, seq: 1 }, Taken { source: 7, seq: 2 }]);
    }

    #[test]
    fn what_is_sent_again_is_applied_once() {
        let mut input = Input::default();
        let mut push = |source, seq, text: &str| input.push(source, seq, text.into());
        let waits = Pushed::Known(Taken { source: 7, seq: 0 });
        for (seq, expected) in [(1, Pushed::Queued), (2, Pushed::Queued), (1, waits), (2, waits)] {
            assert_eq!(push(7, seq, &seq.to_string()), expected);
        }
        assert_eq!(push(8, 1, "other"), Pushed::Queued);
        assert_eq!((push(0, 0, "x"), push(0, 0, "x")), (Pushed::Queued, Pushed::Queued));
        assert_eq!(drain(&mut input, 9).0, b"12otherxx");
        assert_eq!(input.push(7, 2, b"2".into()), Pushed::Known(Taken { source: 7, seq: 2 }));
        assert!(input.is_empty());
        assert_eq!(input.all().count(), 2);
    }

    #[test]
    fn a_full_queue_refuses_input_and_drops_replies() {
        let mut input = Input::default();
        assert_eq!(input.push(0, 0, vec![0; INPUT_MAX]), Pushed::Queued);
        assert_eq!(input.push(0, 0, vec![0]), Pushed::Full);
        (0..10_000).for_each(|_| input.push_reply(b"\x1b[0n".to_vec()));
        assert!(input.replies <= REPLIES_MAX);
        input.clear();
        assert!(input.is_empty());
        assert_eq!(input.push(0, 0, vec![0; INPUT_MAX]), Pushed::Queued);
    }

    #[test]
    fn clients_beyond_number_do_not_grow_it() {
        let mut input = Input::default();
        for source in 1..1000 {
            input.push(source, 1, Vec::new());
        }
        assert_eq!(input.numbers.len(), SOURCES_MAX);
    }
}
