//! The agent: whether it answers, and whether it is this program.

use super::finding::Finding;
use super::scene::{Answer, Scene};

const NAME: &str = "agent";

/// Asks it, and looks which file it runs from.
pub fn check(scene: &Scene) -> Vec<Finding> {
    let found = match &scene.agent {
        Answer::Unasked => return Vec::new(),
        Answer::None => Finding::ok(NAME, "does not run; it is started when it is needed"),
        Answer::Wrong(error) => {
            let first = error.lines().next().unwrap_or_default();
            let advice = "its log tells more: agent.log in the state directory, or the journal";
            Finding::fail(NAME, format!("does not answer: {first}"), advice)
        }
        Answer::Runs(agent) => {
            let exe = std::fs::read_link(scene.proc_dir().join("exe"));
            let replaced = exe.is_ok_and(|exe| is_replaced(&exe.to_string_lossy()));
            running(&agent.version, env!("CARGO_PKG_VERSION"), agent.pid, replaced)
        }
    };
    vec![found]
}

/// What the kernel says of a file that has no name any more (proc_pid_exe(5)).
pub fn is_replaced(exe: &str) -> bool {
    exe.ends_with(" (deleted)")
}

fn running(version: &str, own: &str, pid: u32, replaced: bool) -> Finding {
    let advice = "`watchdeck agent --upgrade` puts this program in its place; sessions go on";
    if version != own {
        Finding::warn(NAME, format!("runs version {version} (pid {pid}); this is {own}"), advice)
    } else if replaced {
        let says =
            format!("runs version {version} (pid {pid}) from a file that was replaced since");
        Finding::warn(NAME, says, advice)
    } else {
        Finding::ok(NAME, format!("runs version {version} (pid {pid})"))
    }
}

#[cfg(test)]
mod tests {
    use super::super::finding::Verdict;
    use super::*;

    #[test]
    fn an_agent_of_another_build_is_told() {
        let verdict = |version, replaced| running(version, "1.1.0", 7, replaced).verdict;
        assert_eq!(verdict("1.1.0", false), Verdict::Ok);
        assert_eq!(verdict("1.0.0", false), Verdict::Warn);
        assert_eq!(verdict("1.1.0", true), Verdict::Warn);
        assert!(is_replaced("/usr/bin/watchdeck (deleted)") && !is_replaced("/usr/bin/watchdeck"));
    }
}
