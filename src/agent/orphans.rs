//! Reaping. The Agent is a subreaper, so that processes which lost their parent stay findable; when
//! they end, somebody must take their exit status, and it must never be that of a Session's program.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustix::process::{Pid, WaitOptions, waitpid};
use tokio::signal::unix::{SignalKind, signal};

use super::tree;

/// The direct children whose exit status belongs to a Holder.
#[derive(Debug, Clone, Default)]
pub struct Orphans {
    children: Arc<Mutex<HashSet<Pid>>>,
}

impl Orphans {
    /// Starts a child and notes it before the reaper can see it.
    pub(super) fn adopt<A, B, E>(
        &self,
        start: impl FnOnce() -> Result<(A, B, Pid), E>,
    ) -> Result<(A, B, Pid), E> {
        let mut children = self.children();
        let started = start()?;
        children.insert(started.2);
        Ok(started)
    }

    /// The child was waited for.
    pub(super) fn release(&self, pid: Pid) {
        self.children().remove(&pid);
    }

    /// Becomes the subreaper and reaps until the runtime ends.
    pub async fn reap(self) {
        if let Err(error) = rustix::process::set_child_subreaper(Some(rustix::process::getpid())) {
            tracing::warn!(%error, "cannot become a subreaper: escaped processes may be missed by kill");
        }
        let Ok(mut ended) = signal(SignalKind::child()) else { return };
        while ended.recv().await.is_some() {
            self.reap_now();
        }
    }

    fn reap_now(&self) {
        let children = self.children();
        for pid in tree::own_zombies() {
            if !children.contains(&pid) {
                let _ = waitpid(Some(pid), WaitOptions::NOHANG);
            }
        }
    }

    fn children(&self) -> MutexGuard<'_, HashSet<Pid>> {
        self.children.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
