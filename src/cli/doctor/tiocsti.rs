//! TIOCSTI (ioctl_tty(2)): with it a program can type into its own terminal, so that what one user runs
//! in a session can act as the user who runs it.

use super::finding::Finding;
use super::scene::{Scene, number};

const NAME: &str = "TIOCSTI";

/// Reads the switch, which Linux has since 6.2.
pub fn check(_: &Scene) -> Vec<Finding> {
    vec![verdict(number("/proc/sys/dev/tty/legacy_tiocsti"))]
}

fn verdict(switch: Option<u64>) -> Finding {
    let says = "a program in a session can type into its own terminal; with su or sudo that is another user's";
    match switch {
        Some(0) => Finding::ok(NAME, "is off: no program can type into its own terminal"),
        Some(_) => Finding::warn(NAME, says, "set the sysctl dev.tty.legacy_tiocsti to 0"),
        None => Finding::warn(NAME, says, "Linux 6.2 and newer can switch it off"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::finding::Verdict;
    use super::*;

    #[test]
    fn only_off_is_good() {
        let verdicts = [Some(0), Some(1), None].map(|switch| verdict(switch).verdict);
        assert_eq!(verdicts, [Verdict::Ok, Verdict::Warn, Verdict::Warn]);
    }
}
