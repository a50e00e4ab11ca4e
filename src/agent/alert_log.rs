//! The Agent's memory of Alerts: the newest ones of all Sessions, numbered.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::proto::{Alert, SessionId};

/// Alerts kept; older ones remain counted.
const CAPACITY: usize = 10_000;

/// The newest Alerts, oldest first.
#[derive(Debug, Default)]
pub struct AlertLog {
    ring: Mutex<Ring>,
}

#[derive(Debug, Default)]
struct Ring {
    alerts: VecDeque<Alert>,
    /// Sequence of the newest Alert; the first is 1.
    last: u64,
}

impl AlertLog {
    /// Numbers an Alert and keeps it; the numbered one.
    pub fn push(&self, mut alert: Alert) -> Alert {
        let mut ring = self.ring();
        ring.last += 1;
        alert.sequence = ring.last;
        if ring.alerts.len() == CAPACITY {
            ring.alerts.pop_front();
        }
        ring.alerts.push_back(alert.clone());
        alert
    }

    /// Takes over the Alerts of an Agent before, with their numbers. Only before the first
    /// [`AlertLog::push`].
    pub fn restore(&self, mut alerts: Vec<Alert>) {
        alerts.sort_by_key(|alert| alert.sequence);
        let mut ring = self.ring();
        ring.last = alerts.last().map_or(0, |alert| alert.sequence);
        let surplus = alerts.len().saturating_sub(CAPACITY);
        ring.alerts = alerts.into_iter().skip(surplus).collect();
    }

    /// Sequence of the newest Alert; 0 before the first.
    pub fn last(&self) -> u64 {
        self.ring().last
    }

    /// The newest `limit` Alerts after sequence `after`, of one Session or of all, oldest first;
    /// and how many more there were that are not returned.
    pub fn after(&self, after: u64, session: Option<SessionId>, limit: usize) -> (Vec<Alert>, u64) {
        let ring = self.ring();
        let wanted = |alert: &&Alert| session.is_none_or(|id| id == alert.session_id);
        let fresh = ring.alerts.iter().rev().take_while(|alert| alert.sequence > after);
        let mut newest: Vec<Alert> = fresh.filter(wanted).take(limit).cloned().collect();
        newest.reverse();
        let skipped = match session {
            None => (ring.last.saturating_sub(after)).saturating_sub(newest.len() as u64),
            Some(_) => 0,
        };
        (newest, skipped)
    }

    fn ring(&self) -> MutexGuard<'_, Ring> {
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::Severity;
    use uuid::Uuid;

    fn alert(session: u128) -> Alert {
        Alert {
            sequence: 0,
            session_id: SessionId(Uuid::from_u128(session)),
            time: chrono::DateTime::default(),
            severity: Severity::Error,
            rule: "r".into(),
            text: "t".into(),
            span: (0, 1),
            offset: 0,
            end: 1,
        }
    }

    #[test]
    fn the_newest_are_returned_in_order_and_the_rest_is_counted() {
        let log = AlertLog::default();
        for session in [1, 2, 1, 1] {
            log.push(alert(session));
        }
        let sequences = |alerts: &[Alert]| alerts.iter().map(|a| a.sequence).collect::<Vec<_>>();
        let (all, skipped) = log.after(1, None, 2);
        assert_eq!((sequences(&all), skipped), (vec![3, 4], 1));
        let (one, _) = log.after(0, Some(SessionId(Uuid::from_u128(2))), 9);
        assert_eq!(sequences(&one), [2]);
    }

    #[test]
    fn memory_is_bounded() {
        let log = AlertLog::default();
        for _ in 0..CAPACITY + 5 {
            log.push(alert(1));
        }
        let (kept, skipped) = log.after(0, None, usize::MAX);
        assert_eq!((kept.len(), skipped), (CAPACITY, 5));
        assert_eq!(log.last(), CAPACITY as u64 + 5);
    }
}
