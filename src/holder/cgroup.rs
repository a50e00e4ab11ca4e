//! A control group for the Session's processes, where the machine lets us make one (cgroups(7),
//! version 2): nothing leaves it by forking, so that ending it ends all.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

/// A group of our own; removed with this value.
#[derive(Debug)]
pub(super) struct Cgroup {
    dir: PathBuf,
}

impl Cgroup {
    /// Makes a group below the one this process is in. `None` where that is not permitted, as in a
    /// login session without delegation.
    pub(super) fn create(name: &str) -> Option<Self> {
        let own = std::fs::read_to_string("/proc/self/cgroup").ok()?;
        let mounts = std::fs::read_to_string("/proc/self/mountinfo").ok()?;
        let dir = own_group(&own, &mounts)?.join(format!("watchdeck-{name}"));
        std::fs::create_dir(&dir).ok()?;
        let group = Self { dir };
        // Without it (before Linux 5.14) the group would be of no use.
        group.dir.join("cgroup.kill").exists().then_some(group)
    }

    /// Where a process writes `0` to join the group.
    pub(super) fn door(&self) -> Option<File> {
        File::options().write(true).open(self.dir.join("cgroup.procs")).ok()
    }

    /// Processes in it.
    pub(super) fn members(&self) -> Vec<i32> {
        let text = std::fs::read_to_string(self.dir.join("cgroup.procs")).unwrap_or_default();
        text.lines().filter_map(|line| line.parse().ok()).collect()
    }

    /// Sends SIGKILL to every process in it, those that are just being forked included.
    pub(super) fn kill(&self) {
        let file = File::options().write(true).open(self.dir.join("cgroup.kill"));
        // What is left is found and told by whoever looks at the members.
        let _ = file.and_then(|mut file| file.write_all(b"1"));
    }
}

impl Drop for Cgroup {
    fn drop(&mut self) {
        // Fails while orphans live in it; then it stays as long as they do.
        let _ = std::fs::remove_dir(&self.dir);
    }
}

/// The directory of the version 2 group that `/proc/self/cgroup` names, by the mounts in
/// `/proc/self/mountinfo` (proc_pid_mountinfo(5)).
#[must_use]
pub fn own_group(own: &str, mounts: &str) -> Option<PathBuf> {
    let path = own.lines().find_map(|line| line.strip_prefix("0::"))?;
    let mount = mounts.lines().find_map(|line| {
        let (fields, kind) = line.split_once(" - ")?;
        kind.starts_with("cgroup2 ").then(|| fields.split(' ').nth(4))?
    })?;
    Some(Path::new(mount).join(path.trim_start_matches('/')))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOUNTS: &str = "23 29 0:21 / /proc rw shared:14 - proc proc rw\n\
        30 24 0:27 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n";

    #[test]
    fn the_own_group_is_found_below_its_mount() {
        let own = "1:name=systemd:/x\n0::/user.slice/user-1000.slice/session-2.scope\n";
        let expected = "/sys/fs/cgroup/user.slice/user-1000.slice/session-2.scope";
        assert_eq!(own_group(own, MOUNTS), Some(expected.into()));
        assert_eq!(own_group("0::/\n", MOUNTS), Some("/sys/fs/cgroup/".into()));
        assert_eq!(own_group("9:name=systemd:/\n", MOUNTS), None);
        assert_eq!(own_group(own, "30 24 0:27 / /x rw - tmpfs tmpfs rw\n"), None);
    }
}
