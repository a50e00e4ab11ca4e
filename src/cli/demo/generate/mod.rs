//! `watchdeck generate`: realistic output for the demo, one small file per kind.
//!
//! A [`Generator`] is pure: seed and time in, text and pauses out. Only [`pace`] writes and waits.

mod clock;
mod db;
mod deploy;
mod dice;
mod java;
mod json;
mod pace;
mod web;

use std::time::Duration;

use chrono::{DateTime, Utc};

pub use pace::{Args, run};

/// What one turn of a [`Generator`] writes at once, and the pause that follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beat {
    /// Whole lines, or a part of one that a carriage return overwrites later.
    pub text: String,
    /// Pause after it, at the natural pace.
    pub pause: Duration,
}

impl Beat {
    fn new(text: String, pause_ms: u64) -> Self {
        Self { text, pause: Duration::from_millis(pause_ms) }
    }
}

/// Makes output without end.
pub trait Generator {
    /// The next turn; `now` is the time that its lines show.
    fn next(&mut self, now: DateTime<Utc>) -> Beat;
}

/// What can be generated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Kind {
    /// nginx access and error lines.
    Web,
    /// postgres log.
    Db,
    /// A deploy with a progress bar.
    Deploy,
    /// log4j lines with stack traces.
    Java,
    /// JSON lines of two services.
    Json,
    /// A full-screen clock.
    Clock,
}

impl Kind {
    /// The word on the command line.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Web => "web",
            Self::Db => "db",
            Self::Deploy => "deploy",
            Self::Java => "java",
            Self::Json => "json",
            Self::Clock => "clock",
        }
    }
}

#[cfg(test)]
mod tests;
