//! The processes of a Session. A process group is not enough: children leave it with `setsid`, and
//! double-forked ones leave the parent chain. But a holder is a subreaper, so whoever loses its parent
//! becomes its child: the tree is all that descends from the holder.

use std::collections::HashSet;

use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

use super::{AGENT_COMM, HOLDER_COMM};

/// One line of the process table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Process {
    pub(super) pid: i32,
    parent: i32,
    start: u64,
    zombie: bool,
    /// It is an Agent or a holder of watchdeck.
    ours: bool,
}

impl Process {
    /// Signals this very process: never another one that got its id since.
    pub(super) fn signal(&self, signal: Signal) {
        let Some(pid) = Pid::from_raw(self.pid) else { return };
        let Ok(handle) = pidfd_open(pid, PidfdFlags::empty()) else { return };
        if read_process(self.pid).is_some_and(|now| now.start == self.start) {
            let _ = pidfd_send_signal(&handle, signal);
        }
    }
}

/// Living processes that descend from `root`, and those of `others` (a control group's).
///
/// Agents and holders that somebody started in the Session, and what descends from them, are left
/// out: they are not its work, and other Sessions live in them.
#[must_use]
pub(super) fn living(root: i32, others: &[i32]) -> Vec<Process> {
    let table = process_table();
    let mut members: HashSet<i32> = others.iter().copied().chain([root]).collect();
    let mut spared: HashSet<i32> = HashSet::new();
    loop {
        let before = members.len() + spared.len();
        for process in table.iter().filter(|process| process.pid != root) {
            if process.ours || spared.contains(&process.parent) {
                spared.insert(process.pid);
            } else if members.contains(&process.parent) {
                members.insert(process.pid);
            }
        }
        if members.len() + spared.len() == before {
            break;
        }
    }
    let lives = |process: &Process| {
        process.pid != root
            && members.contains(&process.pid)
            && !spared.contains(&process.pid)
            && !process.zombie
    };
    table.into_iter().filter(lives).collect()
}

/// Whether one of these processes is an Agent or a holder.
#[must_use]
pub(super) fn has_ours(pids: &[i32]) -> bool {
    pids.iter().filter_map(|pid| read_process(*pid)).any(|process| process.ours)
}

/// Process ids of what a holder's Session runs now.
#[must_use]
pub fn members(holder: u32) -> Vec<u32> {
    let processes = living(holder.cast_signed(), &[]);
    processes.iter().map(|process| process.pid.cast_unsigned()).collect()
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
    let (head, fields) = stat.rsplit_once(") ")?;
    let (_, name) = head.split_once(" (")?;
    let fields: Vec<&str> = fields.split_ascii_whitespace().collect();
    Some(Process {
        pid,
        ours: [AGENT_COMM, HOLDER_COMM].contains(&name),
        zombie: matches!(*fields.first()?, "Z" | "X"),
        parent: fields.get(1)?.parse().ok()?,
        start: fields.get(19)?.parse().ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_strange_process_name_does_not_shift_the_fields() {
        let stat = "7 (a) b (c) S 3 7 5 34816 7 4194304 1 0 0 0 0 0 0 0 20 0 1 0 991 1 1 1";
        let process = Process { pid: 7, parent: 3, start: 991, zombie: false, ours: false };
        assert_eq!(parse_stat(7, stat), Some(process));
        assert_eq!(parse_stat(7, "7 (cut"), None);
        let ours = parse_stat(7, &stat.replace("a) b (c", HOLDER_COMM)).unwrap();
        assert!(ours.ours);
    }

    #[test]
    fn this_process_is_in_the_table() {
        let own = std::process::id().cast_signed();
        assert!(process_table().iter().any(|process| process.pid == own));
    }
}
