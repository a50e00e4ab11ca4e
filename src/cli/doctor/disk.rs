//! Room for what outlives a reboot.

use std::path::Path;

use rustix::fs::statvfs;

use super::finding::Finding;
use super::scene::Scene;

const NAME: &str = "disk";
/// With less than this nothing can be written down any more.
const NOTHING: u64 = 16 << 20;
/// With less than this somebody should look.
const LITTLE: u64 = 512 << 20;

/// Asks the file system of the state directory, or of what is there of it.
pub fn check(scene: &Scene) -> Vec<Finding> {
    let Some(state) = &scene.paths.state_dir else {
        let advice = "set HOME or WATCHDECK_STATE_DIR";
        let says = "there is no state directory: no tokens, and after a reboot nothing is known of sessions";
        return vec![Finding::warn(NAME, says, advice)];
    };
    let there = state.ancestors().find(|path| path.exists()).unwrap_or(Path::new("/"));
    let Ok(room) = statvfs(there) else { return Vec::new() };
    let free = room.f_bavail.saturating_mul(room.f_frsize);
    // Some file systems count no inodes.
    let inodes = (room.f_files > 0).then_some(room.f_favail);
    vec![verdict(&there.display().to_string(), free, inodes)]
}

fn verdict(path: &str, free: u64, inodes: Option<u64>) -> Finding {
    let says = format!("{} MiB free below {path}", free >> 20);
    let advice = "make room: what cannot be written down is not known after a reboot";
    if inodes == Some(0) {
        Finding::fail(NAME, format!("no inodes left below {path}"), advice)
    } else if free < NOTHING {
        Finding::fail(NAME, says, advice)
    } else if free < LITTLE {
        Finding::warn(NAME, says, advice)
    } else {
        Finding::ok(NAME, says)
    }
}

#[cfg(test)]
mod tests {
    use super::super::finding::Verdict;
    use super::*;

    #[test]
    fn little_room_is_told() {
        let verdict = |free, inodes| verdict("/s", free, inodes).verdict;
        assert_eq!(verdict(1 << 40, Some(9)), Verdict::Ok);
        assert_eq!(verdict(1 << 40, None), Verdict::Ok);
        assert_eq!(verdict(100 << 20, Some(9)), Verdict::Warn);
        assert_eq!(verdict(1 << 20, Some(9)), Verdict::Fail);
        assert_eq!(verdict(1 << 40, Some(0)), Verdict::Fail);
    }
}
