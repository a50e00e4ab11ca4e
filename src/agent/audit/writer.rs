//! The thread that writes: a disk that hangs stops it alone.

use std::collections::VecDeque;
use std::io;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use tokio::sync::oneshot;

use super::State;
use super::entry::Entry;
use super::log::{Log, Place};
use crate::proto::AuditState;

/// Entries that are kept while they cannot be written.
const PENDING_MAX: usize = 1024;
/// Entries that are written together.
const BATCH: usize = 256;
/// How long after a failure it is tried again.
const RETRY: Duration = Duration::from_millis(500);
/// How long the process before may take to let go of the files.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long until it is looked whether it did.
const SOON: Duration = Duration::from_millis(20);

/// A wish to the thread.
#[derive(Debug)]
pub enum Wish {
    /// Write this down.
    Write(Entry),
    /// Write what waits, then let go of the files; tells whether all was written.
    Close(oneshot::Sender<bool>),
}

/// See the module's documentation.
#[derive(Debug)]
pub struct Writer {
    place: Place,
    state: Arc<State>,
    log: Option<Log>,
    /// Another process may have the files.
    closed: bool,
    pending: VecDeque<Entry>,
    /// Since when and why nothing is written.
    failing: Option<(DateTime<Utc>, String)>,
    /// When it is tried again.
    retry_at: Option<Instant>,
    /// Until when another process may still have the files: it is about to end.
    patience: Option<Instant>,
    /// Waits for the files, to close them again.
    closing: Option<oneshot::Sender<bool>>,
}

impl Writer {
    pub fn new(place: Place, state: Arc<State>) -> Self {
        Self {
            place,
            state,
            log: None,
            closed: false,
            pending: VecDeque::new(),
            failing: None,
            retry_at: None,
            patience: Some(Instant::now() + PATIENCE),
            closing: None,
        }
    }

    /// Runs until nobody can tell anything any more.
    pub fn run(mut self, wishes: &Receiver<Wish>) {
        loop {
            let wish = match self.retry_at {
                Some(at) => wishes.recv_timeout(at.saturating_duration_since(Instant::now())),
                None => wishes.recv().map_err(|_| RecvTimeoutError::Disconnected),
            };
            match wish {
                Ok(wish) => self.wished(wish),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
            // What came together is written together; while nothing can be, all is taken and counted.
            while self.failing.is_some() || self.pending.len() < BATCH {
                let Ok(wish) = wishes.try_recv() else { break };
                self.wished(wish);
            }
            if self.retry_at.is_none_or(|at| at <= Instant::now()) {
                self.write();
                if let Some(done) = self.closing.take() {
                    self.wished(Wish::Close(done));
                }
            }
        }
    }

    fn wished(&mut self, wish: Wish) {
        match wish {
            Wish::Write(entry) if self.pending.len() < PENDING_MAX => self.pending.push_back(entry),
            Wish::Write(_) => self.state.lost(),
            Wish::Close(done) if self.write() || self.patience.is_none() => {
                let written = self.failing.is_none();
                self.log = None;
                self.closed = true;
                self.retry_at = None;
                // Whoever asked may have given up.
                let _ = done.send(written);
            }
            // The files are not this process's yet.
            Wish::Close(done) => self.closing = Some(done),
        }
    }

    /// Writes what waits, and what was lost; false when it cannot be written now.
    fn write(&mut self) -> bool {
        if self.closed {
            return true;
        }
        let lost = self.state.known().untold;
        if self.pending.is_empty() && lost == 0 && self.failing.is_none() && self.log.is_some() {
            return true;
        }
        match self.try_write(lost) {
            Ok(()) => {
                self.pending.clear();
                self.written(lost);
                true
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock && self.is_patient() => {
                self.retry_at = Some(Instant::now() + SOON);
                false
            }
            Err(error) => {
                self.failed(&error);
                false
            }
        }
    }

    fn is_patient(&self) -> bool {
        self.patience.is_some_and(|until| Instant::now() < until)
    }

    fn try_write(&mut self, lost: u64) -> io::Result<()> {
        let log = match &mut self.log {
            Some(log) => log,
            None => self.log.insert(Log::open(self.place.clone())?),
        };
        // Also when nothing was lost: that the disk failed is worth a line, and asks whether it is well.
        let gap = (lost > 0 || self.failing.is_some()).then(|| gap(lost, self.failing.as_ref()));
        let lines: Vec<Entry> = self.pending.iter().cloned().chain(gap).collect();
        if lines.is_empty() { Ok(()) } else { log.append(&lines) }
    }

    fn written(&mut self, told: u64) {
        self.retry_at = None;
        self.patience = None;
        if self.failing.take().is_some() {
            tracing::info!("the audit log is written again");
        }
        let Some(log) = &self.log else { return };
        let (head, file) = (log.head(), log.file());
        let mut known = self.state.known();
        known.untold = known.untold.saturating_sub(told);
        known.info.seq = head.seq;
        known.info.hash = head.hash.to_string();
        known.info.file = file.display().to_string();
        if known.untold == 0 {
            known.info.state = AuditState::Written;
            known.info.error = None;
        }
    }

    fn failed(&mut self, error: &io::Error) {
        let why = error.to_string();
        self.patience = None;
        self.retry_at = Some(Instant::now() + RETRY);
        if self.failing.is_none() {
            let dir = self.place.dir.display();
            tracing::error!(%error, %dir, "the audit log cannot be written");
            self.failing = Some((Utc::now(), why.clone()));
        }
        let mut known = self.state.known();
        known.info.state = AuditState::Failing;
        known.info.error = Some(why);
    }
}

/// Tells how many entries were lost, since when and why.
fn gap(lost: u64, failing: Option<&(DateTime<Utc>, String)>) -> Entry {
    let entry = Entry::now("gap").with("lost", lost);
    match failing {
        Some((since, why)) => entry.with("since", since).with("why", why),
        None => entry.with("why", "the disk did not keep up"),
    }
}
