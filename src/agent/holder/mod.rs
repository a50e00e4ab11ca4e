//! The seam under a Session: the process that holds its terminal, its output and its exit status.
//!
//! [`start()`] begins one, [`adopt()`] finds one that an earlier Agent began. Both give a [`Holder`],
//! a handle that never blocks: what it is told goes through one bounded queue to [`link`], the task
//! that owns the connection.

mod adopt;
mod link;
mod open;
mod start;

use std::collections::{HashMap, VecDeque};
use std::io;
use std::os::fd::OwnedFd;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot, watch};

use crate::holder::INPUT_MAX;
use crate::holder::wire::{Order, Slot, Source};
use crate::proto::{ExitStatus, Offset, Signal, Winsize};

use super::log::Log;

pub use adopt::{Found, adopt, remove_leftover, sockets};
pub use open::Remembered;
pub use start::{StartError, start};

/// Orders that may wait for a holder.
const ORDERS_CAPACITY: usize = 1024;
/// Most of them that may be input, so that there is room for the rest.
const INPUTS_SHARE: usize = 768;
/// Refused numbers of one client that it is told of: a window of keystrokes, many times over.
const REFUSED_TOLD: usize = 64;
/// Refused numbers of all clients that are remembered, so that no number of clients costs more.
const REFUSED_MAX: usize = 1024;
/// How long an order that is answered may take; ending a tree takes the longest.
const ANSWER_DEADLINE: Duration = Duration::from_secs(10);

/// The life of a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Life {
    /// It runs.
    Running,
    /// It ended; its last output may still come.
    Ended(ExitStatus),
    /// It ended and the Log is complete.
    Drained {
        /// How it ended.
        status: ExitStatus,
        /// Processes that it left behind.
        orphans: u32,
    },
    /// The holder is gone: nothing more is known, and nothing will come.
    Lost,
}

impl Life {
    /// Whether nothing will come any more.
    #[must_use]
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Drained { .. } | Self::Lost)
    }
}

/// How input and output flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Flow {
    /// The program does not read its input.
    pub stalled: bool,
    /// Output was stopped by Ctrl-S.
    pub stopped: bool,
}

/// The queue of input is full.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the program is not reading its input ({waiting} bytes wait)")]
pub struct InputFull {
    /// Bytes that wait already.
    pub waiting: u64,
}

/// How long a holder may take to have obeyed everything; one of an older version never says so.
const SYNC_DEADLINE: Duration = Duration::from_secs(1);

/// Handle of one running program and its output.
#[derive(Debug)]
pub struct Holder {
    /// Process of the program.
    pid: u32,
    log: Arc<Log>,
    orders: mpsc::Sender<Order>,
    sizes: watch::Sender<Option<Winsize>>,
    shared: Arc<Shared>,
    /// Asked for its modes only; the holder reads and writes it.
    master: Option<OwnedFd>,
    next_id: AtomicU32,
}

/// What the task that owns the connection tells.
#[derive(Debug)]
struct Shared {
    life: watch::Sender<Life>,
    flow: watch::Sender<Flow>,
    /// Counts changes of `taken`.
    moved: watch::Sender<u64>,
    counts: Mutex<Counts>,
    answers: Mutex<HashMap<u32, oneshot::Sender<io::Result<()>>>>,
    /// Another Agent takes the holder over: the end of the connection is no loss.
    left: AtomicBool,
}

#[derive(Debug, Default)]
struct Counts {
    /// Newest numbered input of each client that the terminal took.
    taken: HashMap<Source, u64>,
    /// Newest numbered input of each client that will be taken if the program lives.
    accepted: HashMap<Source, u64>,
    /// Who was refused which number, the newest at the end.
    refused: VecDeque<(Source, u64)>,
    /// Bytes of input handed over, and taken, since this connection began.
    given: u64,
    drained: u64,
}

/// Room for one input; given back when it is dropped unused.
#[derive(Debug)]
pub struct InputPermit {
    /// Taken when the input is handed over.
    permit: Option<mpsc::OwnedPermit<Order>>,
    shared: Arc<Shared>,
    bytes: u64,
}

impl Shared {
    fn new(life: Life) -> Self {
        Self {
            life: watch::Sender::new(life),
            flow: watch::Sender::new(Flow::default()),
            moved: watch::Sender::new(0),
            counts: Mutex::default(),
            answers: Mutex::default(),
            left: AtomicBool::new(false),
        }
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn answers(&self) -> MutexGuard<'_, HashMap<u32, oneshot::Sender<io::Result<()>>>> {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Holder {
    /// The handle of a Session whose holder is gone; `end` is how far its output had come.
    #[must_use]
    pub fn lost(pid: u32, end: Offset) -> Self {
        Self {
            pid,
            log: Arc::new(Log::lost(end)),
            orders: mpsc::channel(1).0,
            sizes: watch::Sender::new(None),
            shared: Arc::new(Shared::new(Life::Lost)),
            master: None,
            next_id: AtomicU32::new(1),
        }
    }

    /// Process id of the program.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// The output.
    #[must_use]
    pub fn log(&self) -> &Arc<Log> {
        &self.log
    }

    /// The program's life.
    #[must_use]
    pub fn life(&self) -> watch::Receiver<Life> {
        self.shared.life.subscribe()
    }

    /// How input and output flow.
    #[must_use]
    pub fn flow(&self) -> watch::Receiver<Flow> {
        self.shared.flow.subscribe()
    }

    /// Makes room for an input of so many bytes. From then on a numbered one counts as accepted: the
    /// permit must be used.
    ///
    /// # Errors
    /// When the program does not read and the queue is full.
    pub fn reserve(
        &self,
        source: Source,
        seq: u64,
        bytes: usize,
    ) -> Result<InputPermit, InputFull> {
        let mut counts = self.shared.counts();
        let waiting = counts.given.saturating_sub(counts.drained);
        let full = InputFull { waiting };
        if waiting + bytes as u64 > INPUT_MAX as u64
            || self.orders.capacity() < ORDERS_CAPACITY - INPUTS_SHARE
        {
            return Err(full);
        }
        let permit = self.orders.clone().try_reserve_owned().map_err(|_| full)?;
        counts.given += bytes as u64;
        if source != 0 {
            let newest = counts.accepted.entry(source).or_default();
            *newest = seq.max(*newest);
            // It was sent again after a cut that had taken the refusal.
            counts.refused.retain(|refused| *refused != (source, seq));
        }
        Ok(InputPermit { permit: Some(permit), shared: self.shared.clone(), bytes: bytes as u64 })
    }

    /// Bytes of input that wait while the program is not reading; 0 while it reads.
    #[must_use]
    pub fn input_waiting(&self) -> u64 {
        if !self.shared.flow.borrow().stalled {
            return 0;
        }
        let counts = self.shared.counts();
        counts.given.saturating_sub(counts.drained)
    }

    /// The newest numbered input of a client that the terminal took; 0 before the first.
    #[must_use]
    pub fn taken(&self, source: Source) -> u64 {
        self.shared.counts().taken.get(&source).copied().unwrap_or(0)
    }

    /// The newest numbered input of a client that is on its way to the terminal, or there.
    #[must_use]
    pub fn accepted(&self, source: Source) -> u64 {
        let counts = self.shared.counts();
        let of = |numbers: &HashMap<Source, u64>| numbers.get(&source).copied().unwrap_or(0);
        of(&counts.accepted).max(of(&counts.taken))
    }

    /// A numbered input of a client was refused. Told again when the client comes back after a cut.
    pub fn refuse(&self, source: Source, seq: u64) {
        if source == 0 || seq == 0 {
            return;
        }
        let mut counts = self.shared.counts();
        if counts.refused.len() == REFUSED_MAX {
            counts.refused.pop_front();
        }
        counts.refused.push_back((source, seq));
    }

    /// The numbers of a client that were refused lately, oldest first.
    #[must_use]
    pub fn refused(&self, source: Source) -> Vec<u64> {
        let counts = self.shared.counts();
        let of_client = counts.refused.iter().rev().filter(|(whose, _)| *whose == source);
        let mut newest: Vec<u64> = of_client.map(|(_, seq)| *seq).take(REFUSED_TOLD).collect();
        newest.reverse();
        newest
    }

    /// Wakes when a terminal took input.
    #[must_use]
    pub fn watch_taken(&self) -> watch::Receiver<u64> {
        self.shared.moved.subscribe()
    }

    /// Answers a terminal query; `upto` is the offset before which every query is answered now.
    /// Dropped when the holder has too much to do.
    pub fn reply(&self, upto: Offset, bytes: Vec<u8>) {
        let _ = self.orders.try_send(Order::Reply { upto, bytes });
    }

    /// Whether what is typed comes back as output. It does not where the terminal gathers lines
    /// without echoing them, as for passwords; in raw mode the program may echo by itself.
    #[must_use]
    pub fn echoes(&self) -> bool {
        use rustix::termios::LocalModes;
        self.local_modes().is_none_or(|modes| {
            modes.contains(LocalModes::ECHO) || !modes.contains(LocalModes::ICANON)
        })
    }

    /// Whether the terminal gathers whole lines for the program (ICANON). The kernel keeps 4095 bytes
    /// of such a line and silently drops the rest.
    #[must_use]
    pub fn gathers_lines(&self) -> bool {
        use rustix::termios::LocalModes;
        self.local_modes().is_some_and(|modes| modes.contains(LocalModes::ICANON))
    }

    fn local_modes(&self) -> Option<rustix::termios::LocalModes> {
        let attributes = rustix::termios::tcgetattr(self.master.as_ref()?).ok()?;
        Some(attributes.local_modes)
    }

    /// Gives the terminal another size, soon.
    pub fn resize(&self, size: Winsize) {
        self.sizes.send_if_modified(|now| now.replace(size) != Some(size));
    }

    /// Signals the terminal's foreground process group, or the program's own where there is none.
    ///
    /// # Errors
    /// When nothing is left to be signalled.
    pub async fn signal(&self, signal: Signal) -> io::Result<()> {
        if *self.shared.life.borrow() != Life::Running {
            return Err(io::ErrorKind::NotFound.into());
        }
        self.ask(|id| Order::Signal { id, signal }).await
    }

    /// Ends the whole process tree, politely first; returns once nothing of it is left.
    ///
    /// # Errors
    /// When processes are left that cannot be killed.
    pub async fn kill(&self) -> io::Result<()> {
        if *self.shared.life.borrow() == Life::Lost {
            return Ok(());
        }
        self.ask(|id| Order::Kill { id }).await
    }

    /// Lets go of the output before `offset`. False when the holder has too much to do.
    pub fn pin(&self, offset: Offset) -> bool {
        self.orders.try_send(Order::Pin(offset)).is_ok()
    }

    /// Makes the holder remember bytes. False when it has too much to do.
    pub fn store(&self, slot: Slot, bytes: Vec<u8>) -> bool {
        self.orders.try_send(Order::Store(slot, bytes)).is_ok()
    }

    /// Makes the holder remember more bytes. False when it has too much to do.
    pub fn append(&self, slot: Slot, bytes: Vec<u8>) -> bool {
        self.orders.try_send(Order::Append(slot, bytes)).is_ok()
    }

    /// Ends the holder: the Session is forgotten.
    pub async fn quit(&self) {
        if self.orders.send(Order::Quit).await.is_ok() {
            let _ = tokio::time::timeout(ANSWER_DEADLINE, self.orders.closed()).await;
        }
    }

    /// Leaves the holder to another Agent; returns once everything it was told is done.
    pub async fn leave(&self) {
        self.shared.left.store(true, Ordering::Relaxed);
        self.sync().await;
    }

    /// Returns once everything it was told is done, so that the end of this process loses nothing of it.
    pub async fn sync(&self) {
        if *self.shared.life.borrow() != Life::Lost {
            let synced = self.ask(|id| Order::Sync { id });
            let _ = tokio::time::timeout(SYNC_DEADLINE, synced).await;
        }
    }

    async fn ask(&self, order: impl FnOnce(u32) -> Order) -> io::Result<()> {
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        let (answer, answered) = oneshot::channel();
        self.shared.answers().insert(id, answer);
        let gone = || io::Error::new(io::ErrorKind::NotFound, "its holder has ended");
        self.orders.send(order(id)).await.map_err(|_| gone())?;
        match tokio::time::timeout(ANSWER_DEADLINE, answered).await {
            Ok(answer) => answer.map_err(|_| gone())?,
            Err(_) => {
                self.shared.answers().remove(&id);
                Err(io::Error::new(io::ErrorKind::TimedOut, "its holder does not answer"))
            }
        }
    }
}

impl InputPermit {
    /// Hands the input over: applied whole, after what was handed over before it, and once.
    pub fn send(mut self, source: Source, seq: u64, bytes: Vec<u8>) {
        if let Some(permit) = self.permit.take() {
            permit.send(Order::Input { source, seq, bytes });
        }
    }
}

impl Drop for InputPermit {
    fn drop(&mut self) {
        if self.permit.is_some() {
            let mut counts = self.shared.counts();
            counts.given = counts.given.saturating_sub(self.bytes);
        }
    }
}
