//! A machine: how it is reached and how that goes.

use std::time::Duration;

use crate::proto::SessionStatus;

/// A machine that is lost for this long is no longer expected back at any moment.
pub const GRACE: Duration = Duration::from_secs(60);

/// How the way to a machine is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Link {
    /// Trying for the first time.
    Connecting,
    /// Connected.
    Up,
    /// Lost or not reached; the next try is at `at` (monotonic).
    Retrying {
        /// What happened.
        reason: String,
        /// No Agent listens there.
        absent: bool,
        /// When the next try is.
        at: Duration,
    },
    /// The Agent refused; a human must act.
    Refused {
        /// Why, and what to do.
        reason: String,
    },
    /// Something on the way there only a human can settle.
    NeedsYou {
        /// What to run, if that is known, then what stands in the way: the end may be cut off.
        sentence: String,
        /// What the list says: what to run, or what stands in the way.
        note: String,
    },
}

/// A configured machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Machine {
    /// Its configured name.
    pub name: String,
    /// It is the one the dashboard runs on.
    pub local: bool,
    /// How the way to it is.
    pub link: Link,
    /// Which connection this is; answers of others are dropped.
    pub epoch: u64,
    /// When it was lost (monotonic); `None` while connected or before the first connection.
    pub lost_at: Option<Duration>,
    /// Its Sessions were listed at least once.
    pub listed: bool,
}

impl Machine {
    /// A machine nobody tried to reach yet.
    #[must_use]
    pub fn new(name: impl Into<String>, local: bool) -> Self {
        Self {
            name: name.into(),
            local,
            link: Link::Connecting,
            epoch: 0,
            lost_at: None,
            listed: false,
        }
    }

    /// Whether requests and input can be sent to it.
    #[must_use]
    pub const fn is_up(&self) -> bool {
        matches!(self.link, Link::Up)
    }

    /// For how long it has been lost; `None` while it is connected or was never.
    #[must_use]
    pub fn lost_for(&self, now: Duration) -> Option<Duration> {
        self.lost_at.map(|at| now.saturating_sub(at))
    }

    /// What its Sessions are as far as can be seen from here, while it is out of reach.
    #[must_use]
    pub fn status(&self, now: Duration) -> SessionStatus {
        match (self.is_up(), self.lost_for(now)) {
            (true, _) => SessionStatus::Connected,
            (false, None) => SessionStatus::Pending,
            (false, Some(gone)) if gone < GRACE => SessionStatus::GracePeriod,
            (false, Some(_)) => SessionStatus::Disconnected,
        }
    }
}
