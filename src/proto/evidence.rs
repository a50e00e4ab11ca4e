//! What is known of an Agent's audit log and of a Session's recording.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// How an audit log is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuditState {
    /// There is none.
    #[default]
    Off,
    /// Everything is written.
    Written,
    /// It cannot be written now, or entries were lost that no line tells of yet.
    Failing,
}

impl AuditState {
    /// The word on the wire and on the screen.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Written => "written",
            Self::Failing => "failing",
        }
    }
}

/// What is known of an Agent's audit log.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct AuditInfo {
    /// How it is doing.
    pub state: AuditState,
    /// The file that is written; empty before the first line.
    pub file: String,
    /// Number of the last line.
    pub seq: u64,
    /// Its hash, hexadecimal: whoever notes it elsewhere can tell later whether the log was made anew.
    pub hash: String,
    /// Entries that were lost since the Agent started.
    pub lost: u64,
    /// Why it is failing.
    pub error: Option<String>,
}

/// How a Session is recorded. The greater one is the stricter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RecordMode {
    /// The Session goes on while its recording cannot be written.
    BestEffort,
    /// Nothing reaches the program while its recording cannot be written.
    Strict,
}

impl RecordMode {
    /// The word on the wire and on the screen.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::BestEffort => "best-effort",
            Self::Strict => "strict",
        }
    }
}

impl FromStr for RecordMode {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::BestEffort, Self::Strict].into_iter().find(|mode| mode.word() == text).ok_or_else(
            || format!("`{}` is no way to record; use best-effort or strict", text.escape_debug()),
        )
    }
}

/// How a recording is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordingState {
    /// It goes on.
    Recording,
    /// It cannot be written now.
    Failing,
    /// The program has ended, and everything is written.
    Done,
}

impl RecordingState {
    /// The word on the wire and on the screen.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Recording => "recording",
            Self::Failing => "failing",
            Self::Done => "done",
        }
    }
}

/// What is known of a Session's recording.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordingInfo {
    /// How it is made.
    pub mode: RecordMode,
    /// How it is doing.
    pub state: RecordingState,
    /// The file, on the Agent's machine.
    pub file: String,
    /// Bytes of output that are missing in it.
    pub missing: u64,
    /// Why it cannot be written.
    pub error: Option<String>,
}
