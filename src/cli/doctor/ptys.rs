//! Pseudo-terminals: one for each session, from a number that the whole machine shares.

use super::finding::Finding;
use super::scene::{Scene, number};

const NAME: &str = "terminals";

/// Reads what the kernel counts (pty(7)), and whether one can be opened.
pub fn check(_: &Scene) -> Vec<Finding> {
    if let Err(error) = std::fs::File::options().read(true).write(true).open("/dev/ptmx") {
        let advice = "mount devpts, and /dev/ptmx with it; no session can be started without";
        return vec![Finding::fail(NAME, format!("/dev/ptmx cannot be opened: {error}"), advice)];
    }
    let (max, used) = (number("/proc/sys/kernel/pty/max"), number("/proc/sys/kernel/pty/nr"));
    max.zip(used).map(|(max, used)| verdict(max, used)).into_iter().collect()
}

fn verdict(max: u64, used: u64) -> Finding {
    let says = format!("{used} of {max} pseudo-terminals are in use");
    let advice = "raise the sysctl kernel.pty.max";
    if used >= max {
        Finding::fail(NAME, says, advice)
    } else if used * 5 >= max * 4 {
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
    fn few_that_are_left_are_told() {
        let found = [verdict(100, 2), verdict(100, 80), verdict(100, 100)];
        assert_eq!(found.map(|f| f.verdict), [Verdict::Ok, Verdict::Warn, Verdict::Fail]);
    }
}
