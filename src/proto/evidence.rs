//! What is known of an Agent's audit log and of a Session's recording.

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
