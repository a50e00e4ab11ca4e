//! How many descriptors and processes the agent may have (getrlimit(2)): its own limits where it runs,
//! else those it would be started with.

use super::finding::Finding;
use super::scene::Scene;

const FILES: &str = "file limit";
const PROCESSES: &str = "process limit";
/// Descriptors for each session: the holder's socket, the ring, the terminal, and one to spare.
const PER_SESSION: u64 = 4;
/// Descriptors of an agent with no session, and some clients.
const BASE: u64 = 128;
/// Fewer sessions than this are less than a day's work.
const SESSIONS_FEW: u64 = 100;
/// Fewer processes than this are used up by one build.
const PROCESSES_FEW: u64 = 1024;

/// A soft limit; `None` when there is none.
type Limit = Option<u64>;

/// Reads both from proc_pid_limits(5).
pub fn check(scene: &Scene) -> Vec<Finding> {
    let Some(text) = scene.proc("limits") else { return Vec::new() };
    let used = std::fs::read_dir(scene.proc_dir().join("fd")).map_or(0, |fds| fds.count() as u64);
    let files = soft(&text, "Max open files").map(|limit| files(limit, used));
    let processes = soft(&text, "Max processes").map(processes);
    files.into_iter().chain(processes).collect()
}

/// The soft limit in the line that begins with `name`; the outer `None` when there is no such line.
fn soft(text: &str, name: &str) -> Option<Limit> {
    let rest = text.lines().find_map(|line| line.strip_prefix(name))?;
    match rest.split_whitespace().next()? {
        "unlimited" => Some(None),
        number => number.parse().ok().map(Some),
    }
}

fn files(limit: Limit, used: u64) -> Finding {
    let Some(limit) = limit else { return Finding::ok(FILES, "none") };
    let sessions = limit.saturating_sub(BASE) / PER_SESSION;
    let says = format!("{limit} descriptors, {used} in use: enough for {sessions} sessions");
    let advice =
        "raise it for the agent: LimitNOFILE= in its unit, or `ulimit -n` before it starts";
    if used * 10 >= limit * 9 {
        Finding::fail(FILES, says, advice)
    } else if sessions < SESSIONS_FEW {
        Finding::warn(FILES, says, advice)
    } else {
        Finding::ok(FILES, says)
    }
}

fn processes(limit: Limit) -> Finding {
    match limit {
        Some(limit) if limit < PROCESSES_FEW => Finding::warn(
            PROCESSES,
            format!("{limit} processes of this user, those in sessions included"),
            "raise it: LimitNPROC= in the unit, or `ulimit -u`, or /etc/security/limits.conf",
        ),
        Some(limit) => Finding::ok(PROCESSES, format!("{limit} processes of this user")),
        None => Finding::ok(PROCESSES, "none"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::finding::Verdict;
    use super::*;

    const LIMITS: &str = "Limit                     Soft Limit           Hard Limit           Units     \n\
        Max processes             unlimited            127561               processes \n\
        Max open files            1024                 524288               files     \n";

    #[test]
    fn soft_limits_are_read() {
        assert_eq!(soft(LIMITS, "Max open files"), Some(Some(1024)));
        assert_eq!(soft(LIMITS, "Max processes"), Some(None));
        assert_eq!(soft(LIMITS, "Max cpu"), None);
    }

    #[test]
    fn few_descriptors_and_none_left_are_told() {
        assert_eq!(files(Some(1024), 20).verdict, Verdict::Ok);
        assert_eq!(files(Some(256), 20).verdict, Verdict::Warn);
        assert_eq!(files(Some(1024), 1000).verdict, Verdict::Fail);
        assert_eq!(files(None, 1000).verdict, Verdict::Ok);
        assert_eq!(processes(Some(100)).verdict, Verdict::Warn);
        assert_eq!(processes(Some(30_000)).verdict, Verdict::Ok);
    }
}
