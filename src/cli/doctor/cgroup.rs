//! Control groups: with one for each session, `kill` reaches all that the session started.

use std::path::Path;

use rustix::fs::{Access, access};

use super::finding::Finding;
use super::scene::Scene;
use crate::holder::own_group;

const NAME: &str = "control groups";

/// What can be done with the group that holders would make theirs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Facts {
    /// There is no version 2 hierarchy, or this process is not in it.
    NoGroup,
    /// Before Linux 5.14.
    NoKill,
    /// It belongs to somebody else.
    NotOurs,
    /// Groups can be made in it.
    Ours,
}

/// Looks at the group of the agent, or of this process, which would start it.
pub fn check(scene: &Scene) -> Vec<Finding> {
    vec![verdict(facts(scene))]
}

fn facts(scene: &Scene) -> Facts {
    let (Some(own), Some(mounts)) = (scene.proc("cgroup"), scene.proc("mountinfo")) else {
        return Facts::NoGroup;
    };
    let Some(dir) = own_group(&own, &mounts).filter(|dir| dir.is_dir()) else {
        return Facts::NoGroup;
    };
    // The root of the hierarchy has none itself; its children do.
    let kills = |dir: &Path| dir.join("cgroup.kill").exists();
    let children = std::fs::read_dir(&dir).into_iter().flatten().flatten();
    if !kills(&dir) && !children.map(|child| child.path()).any(|child| kills(&child)) {
        return Facts::NoKill;
    }
    match access(&dir, Access::WRITE_OK) {
        Ok(()) => Facts::Ours,
        Err(_) => Facts::NotOurs,
    }
}

fn verdict(facts: Facts) -> Finding {
    let walk = "`kill` walks the process tree instead, and tells what it could not find";
    let advice = match facts {
        Facts::Ours => {
            return Finding::ok(NAME, "each session gets its own: `kill` ends all of it");
        }
        Facts::NoGroup => "run where the cgroup2 hierarchy is mounted",
        Facts::NoKill => "update the kernel to 5.14 or newer",
        Facts::NotOurs => "run the agent as a service with Delegate=yes: docs/systemd.md",
    };
    Finding::warn(NAME, format!("none for sessions: {walk}"), advice)
}

#[cfg(test)]
mod tests {
    use super::super::finding::Verdict;
    use super::*;

    #[test]
    fn whatever_is_missing_has_its_advice() {
        assert_eq!(verdict(Facts::Ours).verdict, Verdict::Ok);
        let advice = [Facts::NoGroup, Facts::NoKill, Facts::NotOurs].map(|f| verdict(f).advice);
        assert!(advice.iter().all(Option::is_some) && advice[0] != advice[1]);
    }
}
