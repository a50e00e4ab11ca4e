//! What happens to the dashboard. Time comes in with each event, so that no state reads a clock.

use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, FixedOffset};

use crate::proto::{AgentHello, ErrorCode, Event, Key, Reply, Winsize};
use crate::term::mouse::MouseEvent;

use super::effect::Tag;
use super::state::MachineKey;

/// The moment an event is handled at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Now {
    /// Monotonic time since the dashboard began; every deadline is measured in it.
    pub mono: Duration,
    /// The operator's wall clock, for what is shown.
    pub wall: DateTime<FixedOffset>,
}

impl Default for Now {
    fn default() -> Self {
        Self { mono: Duration::ZERO, wall: DateTime::UNIX_EPOCH.fixed_offset() }
    }
}

/// A change of the way to one machine, without the connection itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkChange {
    /// Trying.
    Connecting,
    /// Connected, for the `epoch`th time; channels and answers of earlier epochs mean nothing now.
    Connected {
        /// Grows with each connection.
        epoch: u64,
        /// What the Agent said of itself.
        hello: Box<AgentHello>,
        /// What a person should be told about how it was opened.
        notice: Option<String>,
    },
    /// Lost or not reached; tried again after this pause.
    Retrying {
        /// What happened.
        reason: String,
        /// No Agent listens there.
        absent: bool,
        /// Pause before the next try.
        after: Duration,
    },
    /// Refused; a human must act.
    Refused {
        /// Why, and what to do.
        reason: String,
    },
    /// Something on the way there only a human can settle.
    NeedsYou {
        /// What stands in the way.
        reason: String,
        /// What to run.
        command: Option<String>,
    },
}

/// Why a request failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The Agent's code, when the Agent refused.
    pub code: Option<ErrorCode>,
    /// A sentence for people.
    pub message: String,
}

/// Everything that can happen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AppEvent {
    /// A key was pressed.
    Key(Key),
    /// The outer terminal pasted this text.
    Paste(String),
    /// The mouse did something, at a row and column of the outer terminal.
    Mouse(MouseEvent),
    /// The outer terminal gained or lost the focus.
    Focus(bool),
    /// The outer terminal has this size now.
    Resize(Winsize),
    /// The way to a machine changed.
    Link {
        /// Which machine.
        machine: MachineKey,
        /// How.
        change: LinkChange,
    },
    /// An Agent told something.
    Agent {
        /// Which machine.
        machine: MachineKey,
        /// What.
        event: Event,
    },
    /// An attachment's screen changed; `bytes` is an encoded [`crate::proto::Update`].
    Update {
        /// Which machine.
        machine: MachineKey,
        /// Which attachment.
        channel: u32,
        /// The encoded Update.
        bytes: Bytes,
    },
    /// Input did not reach the program.
    InputRefused {
        /// Which machine.
        machine: MachineKey,
        /// Why, as a sentence.
        reason: String,
    },
    /// The Agent of a machine was to be started, and was not.
    NotStarted {
        /// Which machine.
        machine: MachineKey,
        /// Why, as a sentence.
        reason: String,
    },
    /// A request was answered.
    Reply {
        /// Which machine.
        machine: MachineKey,
        /// The connection it was asked on.
        epoch: u64,
        /// What it was asked for.
        tag: Tag,
        /// The answer.
        result: Result<Reply, Failure>,
    },
    /// Something was put on its way to the clipboard, or could not be.
    Copied(Result<String, String>),
    /// Only time passed: the moment that [`super::state::State::next_wake`] asked for.
    Tick,
}
