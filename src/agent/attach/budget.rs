//! How much may be on its way to one client. What is sent beyond what the link carries only makes what
//! comes after it older: pictures wait here, where they can still be replaced by newer ones, and
//! not in the buffers of the network.
//!
//! The rule: what queues on the way shall be little. Every link takes some time even for a small picture that
//! goes alone; what a picture took longer than that, it waited behind others. When that wait is longer
//! than [`SLOW`], fewer bytes may be on their way; when it is shorter than [`QUICK`] though as many were
//! on their way as may be, more.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{self, watch};
use tokio::time::Instant;

/// Bytes on their way when nothing is known of the link.
const WINDOW_START: usize = 64 << 10;
/// Fewest: a picture at a time.
const WINDOW_MIN: usize = 512;
/// Most: what a fast link carries in some milliseconds.
const WINDOW_MAX: usize = 4 << 20;
/// When it waited longer than this, it was too much.
const SLOW: Duration = Duration::from_millis(350);
/// When it waited less than this, it may be more.
const QUICK: Duration = Duration::from_millis(120);
/// The least time that pictures took is looked for anew this often: links change.
const EPOCH: Duration = Duration::from_secs(10);
/// More than this no link takes by itself; then it is its queue.
const ALONE_MAX: Duration = Duration::from_millis(600);

/// The budget of one client, shared by its attachments.
#[derive(Debug)]
pub struct Budget {
    /// Whose picture is next: first come, first served.
    turn: sync::Mutex<()>,
    state: Mutex<State>,
    /// Counts changes that may make room.
    freed: watch::Sender<u64>,
}

#[derive(Debug)]
struct State {
    window: usize,
    on_their_way: usize,
    sent: VecDeque<Sent>,
    /// The window was shrunk for what was sent before this.
    shrunk_at: Instant,
    alone: Alone,
}

/// The least time that a picture takes, as far as that is known: the smaller one of this epoch's and the
/// one's before.
#[derive(Debug)]
struct Alone {
    since: Instant,
    now: Duration,
    before: Duration,
}

impl Alone {
    fn new() -> Self {
        Self { since: Instant::now(), now: ALONE_MAX, before: ALONE_MAX }
    }

    /// A picture took this long; how long of that it waited behind others.
    fn waited(&mut self, took: Duration) -> Duration {
        if self.since.elapsed() >= EPOCH {
            (self.since, self.before, self.now) = (Instant::now(), self.now, ALONE_MAX);
        }
        self.now = self.now.min(took);
        took.saturating_sub(self.now.min(self.before))
    }
}

#[derive(Debug, Clone, Copy)]
struct Sent {
    channel: u32,
    revision: u64,
    bytes: usize,
    at: Instant,
    /// As much was on its way as may be.
    filled: bool,
}

/// The right to send one picture.
#[derive(Debug)]
pub struct Turn<'a> {
    _turn: Option<sync::MutexGuard<'a, ()>>,
}

impl Default for Budget {
    fn default() -> Self {
        let state = State {
            window: WINDOW_START,
            on_their_way: 0,
            sent: VecDeque::new(),
            shrunk_at: Instant::now(),
            alone: Alone::new(),
        };
        Self {
            turn: sync::Mutex::default(),
            state: Mutex::new(state),
            freed: watch::Sender::new(0),
        }
    }
}

impl Budget {
    /// Waits for this picture's turn and for room. An `urgent` one, the answer to a keystroke, waits for
    /// nothing.
    pub async fn turn(&self, urgent: bool) -> Turn<'_> {
        if urgent {
            return Turn { _turn: None };
        }
        let turn = self.turn.lock().await;
        let mut freed = self.freed.subscribe();
        while !self.has_room() {
            if freed.changed().await.is_err() {
                break;
            }
        }
        Turn { _turn: Some(turn) }
    }

    /// A picture was sent.
    pub fn sent(&self, channel: u32, revision: u64, bytes: usize) {
        let mut state = self.state();
        state.on_their_way += bytes;
        let filled = state.on_their_way >= state.window;
        state.sent.push_back(Sent { channel, revision, bytes, at: Instant::now(), filled });
    }

    /// Pictures up to this one have come.
    pub fn acknowledged(&self, channel: u32, revision: u64) {
        let mut state = self.state();
        let is_over = |sent: &Sent| sent.channel == channel && sent.revision <= revision;
        let newest = state.sent.iter().rev().find(|sent| is_over(sent)).copied();
        state.forget(is_over);
        if let Some(sent) = newest {
            state.learn(sent);
        }
        drop(state);
        self.wake();
    }

    /// No acknowledgement of this channel's pictures is awaited any more.
    pub fn forget(&self, channel: u32) {
        self.state().forget(|sent| sent.channel == channel);
        self.wake();
    }

    /// Whether the line was found to carry little.
    #[must_use]
    pub fn is_thin(&self) -> bool {
        self.state().window < WINDOW_START / 2
    }

    fn has_room(&self) -> bool {
        let state = self.state();
        state.on_their_way == 0 || state.on_their_way < state.window
    }

    fn wake(&self) {
        self.freed.send_modify(|count| *count = count.wrapping_add(1));
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn forget(&mut self, is_over: impl Fn(&Sent) -> bool) {
        let on_their_way = &mut self.on_their_way;
        self.sent.retain(|sent| {
            let is_over = is_over(sent);
            if is_over {
                *on_their_way -= sent.bytes;
            }
            !is_over
        });
    }

    /// Draws conclusions from a picture that has come.
    fn learn(&mut self, sent: Sent) {
        let waited = self.alone.waited(sent.at.elapsed());
        if waited > SLOW && sent.at >= self.shrunk_at {
            // Once for all that was on its way together.
            self.shrunk_at = Instant::now();
            let fits = self.window.min(self.on_their_way + sent.bytes) as f64
                * (SLOW.as_secs_f64() / waited.as_secs_f64()).max(0.25);
            self.window = (fits as usize).max(WINDOW_MIN);
        } else if waited < QUICK && sent.filled {
            self.window = (self.window + self.window / 2).min(WINDOW_MAX);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A link that carries `rate` bytes a second and takes `delay` for each, and pictures of `size` bytes
    /// without end: the age of the last one when it has come, how many were on their way, and how
    /// many bytes a second were carried.
    async fn flooded(rate: usize, delay: Duration, size: usize) -> (Duration, usize, f64) {
        let began = Instant::now();
        let budget = Budget::default();
        let mut free_at = Instant::now();
        let mut arrivals = VecDeque::new();
        let mut last = (Duration::ZERO, 0);
        for revision in 1..400 {
            loop {
                let turn = budget.turn(false);
                tokio::select! {
                    _ = turn => break,
                    () = arrival(&arrivals) => {
                        let (sent_at, revision, _): (Instant, u64, Instant) =
                            arrivals.pop_front().unwrap();
                        budget.acknowledged(1, revision);
                        last = (sent_at.elapsed(), arrivals.len() + 1);
                    }
                }
            }
            let now = Instant::now();
            free_at = free_at.max(now) + Duration::from_secs_f64(size as f64 / rate as f64);
            arrivals.push_back((now, revision, free_at + delay));
            budget.sent(1, revision, size);
        }
        (last.0, last.1, 400.0 * size as f64 / began.elapsed().as_secs_f64())
    }

    async fn arrival(arrivals: &VecDeque<(Instant, u64, Instant)>) {
        match arrivals.front() {
            Some((_, _, at)) => tokio::time::sleep_until(*at).await,
            None => std::future::pending().await,
        }
    }

    #[tokio::test(start_paused = true)]
    async fn on_a_slow_link_little_is_on_its_way_and_no_time_is_lost() {
        for delay in [0, 50, 400].map(Duration::from_millis) {
            let (age, count, carried) = flooded(7_000, delay, 1_500).await;
            assert!(age <= delay + Duration::from_millis(900), "{age:?}");
            assert!(count <= 6, "{count}");
            assert!(carried >= 5_000.0, "{delay:?}: {carried} of 7000 bytes a second");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn on_a_fast_link_much_is() {
        let (age, count, _) = flooded(100 << 20, Duration::ZERO, 8_000).await;
        assert!(age <= QUICK, "{age:?}");
        assert!(count >= 50, "{count}");
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_to_a_keystroke_waits_for_nothing() {
        let budget = Budget::default();
        budget.sent(1, 1, WINDOW_MAX);
        let _ = budget.turn(true).await;
        let waits = tokio::time::timeout(Duration::from_secs(9), budget.turn(false));
        assert!(waits.await.is_err());
        budget.forget(1);
        let _ = budget.turn(false).await;
    }
}
