//! Reaping. The Agent is a subreaper, so that processes which lost their parent stay findable; when
//! they end, somebody must take their exit status, and it must never be that of a Session's program.
//!
//! Children belong to the process, so the list of those that are waited for is the process's too.

use std::collections::HashSet;
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use rustix::process::{Pid, WaitOptions, waitpid};
use tokio::signal::unix::{SignalKind, signal};

use super::tree;

/// The direct children whose exit status belongs to a Holder.
static CHILDREN: LazyLock<Mutex<HashSet<Pid>>> = LazyLock::new(Mutex::default);

/// Starts a child and notes it before the reaper can see it.
pub(super) fn adopt<A, B, E>(
    start: impl FnOnce() -> Result<(A, B, Pid), E>,
) -> Result<(A, B, Pid), E> {
    let mut children = children();
    let started = start()?;
    children.insert(started.2);
    Ok(started)
}

/// The child was waited for.
pub(super) fn release(pid: Pid) {
    children().remove(&pid);
}

/// Becomes the subreaper and reaps until the runtime ends.
pub(super) async fn reap() {
    if let Err(error) = rustix::process::set_child_subreaper(Some(rustix::process::getpid())) {
        tracing::warn!(%error, "cannot become a subreaper: kill may miss escaped processes");
    }
    let Ok(mut ended) = signal(SignalKind::child()) else { return };
    while ended.recv().await.is_some() {
        reap_now();
    }
}

fn reap_now() {
    let children = children();
    for pid in tree::own_zombies() {
        if !children.contains(&pid) {
            // Whether it is gone already does not matter.
            let _ = waitpid(Some(pid), WaitOptions::NOHANG);
        }
    }
}

fn children() -> MutexGuard<'static, HashSet<Pid>> {
    CHILDREN.lock().unwrap_or_else(PoisonError::into_inner)
}
