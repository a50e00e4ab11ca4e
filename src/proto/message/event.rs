//! What Agents tell without being asked.

use serde::{Deserialize, Serialize};

use crate::proto::{Activity, Alert, SessionId, SessionInfo};

/// What an Agent tells without being asked, after [`Request::Subscribe`](crate::proto::Request::Subscribe).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// Every Session; replaces what the client knew. Also sent after the client lagged.
    Sessions {
        /// The Sessions.
        sessions: Vec<SessionInfo>,
    },
    /// A Session is new or changed.
    Session {
        /// The Session.
        session: Box<SessionInfo>,
    },
    /// A Session was removed.
    Removed {
        /// Whose.
        session_id: SessionId,
    },
    /// Counters and ends of Logs of Sessions that had output; at most ten a second.
    Activity {
        /// One per changed Session.
        items: Vec<Activity>,
    },
    /// The newest Alerts; those beyond 20 at a time are only counted.
    Alerts {
        /// Oldest first.
        alerts: Vec<Alert>,
        /// How many were left out.
        skipped: u64,
    },
    /// The program rang the bell.
    Bell {
        /// Whose.
        session_id: SessionId,
    },
    /// A channel was closed by the Agent.
    Closed {
        /// Which.
        channel: u32,
        /// Why.
        reason: String,
    },
    /// A message this version does not know; skipped.
    #[serde(other)]
    Unknown,
}
