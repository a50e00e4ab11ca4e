//! Pauses between tries to connect.

use std::time::Duration;

/// First pause before connecting again.
const BACKOFF_MIN: Duration = Duration::from_millis(250);
/// Longest pause.
const BACKOFF_MAX: Duration = Duration::from_secs(15);

/// Doubling pauses with a cap and jitter, so that a fleet does not come back all at once.
#[derive(Debug)]
pub struct Backoff {
    next: Duration,
}

impl Default for Backoff {
    fn default() -> Self {
        Self { next: BACKOFF_MIN }
    }
}

impl Backoff {
    /// The next pause.
    pub fn pause(&mut self) -> Duration {
        let base = self.next;
        self.next = (base * 2).min(BACKOFF_MAX);
        base.mul_f64(0.75 + 0.5 * random_fraction())
    }
}

/// In `0.0..1.0`; without an entropy source the middle, which only costs the jitter.
fn random_fraction() -> f64 {
    getrandom::u32().map_or(0.5, |value| f64::from(value) / f64::from(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_cap() {
        let mut backoff = Backoff::default();
        let pauses: Vec<_> = (0..12).map(|_| backoff.pause()).collect();
        assert!(pauses[0] >= BACKOFF_MIN.mul_f64(0.75) && pauses[0] <= BACKOFF_MIN.mul_f64(1.25));
        assert!(pauses.iter().all(|pause| *pause <= BACKOFF_MAX.mul_f64(1.25)));
        assert!(pauses[11] >= BACKOFF_MAX.mul_f64(0.75));
    }
}
