//! Watching files: how the agent learns at once that a token was revoked.

use rustix::fs::inotify::{CreateFlags, init};

use super::finding::Finding;
use super::scene::{Scene, number};

const NAME: &str = "file watching";

/// Tries it.
pub fn check(_: &Scene) -> Vec<Finding> {
    let max = number("/proc/sys/fs/inotify/max_user_instances");
    vec![verdict(init(CreateFlags::CLOEXEC).err().map(|error| error.to_string()), max)]
}

fn verdict(error: Option<String>, max: Option<u64>) -> Finding {
    match error {
        None => Finding::ok(NAME, "works: a revoked token ends at once"),
        Some(error) => {
            let limit = max.map_or_else(String::new, |max| format!(" (the limit is {max})"));
            let says = format!("there is no inotify instance left for this user: {error}{limit}");
            let advice =
                "raise the sysctl fs.inotify.max_user_instances; the agent does not listen without";
            Finding::fail(NAME, says, advice)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::finding::Verdict;
    use super::*;

    #[test]
    fn what_is_used_up_is_told_with_its_limit() {
        assert_eq!(verdict(None, Some(128)).verdict, Verdict::Ok);
        let found = verdict(Some("EMFILE".into()), Some(128));
        assert!(found.verdict == Verdict::Fail && found.says.contains("the limit is 128"));
    }
}
