//! Ending a whole process tree: politely, then by force, until nothing is left of it.

use std::time::{Duration, Instant};

use rustix::process::Signal;

use super::cgroup::Cgroup;
use super::tree::{self, Process};

/// How long processes may take to end by themselves.
const GRACE: Duration = Duration::from_secs(2);
/// How long killed processes may take to be gone.
const KILL_DEADLINE: Duration = Duration::from_secs(3);
/// Pause between two looks at the process table.
const POLL: Duration = Duration::from_millis(20);

/// A tree that is being ended.
#[derive(Debug)]
pub(super) struct Killing {
    began: Instant,
    next: Instant,
}

/// How a look went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Progress {
    /// Some are left; look again.
    Waits,
    /// Nothing is left.
    Done,
    /// These processes survive even SIGKILL.
    Failed(Vec<i32>),
}

impl Killing {
    /// Asks every process to end.
    pub(super) fn begin(cgroup: Option<&Cgroup>) -> Self {
        let members = members(cgroup);
        for signal in [Signal::HUP, Signal::TERM, Signal::CONT] {
            members.iter().for_each(|process| process.signal(signal));
        }
        let now = Instant::now();
        Self { began: now, next: now }
    }

    /// When to look.
    pub(super) fn due(&self) -> Instant {
        self.next
    }

    /// Looks what is left, and makes it end once it had its time.
    pub(super) fn look(&mut self, cgroup: Option<&Cgroup>) -> Progress {
        let members = members(cgroup);
        if members.is_empty() {
            return Progress::Done;
        }
        let elapsed = self.began.elapsed();
        if elapsed >= GRACE + KILL_DEADLINE {
            return Progress::Failed(members.iter().map(|process| process.pid).collect());
        }
        if elapsed >= GRACE {
            if let Some(cgroup) = cgroup.filter(|cgroup| !tree::has_ours(&cgroup.members())) {
                cgroup.kill();
            }
            members.iter().for_each(|process| process.signal(Signal::KILL));
        }
        self.next = Instant::now() + POLL;
        Progress::Waits
    }
}

/// Living processes of this holder's tree.
pub(super) fn members(cgroup: Option<&Cgroup>) -> Vec<Process> {
    let own = std::process::id().cast_signed();
    tree::living(own, &cgroup.map(Cgroup::members).unwrap_or_default())
}
