//! What Agents answer.

use serde::{Deserialize, Serialize};

use crate::proto::{Alert, AuditInfo, Counts, MarkColor, Offset, Role, SessionInfo, Severity};

/// Answers to requests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Reply {
    /// It was done.
    Done,
    /// About the Agent.
    Agent(AgentInfo),
    /// Another process is the Agent now.
    Upgraded {
        /// Its version.
        version: String,
        /// Its process.
        pid: u32,
        /// Milliseconds in which nobody was served.
        away_ms: u32,
    },
    /// One Session.
    Session {
        /// The Session.
        session: Box<SessionInfo>,
    },
    /// Every Session, oldest first.
    Sessions {
        /// The Sessions.
        sessions: Vec<SessionInfo>,
    },
    /// The attachment's channel, and the Session as it is now.
    Attached {
        /// Channel of its binary frames.
        channel: u32,
        /// The role it got.
        role: Role,
        /// The Session.
        session: Box<SessionInfo>,
        /// Number of this client's newest input that the terminal took whole, on any connection; 0
        /// before the first.
        #[serde(default)]
        applied: u64,
        /// Number of its newest input that is on its way to the terminal or there: it need not be sent
        /// again.
        #[serde(default)]
        accepted: u64,
        /// Numbers up to `accepted` that were refused, as far as the Agent remembers: a cut may have
        /// taken its word for that.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        refused: Vec<u64>,
    },
    /// A tail's channel.
    Tailing {
        /// Channel of its binary frames.
        channel: u32,
        /// First offset that will come.
        from: Offset,
        /// The Log's end now.
        end: Offset,
    },
    /// The visible screen.
    Screen(ScreenText),
    /// A page of history.
    History(HistoryPage),
    /// Matches, oldest first.
    Matches {
        /// The matches; at most 10,000.
        matches: Vec<Match>,
        /// The Log's end they belong to.
        end: Offset,
        /// Rows in the whole rendering.
        total: u32,
    },
    /// Rows above the bottom of the rendering.
    Located {
        /// See [`Request::History`](crate::proto::Request::History).
        up: u32,
        /// The Log's end it belongs to.
        end: Offset,
        /// Rows in the whole rendering.
        total: u32,
    },
    /// Alerts, oldest first.
    Alerts {
        /// The Alerts.
        alerts: Vec<Alert>,
    },
    /// Lines, oldest first.
    Lines {
        /// The lines.
        lines: Vec<Line>,
        /// More matched than asked for.
        truncated: bool,
    },
    /// A wait was satisfied.
    Found(Line),
}

/// A line of text and where it begins in the Log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Offset of its first byte.
    pub offset: Offset,
    /// Its text, stripped of escape sequences.
    pub text: String,
}

/// About an Agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentInfo {
    /// The Machine's name.
    pub machine: String,
    /// The Machine's host name.
    pub hostname: String,
    /// The Agent's version.
    pub version: String,
    /// Its process id.
    pub pid: u32,
    /// See [`AgentHello::boot_id`](crate::proto::AgentHello::boot_id).
    pub boot_id: String,
    /// When it started.
    pub started_at: chrono::DateTime<chrono::Utc>,
    /// Where it listens.
    pub listening: Vec<String>,
    /// SHA-256 of its certificate, when it listens with TLS.
    #[serde(default)]
    pub fingerprint: Option<String>,
    /// Sessions, ended ones included.
    pub sessions: u32,
    /// Totals over all its Sessions.
    pub counts: Counts,
    /// Connections now.
    pub clients: u32,
    /// Its audit log.
    #[serde(default)]
    pub audit: Box<AuditInfo>,
}

/// The visible screen as text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScreenText {
    /// Height.
    pub rows: u16,
    /// Width.
    pub cols: u16,
    /// The cursor, 0-based.
    pub cursor: ScreenCursor,
    /// Window title the program set.
    pub title: String,
    /// One string per row, trailing blanks removed.
    pub text: Vec<String>,
    /// One string per row with SGR sequences, when asked for.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub ansi: Option<Vec<String>>,
    /// The alternate screen is shown.
    pub alternate: bool,
    /// The Log's offset that the screen shows.
    pub offset: Offset,
}

/// A position on a screen, 0-based.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScreenCursor {
    /// Row.
    pub row: u16,
    /// Column.
    pub col: u16,
    /// Whether the program shows it.
    pub visible: bool,
}

/// Rows of history, top to bottom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryPage {
    /// The Log's end it belongs to.
    pub end: Offset,
    /// Rows in the whole rendering.
    pub total: u32,
    /// Rows between the last returned row and the bottom.
    pub up: u32,
    /// Bytes that were dropped from the Log before the rendering's first row.
    pub lost: Offset,
    /// The rows.
    pub rows: Vec<HistoryLine>,
}

/// One row of history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryLine {
    /// Its cells with SGR sequences, starting from default attributes.
    pub ansi: String,
    /// Offset of the line it belongs to.
    pub offset: Offset,
    /// It goes on in the next row.
    pub wrapped: bool,
    /// Its severity mark.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub mark: Option<SpanMark>,
}

/// A severity and the columns that decided, `start..end`, 0-based.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpanMark {
    /// Error or warning.
    pub severity: Severity,
    /// First column.
    pub start: u16,
    /// Column after the last.
    pub end: u16,
    /// The colour of the user's rule that decided, when it has one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub color: Option<MarkColor>,
}

/// A search hit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Match {
    /// Rows above the bottom of the rendering.
    pub up: u32,
    /// First column.
    pub start: u16,
    /// Column after the last, on the same row.
    pub end: u16,
}
