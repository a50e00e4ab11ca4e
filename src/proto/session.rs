//! What a Session is, as every client, file and API sees it.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Counts, Offset, RecordMode, RecordingInfo, Role, Severity, Winsize};

/// Identity of a Session: unique over all machines and never used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SessionId(pub Uuid);

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for SessionId {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

/// Where a Session is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SessionStatus {
    /// Created; its program has not been started yet.
    Pending,
    /// Its program runs.
    Connected,
    /// Its program ended and the last output is drained, or the machine is out of reach for now.
    GracePeriod,
    /// It is over; the log stays readable until the Session is removed.
    Disconnected,
}

impl SessionStatus {
    /// The word on the wire and on the screen.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Connected => "CONNECTED",
            Self::GracePeriod => "GRACE_PERIOD",
            Self::Disconnected => "DISCONNECTED",
        }
    }
}

/// How a program ended: by a code or by a signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ExitStatus {
    /// The exit code, when it exited by itself.
    pub code: Option<i32>,
    /// The signal's number, when one killed it.
    pub signal: Option<i32>,
}

impl ExitStatus {
    /// The code a shell would report: the exit code, or 128 plus the signal's number.
    #[must_use]
    pub fn shell_code(self) -> i32 {
        self.code.unwrap_or_else(|| self.signal.map_or(255, |signal| 128 + signal))
    }

    /// Whether it ended with exit code 0.
    #[must_use]
    pub fn success(self) -> bool {
        self.code == Some(0)
    }
}

impl fmt::Display for ExitStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.code, self.signal) {
            (Some(code), _) => write!(f, "exit {code}"),
            (None, Some(signal)) => write!(f, "signal {signal}"),
            (None, None) => f.write_str("ended"),
        }
    }
}

/// The signals a client may send.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
#[allow(missing_docs)] // the variants are the POSIX names
pub enum Signal {
    Int,
    Term,
    Kill,
    Hup,
    Quit,
    Tstp,
    Cont,
    Usr1,
    Usr2,
    Winch,
}

impl Signal {
    /// Every signal, in the order help texts show them.
    pub const ALL: [Self; 10] = [
        Self::Int,
        Self::Term,
        Self::Kill,
        Self::Hup,
        Self::Quit,
        Self::Tstp,
        Self::Cont,
        Self::Usr1,
        Self::Usr2,
        Self::Winch,
    ];

    /// The POSIX name without `SIG`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Int => "INT",
            Self::Term => "TERM",
            Self::Kill => "KILL",
            Self::Hup => "HUP",
            Self::Quit => "QUIT",
            Self::Tstp => "TSTP",
            Self::Cont => "CONT",
            Self::Usr1 => "USR1",
            Self::Usr2 => "USR2",
            Self::Winch => "WINCH",
        }
    }
}

impl FromStr for Signal {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let upper = text.to_ascii_uppercase();
        let name = upper.strip_prefix("SIG").unwrap_or(&upper);
        Self::ALL.into_iter().find(|signal| signal.name() == name).ok_or_else(|| {
            let names: Vec<_> = Self::ALL.iter().map(|signal| signal.name()).collect();
            format!("`{text}` is not a signal watchdeck sends; use one of {}", names.join(" "))
        })
    }
}

/// What to start in a new Session.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SpawnSpec {
    /// Program and arguments; empty for the user's login shell.
    pub command: Vec<String>,
    /// Working directory; the Agent's user's home when absent.
    pub cwd: Option<String>,
    /// Variables added to the Session's clean base environment.
    pub env: BTreeMap<String, String>,
    /// First size of the terminal; the Agent's default when absent.
    pub size: Option<Winsize>,
    /// The Session's name; made from the program when absent.
    pub name: Option<String>,
    /// Labels, matched by alert rules and filters.
    pub labels: BTreeMap<String, String>,
    /// Groups Sessions that belong to one piece of work.
    pub workspace_id: Option<String>,
    /// Record it so, or more strictly if the Agent records every Session so.
    pub record: Option<RecordMode>,
}

/// One client on one Session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttachedClient {
    /// What the client calls itself, for example `deploy@laptop dashboard`.
    pub name: String,
    /// Its role on this Session.
    pub role: Role,
    /// The size of its view.
    pub size: Option<Winsize>,
    /// When it attached.
    pub since: DateTime<Utc>,
}

/// Everything known of a Session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionInfo {
    /// Identity.
    pub session_id: SessionId,
    /// Name, unique on its Machine.
    pub name: String,
    /// Name of the Machine it runs on.
    pub machine: String,
    /// The Machine's host name, as its kernel tells it.
    pub machine_hostname: String,
    /// The piece of work it belongs to.
    pub workspace_id: String,
    /// State of its life.
    pub status: SessionStatus,
    /// Program and arguments.
    pub command: Vec<String>,
    /// Working directory: where it was started, then what the program reports (OSC 7).
    pub cwd: String,
    /// Labels.
    pub labels: BTreeMap<String, String>,
    /// The TERM its program sees.
    pub term: String,
    /// Process id of the program.
    pub pid: Option<u32>,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// When its program was started.
    pub connected_at: Option<DateTime<Utc>>,
    /// When the Agent last knew its program alive.
    pub last_heartbeat_at: Option<DateTime<Utc>>,
    /// When the program last wrote something.
    pub last_output_at: Option<DateTime<Utc>>,
    /// Who is attached.
    pub attached_clients: Vec<AttachedClient>,
    /// Height of the terminal.
    pub rows: u16,
    /// Width of the terminal.
    pub cols: u16,
    /// Window title the program set.
    pub title: String,
    /// Errors and warnings since the Session began.
    pub counts: Counts,
    /// Errors and warnings since somebody last marked the Session as seen.
    pub unseen: Counts,
    /// How the program ended.
    pub exit_status: Option<ExitStatus>,
    /// When the program ended.
    pub ended_at: Option<DateTime<Utc>>,
    /// First byte still in the Log.
    pub log_start: Offset,
    /// End of the Log: bytes of output so far.
    pub log_end: Offset,
    /// Bytes of input that the program has not taken yet, when it has stopped reading; else 0.
    pub input_waiting: u64,
    /// Output was stopped by Ctrl-S (XOFF) and waits for Ctrl-Q.
    #[serde(default)]
    pub output_stopped: bool,
    /// Processes that the program left behind when it ended.
    #[serde(default)]
    pub orphans: u32,
    /// Bytes of output that were overwritten while no agent was there, so that errors and warnings in
    /// them were not counted.
    #[serde(default)]
    pub uncounted: u64,
    /// Why nothing is known of the program's end: `reboot` or `holder`.
    #[serde(default)]
    pub lost: Option<String>,
    /// Its recording, when the Agent makes one.
    #[serde(default)]
    pub recording: Option<Box<RecordingInfo>>,
}

impl SessionInfo {
    /// The terminal's size.
    #[must_use]
    pub const fn size(&self) -> Winsize {
        Winsize { rows: self.rows, cols: self.cols }
    }

    /// Whether its program may still write.
    #[must_use]
    pub const fn is_live(&self) -> bool {
        !matches!(self.status, SessionStatus::Disconnected)
    }
}

/// The part of [`SessionInfo`] that changes with every line of output.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Activity {
    /// Whose.
    pub session_id: SessionId,
    /// Totals.
    pub counts: Counts,
    /// Since last seen.
    pub unseen: Counts,
    /// End of the Log.
    pub log_end: Offset,
    /// When the program last wrote.
    pub last_output_at: Option<DateTime<Utc>>,
    /// See [`SessionInfo::input_waiting`].
    pub input_waiting: u64,
    /// See [`SessionInfo::output_stopped`].
    #[serde(default)]
    pub output_stopped: bool,
}

/// One counted event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alert {
    /// Position in the Agent's alert log; grows by one with each Alert.
    pub sequence: u64,
    /// Session it was seen in.
    pub session_id: SessionId,
    /// When the Agent read it.
    pub time: DateTime<Utc>,
    /// Error or warning.
    pub severity: Severity,
    /// The user rule or built-in detector that decided.
    pub rule: String,
    /// The line's text, stripped of escape sequences, at most 512 bytes.
    pub text: String,
    /// Byte range of `text` that decided.
    pub span: (usize, usize),
    /// Offset of the line's first byte in the Log.
    pub offset: Offset,
    /// Offset just after the line.
    pub end: Offset,
}
