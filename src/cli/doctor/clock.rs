//! The clock: times of alerts and ends of tokens are only as good as it is.

use super::finding::Finding;
use super::scene::Scene;

const NAME: &str = "clock";
/// An error below this is none that people notice, in microseconds.
const SMALL: i64 = 1_000_000;

/// What the kernel knows of its clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Facts {
    /// Somebody keeps it right.
    synchronised: bool,
    /// How wrong it may be, in microseconds.
    error: i64,
}

/// Asks the kernel, and changes nothing.
pub fn check(_: &Scene) -> Vec<Finding> {
    facts().map(verdict).into_iter().collect()
}

#[cfg(target_os = "linux")]
fn facts() -> Option<Facts> {
    // SAFETY: all fields are numbers, for which zero is a value; modes = 0 only reads (adjtimex(2)).
    #[allow(unsafe_code)]
    let (state, now) = unsafe {
        let mut now: libc::timex = std::mem::zeroed();
        (libc::adjtimex(&raw mut now), now)
    };
    let synchronised = now.status & libc::STA_UNSYNC == 0;
    (state >= 0).then_some(Facts { synchronised, error: now.maxerror })
}

#[cfg(not(target_os = "linux"))]
fn facts() -> Option<Facts> {
    None
}

fn verdict(facts: Facts) -> Finding {
    let Facts { synchronised, error } = facts;
    if !synchronised {
        let says = "nobody keeps it right: times of alerts and ends of tokens may be wrong";
        let advice =
            "run chrony, systemd-timesyncd or ntpd; in a virtual machine the host may do it unseen";
        return Finding::warn(NAME, says, advice);
    }
    let says = format!("synchronised, within {} ms", error / 1000);
    match error < SMALL {
        true => Finding::ok(NAME, says),
        false => Finding::warn(NAME, says, "is its time server reachable?"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::finding::Verdict;
    use super::*;

    #[test]
    fn a_clock_that_nobody_keeps_or_that_is_wrong_is_told() {
        let verdict = |synchronised, error| verdict(Facts { synchronised, error }).verdict;
        assert_eq!(verdict(true, 20_000), Verdict::Ok);
        assert_eq!(verdict(true, 16_000_000), Verdict::Warn);
        assert_eq!(verdict(false, 0), Verdict::Warn);
        assert!(facts().is_some());
    }
}
