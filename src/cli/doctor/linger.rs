//! Whether a logout ends the agent: lingering for a user's service, and what logind does to processes
//! of a login.

use super::finding::Finding;
use super::scene::Scene;

const NAME: &str = "logout";

/// Who keeps the agent, by its control group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Keeper {
    /// The user's service manager.
    User,
    /// The system's service manager.
    System,
    /// A login session.
    Login,
    /// None that could end it.
    Nobody,
}

/// Looks at the agent that runs; without one there is nothing to end.
pub fn check(scene: &Scene) -> Vec<Finding> {
    if scene.runs().is_none() {
        return Vec::new();
    }
    let Some(cgroup) = scene.proc("cgroup") else { return Vec::new() };
    let user = std::env::var("USER").or_else(|_| std::env::var("LOGNAME")).unwrap_or_default();
    let lingers = std::path::Path::new("/var/lib/systemd/linger").join(user).is_file();
    let logind = std::fs::read_to_string("/etc/systemd/logind.conf").unwrap_or_default();
    vec![verdict(keeper(&cgroup), lingers, kills_processes(&logind))]
}

fn keeper(cgroup: &str) -> Keeper {
    let own = cgroup.lines().find_map(|line| line.strip_prefix("0::")).unwrap_or_default();
    let parts = || own.split('/');
    if parts().any(|part| part.starts_with("user@") && part.ends_with(".service")) {
        Keeper::User
    } else if parts().any(|part| part.starts_with("session-") && part.ends_with(".scope")) {
        Keeper::Login
    } else if parts().any(|part| part.ends_with(".service")) {
        Keeper::System
    } else {
        Keeper::Nobody
    }
}

/// logind.conf(5); the default is not to.
fn kills_processes(logind: &str) -> bool {
    let mut values =
        logind.lines().filter_map(|line| line.trim().strip_prefix("KillUserProcesses="));
    values.next_back().is_some_and(|value| matches!(value.trim(), "yes" | "true" | "on" | "1"))
}

fn verdict(keeper: Keeper, lingers: bool, kills: bool) -> Finding {
    match keeper {
        Keeper::User if !lingers => Finding::warn(
            NAME,
            "the user's service manager ends with the last login, and with it the agent and all sessions",
            "`loginctl enable-linger`",
        ),
        Keeper::User => Finding::ok(NAME, "the user lingers: the agent and sessions go on"),
        Keeper::Login if kills => Finding::warn(
            NAME,
            "logind ends all processes of a login with it (KillUserProcesses=yes), sessions included",
            "run the agent as a service: docs/systemd.md",
        ),
        Keeper::Login => Finding::ok(NAME, "the agent was started in a login, and outlives it"),
        Keeper::System => Finding::ok(NAME, "the agent is a service of the system"),
        Keeper::Nobody => Finding::ok(NAME, "nothing ends the agent"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::finding::Verdict;
    use super::*;

    #[test]
    fn the_keeper_is_read_from_the_control_group() {
        for (cgroup, expected) in [
            (
                "0::/user.slice/user-7.slice/user@7.service/app.slice/watchdeck.service\n",
                Keeper::User,
            ),
            ("0::/user.slice/user-7.slice/session-2.scope\n", Keeper::Login),
            ("0::/system.slice/system-watchdeck.slice/watchdeck@ada.service\n", Keeper::System),
            ("0::/\n", Keeper::Nobody),
            ("", Keeper::Nobody),
        ] {
            assert_eq!(keeper(cgroup), expected, "{cgroup}");
        }
    }

    #[test]
    fn what_a_logout_would_end_is_told() {
        assert_eq!(verdict(Keeper::User, false, false).verdict, Verdict::Warn);
        assert_eq!(verdict(Keeper::User, true, false).verdict, Verdict::Ok);
        assert_eq!(verdict(Keeper::Login, false, true).verdict, Verdict::Warn);
        assert_eq!(verdict(Keeper::Login, false, false).verdict, Verdict::Ok);
        assert!(kills_processes("[Login]\n#KillUserProcesses=no\nKillUserProcesses=yes\n"));
        assert!(!kills_processes("[Login]\n#KillUserProcesses=yes\n"));
    }
}
