//! A Session as the list and the counters know it.

use std::time::Duration;

use crate::proto::{Activity, SessionInfo};

use super::Spark;

/// How long a counter that rose is shown bold.
pub const RISING: Duration = Duration::from_secs(2);

/// A Session, shown or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// What the Agent says of it.
    pub info: SessionInfo,
    /// Its recent output.
    pub spark: Spark,
    /// A counter rose; bold until then (monotonic).
    pub rising_until: Duration,
}

impl Session {
    /// A Session just heard of.
    #[must_use]
    pub fn new(info: SessionInfo) -> Self {
        Self { info, spark: Spark::default(), rising_until: Duration::ZERO }
    }

    /// Takes over what the Agent now says of it.
    pub fn replace(&mut self, info: SessionInfo, now: Duration) {
        self.grown(info.counts.errors, info.counts.warnings, info.log_end, now);
        self.info = info;
    }

    /// Takes over counters and the Log's end.
    pub fn update(&mut self, activity: &Activity, now: Duration) {
        let counts = activity.counts;
        self.grown(counts.errors, counts.warnings, activity.log_end, now);
        self.info.counts = counts;
        self.info.unseen = activity.unseen;
        self.info.log_end = activity.log_end;
        self.info.last_output_at = activity.last_output_at;
        self.info.input_waiting = activity.input_waiting;
        self.info.output_stopped = activity.output_stopped;
    }

    fn grown(&mut self, errors: u64, warnings: u64, log_end: u64, now: Duration) {
        if errors > self.info.counts.errors || warnings > self.info.counts.warnings {
            self.rising_until = now + RISING;
        }
        self.spark.add(now, log_end.saturating_sub(self.info.log_end));
    }

    /// Whether it has errors or warnings that nobody marked as seen.
    #[must_use]
    pub const fn has_unseen(&self) -> bool {
        self.info.unseen.errors > 0 || self.info.unseen.warnings > 0
    }
}
