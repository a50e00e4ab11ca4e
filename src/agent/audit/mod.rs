//! The audit log: who did what, from where, in files whose lines hold one another ([`chain`]).
//!
//! Whoever has something to tell puts an [`Entry`] into a bounded queue and never waits; one thread
//! writes ([`writer`]). What cannot be written waits, what no longer can wait is counted and told in a
//! `gap` line. [`Trail`] knows what of a connection's requests is told, and how.

mod account;
mod chain;
mod entry;
mod files;
mod life;
mod log;
mod tokens;
mod trail;
mod verify;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;

use crate::proto::{AuditInfo, AuditState, ErrorCode, WireError};

pub use entry::{By, Entry, On};
pub use files::{VerifyError, each_line, list, verify};
pub use life::{begin, end, refused};
pub use trail::{Note, Trail};

use log::Place;
use writer::{Wish, Writer};

/// Entries that may wait for the writing thread.
const CAPACITY: usize = 1024;
/// How long closing may wait for the disk.
const CLOSE_DEADLINE: Duration = Duration::from_secs(5);
/// Pause before a full queue is tried again.
const PAUSE: Duration = Duration::from_millis(10);

/// How an Agent keeps its audit log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditOptions {
    /// Whether it does at all.
    pub enabled: bool,
    /// A file that has grown beyond this many bytes is followed by the next.
    pub max_bytes: u64,
    /// Files that are kept.
    pub keep: usize,
    /// While it cannot be written, nobody acts.
    pub strict: bool,
}

/// Directory of the audit log of the Agent with this socket.
#[must_use]
pub fn dir(state_dir: &Path, socket: &Path) -> PathBuf {
    files::dir(state_dir, socket)
}

/// The audit log of an Agent, for everybody who has something to tell.
#[derive(Debug)]
pub struct Audit {
    queue: Option<SyncSender<Wish>>,
    state: Arc<State>,
    strict: bool,
}

/// What the writing thread and the rest of the Agent share.
#[derive(Debug)]
struct State(Mutex<Known>);

#[derive(Debug)]
struct Known {
    info: AuditInfo,
    /// Of the lost entries, those that no line tells of yet.
    untold: u64,
}

impl State {
    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An entry found no room.
    fn lost(&self) {
        let mut known = self.known();
        let first = known.info.state != AuditState::Failing;
        known.untold += 1;
        known.info.lost += 1;
        known.info.state = AuditState::Failing;
        known.info.error.get_or_insert_with(|| "the disk does not keep up".to_owned());
        drop(known);
        if first {
            tracing::error!("the audit log loses entries: the disk does not keep up");
        }
    }
}

impl Audit {
    /// Begins to write, soon, below `state_dir`; without one, or when it is off, nothing is written.
    #[must_use]
    pub fn start(options: &AuditOptions, state_dir: Option<&Path>, socket: &Path) -> Self {
        let dir = state_dir.filter(|_| options.enabled).map(|state| dir(state, socket));
        let first = if dir.is_some() { AuditState::Written } else { AuditState::Off };
        let info = AuditInfo { state: first, ..AuditInfo::default() };
        let state = Arc::new(State(Mutex::new(Known { info, untold: 0 })));
        let queue = dir.map(|dir| {
            let place = Place { dir, max_bytes: options.max_bytes, keep: options.keep };
            let (queue, waiting) = sync_channel(CAPACITY);
            let writer = Writer::new(place, state.clone());
            std::thread::spawn(move || writer.run(&waiting));
            queue
        });
        Self { queue, state, strict: options.strict }
    }

    /// Tells something. Never waits.
    pub fn tell(&self, entry: Entry) {
        let Some(queue) = &self.queue else { return };
        match queue.try_send(Wish::Write(entry)) {
            Ok(()) => {}
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => self.state.lost(),
        }
    }

    /// What is to be known of it.
    #[must_use]
    pub fn info(&self) -> AuditInfo {
        self.state.known().info.clone()
    }

    /// Whether somebody may act: in strict mode only while it is written down.
    ///
    /// # Errors
    /// `NotRecorded`.
    pub fn permit(&self, acts: bool) -> Result<(), WireError> {
        if !(self.strict && acts) {
            return Ok(());
        }
        let info = self.info();
        if info.state == AuditState::Written {
            return Ok(());
        }
        let why = info.error.unwrap_or_else(|| "it is off".to_owned());
        let sentence = format!(
            "nothing was done: this agent acts only while its audit log is written (audit.strict), and that \
             fails: {why}"
        );
        Err(WireError::new(ErrorCode::NotRecorded, sentence))
    }

    /// Writes what waits and lets go of the files, so that another process can go on with them. What is
    /// told afterwards is not written. Returns whether everything was.
    pub async fn close(&self) -> bool {
        let Some(queue) = &self.queue else { return true };
        let (done, closed) = oneshot::channel();
        let asked = async {
            let mut wish = Wish::Close(done);
            while let Err(TrySendError::Full(back)) = queue.try_send(wish) {
                wish = back;
                tokio::time::sleep(PAUSE).await;
            }
            closed.await.unwrap_or(false)
        };
        tokio::time::timeout(CLOSE_DEADLINE, asked).await.unwrap_or(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(strict: bool) -> AuditOptions {
        AuditOptions { enabled: true, max_bytes: 1 << 20, keep: 4, strict }
    }

    #[tokio::test]
    async fn what_is_told_is_written_and_another_process_can_go_on() {
        let home = tempfile::tempdir().unwrap();
        let socket = Path::new("/run/agent.sock");
        let one = Audit::start(&options(true), Some(home.path()), socket);
        (0..3).for_each(|n| one.tell(Entry::now("test").with("n", n)));
        assert!(one.close().await);
        assert!(one.permit(true).is_ok());
        assert_eq!((one.info().seq, one.info().lost), (3, 0));
        let two = Audit::start(&options(false), Some(home.path()), socket);
        // One that comes before the other has let go waits for it, and takes that for no failure.
        let three = Audit::start(&options(true), Some(home.path()), socket);
        two.tell(Entry::now("test"));
        while two.info().seq < 4 {
            tokio::task::yield_now().await;
        }
        three.tell(Entry::now("test"));
        assert!(three.permit(true).is_ok());
        assert!(two.close().await);
        assert!(three.close().await);
        let whole = verify(&dir(home.path(), socket)).unwrap();
        assert_eq!((whole.lines, whole.head.seq), (5, 5));
    }

    #[tokio::test]
    async fn without_a_place_nothing_is_written_and_strict_refuses() {
        let off = Audit::start(&options(true), None, Path::new("/run/agent.sock"));
        off.tell(Entry::now("test"));
        assert!(off.close().await);
        assert_eq!(off.info().state, AuditState::Off);
        assert!(off.permit(false).is_ok());
        assert_eq!(off.permit(true).unwrap_err().code, ErrorCode::NotRecorded);
    }
}
