//! The newest Alerts of all machines, and how many there were each minute.

use std::collections::VecDeque;
use std::time::Duration;

use crate::proto::{Alert, Counts};

use super::{MachineKey, SessionKey};

/// Alerts kept for the strip; the Agents keep the rest.
const KEPT: usize = 100;
/// Minutes kept for the bars.
const MINUTES: usize = 120;

/// An Alert and where it is from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertItem {
    /// The Session.
    pub session: SessionKey,
    /// The Alert.
    pub alert: Alert,
}

/// The strip's content.
#[derive(Debug, Clone, Default)]
pub struct AlertFeed {
    /// Newest first.
    items: VecDeque<AlertItem>,
    /// Oldest first; the last is the minute that runs.
    minutes: VecDeque<Counts>,
    minute: u64,
}

impl AlertFeed {
    /// Adds a machine's Alerts, oldest first. Those that are here already are skipped: after a
    /// reconnect an Agent tells again what it told before.
    pub fn add(&mut self, machine: MachineKey, alerts: Vec<Alert>) {
        for alert in alerts {
            let session = SessionKey { machine, id: alert.session_id };
            let known =
                |item: &AlertItem| item.session == session && item.alert.sequence == alert.sequence;
            if self.items.iter().any(known) {
                continue;
            }
            let at = self.items.partition_point(|item| item.alert.time > alert.time);
            self.items.insert(at, AlertItem { session, alert });
            self.items.truncate(KEPT);
        }
    }

    /// The Alerts, newest first.
    pub fn newest_first(&self) -> impl Iterator<Item = &AlertItem> {
        self.items.iter()
    }

    /// Forgets a Session that is no more.
    pub fn forget(&mut self, session: SessionKey) {
        self.items.retain(|item| item.session != session);
    }

    /// Counts what came at `now` (monotonic).
    pub fn count(&mut self, came: Counts, now: Duration) {
        self.minutes = self.minutes(now).into();
        self.minute = now.as_secs() / 60;
        if let Some(last) = self.minutes.back_mut() {
            *last += came;
        }
    }

    /// Errors and warnings per minute up to `now`, oldest first; the last minute still runs.
    #[must_use]
    pub fn minutes(&self, now: Duration) -> Vec<Counts> {
        let passed = (now.as_secs() / 60).saturating_sub(self.minute);
        let passed = usize::try_from(passed).unwrap_or(MINUTES).min(MINUTES);
        let mut minutes: Vec<_> = self.minutes.iter().copied().collect();
        minutes.resize((minutes.len() + passed).max(1), Counts::default());
        minutes.drain(..minutes.len().saturating_sub(MINUTES));
        minutes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn errors(feed: &AlertFeed, seconds: u64) -> Vec<u64> {
        feed.minutes(Duration::from_secs(seconds)).iter().map(|counts| counts.errors).collect()
    }

    #[test]
    fn minutes_pass_with_and_without_alerts() {
        let mut feed = AlertFeed::default();
        let one = Counts { errors: 1, warnings: 0 };
        feed.count(one, Duration::from_secs(10));
        feed.count(one, Duration::from_secs(59));
        feed.count(one, Duration::from_secs(125));
        assert_eq!(errors(&feed, 130), [2, 0, 1]);
        assert_eq!(errors(&feed, 185), [2, 0, 1, 0]);
        assert_eq!(errors(&feed, 1_000_000).len(), MINUTES);
    }
}
