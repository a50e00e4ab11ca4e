//! What the parts of an Agent tell each other: that a Session changed, that counters moved.
//! Telling never waits; a listener that lags learns that it lagged and asks for everything again.

use tokio::sync::{broadcast, watch};

use crate::proto::SessionId;

use super::alert_log::AlertLog;

/// Changes that may wait for a slow listener before it must start over.
const CHANGES_CAPACITY: usize = 256;

/// Something happened to a Session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// It is new or different.
    Session(SessionId),
    /// It is gone.
    Removed(SessionId),
    /// Its program rang the bell.
    Bell(SessionId),
}

/// One per Agent.
#[derive(Debug)]
pub struct Hub {
    changes: broadcast::Sender<Change>,
    activity: watch::Sender<u64>,
    /// Alerts of all Sessions.
    pub alerts: AlertLog,
}

impl Default for Hub {
    fn default() -> Self {
        Self {
            changes: broadcast::Sender::new(CHANGES_CAPACITY),
            activity: watch::Sender::new(0),
            alerts: AlertLog::default(),
        }
    }
}

impl Hub {
    /// Tells every listener.
    pub fn tell(&self, change: Change) {
        // Nobody listening is fine.
        let _ = self.changes.send(change);
    }

    /// Some Session's output or counters moved.
    pub fn tell_activity(&self) {
        self.activity.send_modify(|count| *count = count.wrapping_add(1));
    }

    /// Changes from now on.
    pub fn changes(&self) -> broadcast::Receiver<Change> {
        self.changes.subscribe()
    }

    /// Wakes when output or counters moved.
    pub fn activity(&self) -> watch::Receiver<u64> {
        self.activity.subscribe()
    }
}
