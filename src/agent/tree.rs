//! Ending a whole process tree. A process group is not enough: children leave it with `setsid`, and
//! double-forked ones leave the parent chain too. They are found by ancestry, by terminal session and
//! by an environment entry that every program of a Session inherits.

use std::collections::HashSet;
use std::io;
use std::time::Duration;

use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

/// How long processes may take to end by themselves.
const GRACE: Duration = Duration::from_secs(2);
/// How long killed processes may take to be gone.
const KILL_DEADLINE: Duration = Duration::from_secs(3);
/// Pause between two looks at the process table.
const POLL: Duration = Duration::from_millis(20);

/// The processes of one Session.
#[derive(Debug, Clone)]
pub struct Tree {
    root: i32,
    tag: String,
}

/// One line of the process table.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Process {
    pid: i32,
    parent: i32,
    session: i32,
    start: u64,
    zombie: bool,
}

impl Tree {
    /// The tree under `root`, and every process with `tag` (`NAME=value`) in its environment.
    #[must_use]
    pub fn new(root: Pid, tag: String) -> Self {
        Self { root: root.as_raw_nonzero().get(), tag }
    }

    /// Asks every process to end, then makes it; returns once none is left.
    ///
    /// # Errors
    /// When some survive even SIGKILL.
    pub async fn kill(&self) -> io::Result<()> {
        for signal in [Signal::HUP, Signal::TERM, Signal::CONT] {
            self.signal_all(signal);
        }
        if self.gone_within(GRACE, None).await
            || self.gone_within(KILL_DEADLINE, Some(Signal::KILL)).await
        {
            return Ok(());
        }
        let left: Vec<_> = self.members().iter().map(|process| process.pid.to_string()).collect();
        Err(io::Error::other(format!("processes {} cannot be killed", left.join(", "))))
    }

    /// Looks until nothing is left or the time is over, sending `signal` at each look.
    async fn gone_within(&self, limit: Duration, signal: Option<Signal>) -> bool {
        let deadline = tokio::time::Instant::now() + limit;
        loop {
            if let Some(signal) = signal {
                self.signal_all(signal);
            }
            if self.members().is_empty() {
                return true;
            }
            if tokio::time::Instant::now() >= deadline {
                return false;
            }
            tokio::time::sleep(POLL).await;
        }
    }

    fn signal_all(&self, signal: Signal) {
        for process in self.members() {
            process.signal(signal);
        }
    }

    /// Living processes of the tree.
    fn members(&self) -> Vec<Process> {
        let table = process_table();
        let mut members: HashSet<i32> = table
            .iter()
            .filter(|process| {
                process.pid == self.root
                    || process.session == self.root
                    || has_tag(process.pid, self.tag.as_bytes())
            })
            .map(|process| process.pid)
            .collect();
        loop {
            let before = members.len();
            for process in &table {
                if members.contains(&process.parent) {
                    members.insert(process.pid);
                }
            }
            if members.len() == before {
                break;
            }
        }
        let own = std::process::id().cast_signed();
        table
            .into_iter()
            .filter(|process| {
                members.contains(&process.pid) && !process.zombie && process.pid != own
            })
            .collect()
    }
}

impl Process {
    /// Signals this very process: never another one that got its id since.
    fn signal(&self, signal: Signal) {
        let Some(pid) = Pid::from_raw(self.pid) else { return };
        let Ok(handle) = pidfd_open(pid, PidfdFlags::empty()) else { return };
        if read_process(self.pid).is_some_and(|now| now.start == self.start) {
            let _ = pidfd_send_signal(&handle, signal);
        }
    }
}

fn process_table() -> Vec<Process> {
    let Ok(entries) = std::fs::read_dir("/proc") else { return Vec::new() };
    entries
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .filter_map(read_process)
        .collect()
}

fn read_process(pid: i32) -> Option<Process> {
    parse_stat(pid, &std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
}

/// See proc_pid_stat(5). The name may hold anything, also parentheses and blanks.
fn parse_stat(pid: i32, stat: &str) -> Option<Process> {
    let (_, fields) = stat.rsplit_once(") ")?;
    let fields: Vec<&str> = fields.split_ascii_whitespace().collect();
    Some(Process {
        pid,
        zombie: matches!(*fields.first()?, "Z" | "X"),
        parent: fields.get(1)?.parse().ok()?,
        session: fields.get(3)?.parse().ok()?,
        start: fields.get(19)?.parse().ok()?,
    })
}

fn has_tag(pid: i32, tag: &[u8]) -> bool {
    let Ok(environ) = std::fs::read(format!("/proc/{pid}/environ")) else { return false };
    environ.split(|byte| *byte == 0).any(|entry| entry == tag)
}

/// Zombies whose parent is this process.
pub(super) fn own_zombies() -> Vec<Pid> {
    let own = std::process::id().cast_signed();
    process_table()
        .iter()
        .filter(|process| process.zombie && process.parent == own)
        .filter_map(|process| Pid::from_raw(process.pid))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_strange_process_name_does_not_shift_the_fields() {
        let stat = "7 (a) b (c) S 3 7 5 34816 7 4194304 1 0 0 0 0 0 0 0 20 0 1 0 991 1 1 1";
        let process = Process { pid: 7, parent: 3, session: 5, start: 991, zombie: false };
        assert_eq!(parse_stat(7, stat), Some(process));
        assert_eq!(parse_stat(7, "7 (cut"), None);
    }

    #[test]
    fn this_process_is_in_the_table() {
        let own = std::process::id().cast_signed();
        assert!(process_table().iter().any(|process| process.pid == own));
    }
}
