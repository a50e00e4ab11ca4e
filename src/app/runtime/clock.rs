//! The only clock of the dashboard.

use chrono::Local;
use tokio::time::Instant;

use crate::app::event::Now;

/// Tells the moment of events.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    start: Instant,
}

impl Clock {
    /// A clock that begins now.
    #[must_use]
    pub fn start() -> Self {
        Self { start: Instant::now() }
    }

    /// The present moment.
    #[must_use]
    pub fn now(&self) -> Now {
        Now { mono: self.start.elapsed(), wall: Local::now().fixed_offset() }
    }

    /// A monotonic time of events as an instant to sleep until.
    #[must_use]
    pub fn instant(&self, mono: std::time::Duration) -> Instant {
        self.start + mono
    }
}
