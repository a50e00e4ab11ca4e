//! How long each source must wait, in bounded memory.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use tokio::time::Instant;

use super::Source;

/// Waits for the first offences; then each is twice the one before.
const FIRST: [Duration; 3] =
    [Duration::from_secs(1), Duration::from_secs(5), Duration::from_secs(10)];
/// Longest wait; also how long an offence is remembered after its wait.
const LONGEST: Duration = Duration::from_secs(600);
/// Sources that are remembered at most.
const SOURCES_MAX: usize = 65_536;

#[derive(Debug, Clone, Copy)]
struct Record {
    offences: u32,
    until: Instant,
}

/// The sources that offended lately.
#[derive(Debug, Default)]
pub(super) struct Penalties {
    records: HashMap<Source, Record>,
    /// The same by the end of their wait, so that the one that matters least is found at once.
    order: BTreeSet<(Instant, Source)>,
}

impl Penalties {
    /// Whether a source must still wait.
    pub(super) fn hold(&self, source: Source, now: Instant) -> bool {
        self.records.get(&source).is_some_and(|record| now < record.until)
    }

    /// Counts an offence; how long the source must wait for it.
    pub(super) fn add(&mut self, source: Source, now: Instant) -> Duration {
        self.forget(now);
        let before = self.records.remove(&source);
        if let Some(Record { until, .. }) = before {
            self.order.remove(&(until, source));
        }
        let offences = before.map_or(0, |record| record.offences).saturating_add(1);
        let wait = wait(offences);
        let until = before.map_or(now, |record| record.until.max(now)) + wait;
        let until = until.min(now + LONGEST);
        self.records.insert(source, Record { offences, until });
        self.order.insert((until, source));
        wait
    }

    /// Drops what is over and, when all places are taken, what is over first.
    fn forget(&mut self, now: Instant) {
        while let Some((until, source)) = self.order.first().copied() {
            let over = until + LONGEST <= now;
            if !over && self.records.len() < SOURCES_MAX {
                return;
            }
            self.order.remove(&(until, source));
            self.records.remove(&source);
        }
    }
}

/// The wait for the offence with this number, from 1.
fn wait(offences: u32) -> Duration {
    let index = usize::try_from(offences.saturating_sub(1)).unwrap_or(usize::MAX);
    match FIRST.get(index) {
        Some(first) => *first,
        None => {
            let [.., last] = FIRST;
            let doublings = offences.saturating_sub(3).min(10);
            (last * 2_u32.pow(doublings)).min(LONGEST)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::IpAddr;

    #[test]
    fn waits_grow_to_ten_minutes() {
        let waits: Vec<u64> = (1..=12).map(|offence| wait(offence).as_secs()).collect();
        assert_eq!(waits, [1, 5, 10, 20, 40, 80, 160, 320, 600, 600, 600, 600]);
        assert_eq!(wait(u32::MAX), LONGEST);
    }

    #[tokio::test(start_paused = true)]
    async fn memory_is_bounded_and_what_is_over_is_forgotten() {
        let mut penalties = Penalties::default();
        let now = Instant::now();
        let source = |number: u32| Source(IpAddr::V4(number.into()));
        for number in 0..SOURCES_MAX as u32 + 10 {
            penalties.add(source(number), now);
        }
        assert_eq!(penalties.records.len(), SOURCES_MAX);
        assert_eq!(penalties.order.len(), SOURCES_MAX);
        assert!(penalties.hold(source(SOURCES_MAX as u32), now));
        let later = now + LONGEST + Duration::from_secs(1);
        assert_eq!(penalties.add(source(7), later), Duration::from_secs(1), "all is forgiven");
        assert_eq!(penalties.records.len(), 1);
    }
}
