//! The holders of this agent's sessions: how many, and how many of an earlier program. They are not
//! asked, because a new connection would take the agent's place; the process table tells enough.

use std::collections::HashSet;
use std::path::Path;

use super::agent::is_replaced;
use super::finding::Finding;
use super::scene::{Answer, Scene};
use crate::agent::holders_dir;
use crate::holder::HOLDER_COMM;

const NAME: &str = "holders";

/// What there is.
#[derive(Debug, Clone, Copy)]
struct Facts {
    /// Holders that listen beside the agent's socket.
    count: usize,
    /// Those of them whose program is not the agent's.
    old: usize,
    /// Whether there is certainly no agent.
    forsaken: bool,
}

/// Looks for the processes that listen in the directory of holders.
pub fn check(scene: &Scene) -> Vec<Finding> {
    let unix = std::fs::read_to_string("/proc/net/unix").unwrap_or_default();
    let sockets = listening(&unix, &holders_dir(&scene.socket));
    let programs = programs(&sockets);
    let new = std::fs::read_link(scene.proc_dir().join("exe")).unwrap_or_default();
    let new = new.to_string_lossy();
    let old = programs.iter().filter(|exe| is_replaced(exe) || **exe != *new).count();
    let forsaken = matches!(scene.agent, Answer::None);
    vec![verdict(Facts { count: programs.len(), old, forsaken })]
}

/// The sockets in `dir`, as links of descriptors name them (proc_pid_fd(5)), from `/proc/net/unix`: the
/// inode stands in the seventh column, the path in the eighth.
fn listening(unix: &str, dir: &Path) -> HashSet<String> {
    let sockets = unix.lines().filter_map(|line| {
        let mut fields = line.split_whitespace().skip(6);
        let (inode, path) = (fields.next()?, fields.next()?);
        Path::new(path).starts_with(dir).then(|| format!("socket:[{inode}]"))
    });
    sockets.collect()
}

/// The program of each holder that has one of these sockets.
fn programs(sockets: &HashSet<String>) -> Vec<String> {
    if sockets.is_empty() {
        return Vec::new();
    }
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| program(&entry.path(), sockets)).collect()
}

fn program(process: &Path, sockets: &HashSet<String>) -> Option<String> {
    let comm = std::fs::read_to_string(process.join("comm")).ok()?;
    if comm.trim_end() != HOLDER_COMM {
        return None;
    }
    let mut fds = std::fs::read_dir(process.join("fd")).ok()?.flatten();
    fds.find(|fd| {
        let link = std::fs::read_link(fd.path()).unwrap_or_default();
        sockets.contains(&*link.to_string_lossy())
    })?;
    Some(std::fs::read_link(process.join("exe")).ok()?.to_string_lossy().into_owned())
}

fn verdict(facts: Facts) -> Finding {
    let Facts { count, old, forsaken } = facts;
    if count > 0 && forsaken {
        let says = format!("{count} run without an agent: nobody counts what their sessions print");
        let advice = "`watchdeck agent --background` starts one, which finds them";
        return Finding::warn(NAME, says, advice);
    }
    if old > 0 {
        let says = format!("{count} run, {old} of an earlier or another program than the agent's");
        let advice = "they go on as they are; sessions that are started anew get the new program";
        return Finding::warn(NAME, says, advice);
    }
    Finding::ok(NAME, format!("{count} run, all of the agent's own program"))
}

#[cfg(test)]
mod tests {
    use super::super::finding::Verdict;
    use super::*;

    #[test]
    fn sockets_of_other_agents_do_not_count() {
        let unix = "Num       RefCount Protocol Flags    Type St Inode Path\n\
            0000000000000000: 00000002 00000000 00010000 0001 01 24713 /run/w/agent.sessions/1.sock\n\
            0000000000000000: 00000003 00000000 00000000 0001 03 24714\n\
            0000000000000000: 00000002 00000000 00010000 0001 01 24715 /run/x/agent.sessions/1.sock\n";
        let found = listening(unix, Path::new("/run/w/agent.sessions"));
        assert_eq!(found, HashSet::from(["socket:[24713]".to_owned()]));
    }

    #[test]
    fn old_and_forsaken_holders_are_told() {
        for (count, old, forsaken, expected) in [
            (0, 0, true, Verdict::Ok),
            (3, 0, false, Verdict::Ok),
            (3, 1, false, Verdict::Warn),
            (3, 0, true, Verdict::Warn),
        ] {
            assert_eq!(verdict(Facts { count, old, forsaken }).verdict, expected);
        }
    }
}
