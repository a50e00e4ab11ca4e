//! Control messages: JSON text messages on the wire, and the types that HTTP and `--json` share.

use serde::{Deserialize, Serialize};

use super::{
    Activity, Alert, Counts, Key, MarkColor, Offset, Role, SessionId, SessionInfo, Severity,
    Signal, SpawnSpec, Winsize,
};

/// The protocol's generation. It is raised only when framing breaks; everything else is additive.
pub const PROTOCOL: u32 = 1;

/// First message of a client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientHello {
    /// See [`PROTOCOL`].
    pub protocol: u32,
    /// The client's version, for people.
    pub version: String,
    /// What the client calls itself in `attached_clients`.
    pub name: String,
    /// The most this connection wants to do; the Agent never grants more.
    pub role: Role,
    /// Optional abilities; unknown ones are ignored.
    #[serde(default)]
    pub features: Vec<String>,
}

/// The Agent's answer to [`ClientHello`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentHello {
    /// See [`PROTOCOL`].
    pub protocol: u32,
    /// The Agent's version, for people.
    pub version: String,
    /// The Machine's name.
    pub machine: String,
    /// The Machine's host name, as its kernel tells it.
    pub hostname: String,
    /// Random identity of this run of the Agent; another one means that it was restarted.
    pub boot_id: String,
    /// The role this connection got.
    pub role: Role,
    /// Optional abilities; unknown ones are ignored.
    #[serde(default)]
    pub features: Vec<String>,
}

/// Text messages from a client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ClientMessage {
    /// Must come first, and once.
    Hello(ClientHello),
    /// Asks for something; answered by exactly one [`AgentMessage::Response`] with the same id.
    Request {
        /// Chosen by the client; shared with the ids of binary input.
        id: u64,
        /// What is asked.
        #[serde(flatten)]
        request: Request,
    },
}

/// Text messages from an Agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum AgentMessage {
    /// Answers the client's hello.
    Hello(AgentHello),
    /// Answers a request, or refuses a binary input.
    Response {
        /// The request's id.
        id: u64,
        /// The answer or the refusal.
        result: Result<Reply, WireError>,
    },
    /// Tells something without being asked.
    Event(Event),
    /// The Agent closes the connection, for this reason.
    Bye(WireError),
}

/// Names a Session on one Machine: its id or its name.
pub type Selector = String;

/// Everything a client can ask. Each kind is decided in one place, `agent::authorize`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "op", rename_all = "snake_case")]
pub enum Request {
    /// Answered with [`Reply::Done`].
    Ping,
    /// [`Reply::Agent`].
    AgentInfo,
    /// [`Reply::Sessions`].
    ListSessions,
    /// [`Reply::Session`].
    GetSession {
        /// Which.
        session: Selector,
    },
    /// The Session that last had output or input; [`Reply::Session`].
    ActiveSession,
    /// [`Reply::Session`].
    CreateSession {
        /// What to start.
        spec: SpawnSpec,
    },
    /// [`Reply::Session`].
    Rename {
        /// Which.
        session: Selector,
        /// Its new name.
        name: String,
    },
    /// [`Reply::Done`]; many in a row are coalesced and the last is always applied.
    Resize {
        /// Which.
        session: Selector,
        /// New size.
        size: Winsize,
    },
    /// Sends a signal to the program's foreground process group. [`Reply::Done`].
    Signal {
        /// Which.
        session: Selector,
        /// Which signal.
        signal: Signal,
    },
    /// Ends the whole process tree. [`Reply::Done`] once nothing of it is left.
    Kill {
        /// Which.
        session: Selector,
    },
    /// Forgets an ended Session and its Log. [`Reply::Done`].
    Remove {
        /// Which.
        session: Selector,
    },
    /// Starts Updates for a Session. [`Reply::Attached`], then binary frames on that channel.
    Attach {
        /// Which.
        session: Selector,
        /// Wanted role.
        role: Role,
        /// Size of the view; becomes the Session's size once this operator types.
        size: Option<Winsize>,
        /// At most this many Updates a second, 1 to 60.
        fps: u8,
    },
    /// Ends an attachment or a tail. [`Reply::Done`].
    Detach {
        /// Whose.
        channel: u32,
    },
    /// Changes the role of an attachment. [`Reply::Done`].
    SetRole {
        /// Whose.
        channel: u32,
        /// New role.
        role: Role,
    },
    /// Tells the size and pace of an attachment's view. [`Reply::Done`].
    /// It never reaches the program of an observer's attachment.
    Viewport {
        /// Whose.
        channel: u32,
        /// Size of the view.
        size: Winsize,
        /// At most this many Updates a second, 1 to 60.
        fps: u8,
    },
    /// Asks for a whole Snapshot as the next Update. [`Reply::Done`].
    Refresh {
        /// Whose.
        channel: u32,
    },
    /// Types text without being attached. [`Reply::Done`] once it is queued whole.
    SendText {
        /// Which.
        session: Selector,
        /// The text; line ends become carriage returns.
        text: String,
        /// Press Enter after it.
        enter: bool,
        /// Send as a paste (filtered, and bracketed where the program asked for it).
        paste: bool,
    },
    /// Presses keys without being attached, encoded for the program's modes. [`Reply::Done`].
    SendKeys {
        /// Which.
        session: Selector,
        /// In order.
        keys: Vec<Key>,
    },
    /// The visible screen. [`Reply::Screen`].
    Screen {
        /// Which.
        session: Selector,
        /// Also return each row with SGR sequences.
        ansi: bool,
    },
    /// A page of history, rendered from the Log at `cols`. [`Reply::History`].
    History {
        /// Which.
        session: Selector,
        /// Width to wrap at.
        cols: u16,
        /// The Log's end to render up to; now when absent. Keep it to get a view that stands still.
        end: Option<Offset>,
        /// Rows between the page's last row and the bottom of the rendering.
        up: u32,
        /// Rows wanted, at most 1000.
        count: u32,
    },
    /// Finds a pattern in history. [`Reply::Matches`].
    Search {
        /// Which.
        session: Selector,
        /// Regular expression (Rust `regex` syntax).
        pattern: String,
        /// Ignore case.
        ignore_case: bool,
        /// Width the rows are counted at.
        cols: u16,
        /// The Log's end to search up to; now when absent.
        end: Option<Offset>,
    },
    /// Where in history a Log offset is. [`Reply::Located`].
    Locate {
        /// Which.
        session: Selector,
        /// Width the rows are counted at.
        cols: u16,
        /// The Log's end of the rendering; now when absent.
        end: Option<Offset>,
        /// The offset looked for.
        offset: Offset,
    },
    /// Alerts, oldest first. [`Reply::Alerts`].
    Alerts {
        /// Of one Session, or of all.
        session: Option<Selector>,
        /// Only those with a greater sequence.
        after: Option<u64>,
        /// At most this many: the newest ones.
        limit: u32,
    },
    /// Sets the "since last seen" counters to zero, of one Session or of all. [`Reply::Done`].
    MarkSeen {
        /// Of one Session, or of all.
        session: Option<Selector>,
    },
    /// Starts events on this connection: first [`Event::Sessions`], then changes. [`Reply::Done`].
    Subscribe,
    /// Streams the Log's bytes. [`Reply::Tailing`], then binary output frames within the credit.
    Tail {
        /// Which.
        session: Selector,
        /// Where to begin.
        from: Begin,
        /// Go on with what comes; otherwise the stream ends at the Log's present end.
        follow: bool,
    },
    /// Lines of the Log that match. [`Reply::Lines`].
    Grep {
        /// Which.
        session: Selector,
        /// Regular expression (Rust `regex` syntax).
        pattern: String,
        /// Ignore case.
        ignore_case: bool,
        /// At most this many: the newest ones.
        limit: u32,
    },
    /// Waits until a pattern is seen. [`Reply::Found`], or the error `Timeout`.
    Wait {
        /// Which.
        session: Selector,
        /// Regular expression, matched against each line.
        pattern: String,
        /// Where to begin.
        from: Begin,
        /// Milliseconds.
        timeout_ms: u64,
    },
    /// Reads the configuration again; a bad one changes nothing. [`Reply::Done`].
    ReloadConfig,
    /// Ends the Agent and every Session. [`Reply::Done`].
    Shutdown,
}

/// A place in a Session's output to begin at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Begin {
    /// What the screen shows now, then what comes.
    Screen,
    /// Only what comes.
    Now,
    /// The oldest byte still in the Log.
    Start,
    /// This offset.
    Offset(Offset),
    /// This many lines before the end.
    Lines(u32),
}

/// Answers to requests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Reply {
    /// It was done.
    Done,
    /// About the Agent.
    Agent(AgentInfo),
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
        /// See [`Request::History`].
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
    /// See [`AgentHello::boot_id`].
    pub boot_id: String,
    /// When it started.
    pub started_at: chrono::DateTime<chrono::Utc>,
    /// Where it listens.
    pub listening: Vec<String>,
    /// Sessions, ended ones included.
    pub sessions: u32,
    /// Totals over all its Sessions.
    pub counts: Counts,
    /// Connections now.
    pub clients: u32,
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

/// What an Agent tells without being asked, after [`Request::Subscribe`].
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

/// Stable error codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ErrorCode {
    /// No Session has this id or name.
    SessionNotFound,
    /// The role does not allow it.
    PermissionDenied,
    /// It did not happen in time.
    Timeout,
    /// The request makes no sense, or makes none now.
    InvalidRequest,
    /// Not a name, or taken.
    InvalidName,
    /// No valid credential.
    Unauthorized,
    /// A limit was reached; the sentence names it.
    LimitExceeded,
    /// The machine has no pseudo-terminals left.
    PtyExhausted,
    /// The program could not be started.
    SpawnFailed,
    /// This Agent does not know the request.
    Unsupported,
    /// The Agent is ending.
    ShuttingDown,
    /// The Session's program has ended.
    SessionEnded,
    /// A fault of the Agent.
    Internal,
}

/// A refusal: a stable code and a sentence for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct WireError {
    /// For programs.
    pub code: ErrorCode,
    /// What failed, where, and what to do.
    pub message: String,
}

impl WireError {
    /// A refusal with `code` and a sentence.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }
}
