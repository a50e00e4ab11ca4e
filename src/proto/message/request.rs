//! What clients ask.

use serde::{Deserialize, Serialize};

use crate::proto::{Key, Offset, Role, Signal, SpawnSpec, Winsize};

/// Names a Session on one Machine: its id or its name.
pub type Selector = String;

/// Everything a client can ask. Each kind is decided in one place, `agent::authorize`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "op", rename_all = "snake_case")]
pub enum Request {
    /// Answered with [`Reply::Done`](crate::proto::Reply::Done).
    Ping,
    /// [`Reply::Agent`](crate::proto::Reply::Agent).
    AgentInfo,
    /// [`Reply::Sessions`](crate::proto::Reply::Sessions).
    ListSessions,
    /// [`Reply::Session`](crate::proto::Reply::Session).
    GetSession {
        /// Which.
        session: Selector,
    },
    /// The Session that last had output or input; [`Reply::Session`](crate::proto::Reply::Session).
    ActiveSession,
    /// [`Reply::Session`](crate::proto::Reply::Session).
    CreateSession {
        /// What to start.
        spec: SpawnSpec,
    },
    /// [`Reply::Session`](crate::proto::Reply::Session).
    Rename {
        /// Which.
        session: Selector,
        /// Its new name.
        name: String,
    },
    /// [`Reply::Done`](crate::proto::Reply::Done); many in a row are coalesced and the last is always applied.
    Resize {
        /// Which.
        session: Selector,
        /// New size.
        size: Winsize,
    },
    /// Sends a signal to the program's foreground process group. [`Reply::Done`](crate::proto::Reply::Done).
    Signal {
        /// Which.
        session: Selector,
        /// Which signal.
        signal: Signal,
    },
    /// Ends the whole process tree. [`Reply::Done`](crate::proto::Reply::Done) once nothing of it is left.
    Kill {
        /// Which.
        session: Selector,
    },
    /// Forgets an ended Session and its Log. [`Reply::Done`](crate::proto::Reply::Done).
    Remove {
        /// Which.
        session: Selector,
    },
    /// Starts Updates for a Session. [`Reply::Attached`](crate::proto::Reply::Attached), then binary frames on that channel.
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
    /// Ends an attachment or a tail. [`Reply::Done`](crate::proto::Reply::Done).
    Detach {
        /// Whose.
        channel: u32,
    },
    /// Changes the role of an attachment. [`Reply::Done`](crate::proto::Reply::Done).
    SetRole {
        /// Whose.
        channel: u32,
        /// New role.
        role: Role,
    },
    /// Tells the size and pace of an attachment's view. [`Reply::Done`](crate::proto::Reply::Done).
    /// It never reaches the program of an observer's attachment.
    Viewport {
        /// Whose.
        channel: u32,
        /// Size of the view.
        size: Winsize,
        /// At most this many Updates a second, 1 to 60.
        fps: u8,
    },
    /// Asks for a whole Snapshot as the next Update. [`Reply::Done`](crate::proto::Reply::Done).
    Refresh {
        /// Whose.
        channel: u32,
    },
    /// Types text without being attached. [`Reply::Done`](crate::proto::Reply::Done) once it is queued whole.
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
    /// Presses keys without being attached, encoded for the program's modes. [`Reply::Done`](crate::proto::Reply::Done).
    SendKeys {
        /// Which.
        session: Selector,
        /// In order.
        keys: Vec<Key>,
    },
    /// The visible screen. [`Reply::Screen`](crate::proto::Reply::Screen).
    Screen {
        /// Which.
        session: Selector,
        /// Also return each row with SGR sequences.
        ansi: bool,
    },
    /// A page of history, rendered from the Log at `cols`. [`Reply::History`](crate::proto::Reply::History).
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
    /// Finds a pattern in history. [`Reply::Matches`](crate::proto::Reply::Matches).
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
    /// Where in history a Log offset is. [`Reply::Located`](crate::proto::Reply::Located).
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
    /// Alerts, oldest first. [`Reply::Alerts`](crate::proto::Reply::Alerts).
    Alerts {
        /// Of one Session, or of all.
        session: Option<Selector>,
        /// Only those with a greater sequence.
        after: Option<u64>,
        /// At most this many: the newest ones.
        limit: u32,
    },
    /// Sets the "since last seen" counters to zero, of one Session or of all. [`Reply::Done`](crate::proto::Reply::Done).
    MarkSeen {
        /// Of one Session, or of all.
        session: Option<Selector>,
    },
    /// Starts events on this connection: first [`Event::Sessions`](crate::proto::Event::Sessions), then changes. [`Reply::Done`](crate::proto::Reply::Done).
    Subscribe,
    /// Streams the Log's bytes. [`Reply::Tailing`](crate::proto::Reply::Tailing), then binary output frames within the credit.
    Tail {
        /// Which.
        session: Selector,
        /// Where to begin.
        from: Begin,
        /// Go on with what comes; otherwise the stream ends at the Log's present end.
        follow: bool,
        /// Tell when the bytes came, and when the terminal got another size: frames of the kinds
        /// timed and resized instead of output.
        #[serde(default)]
        timed: bool,
    },
    /// Lines of the Log that match. [`Reply::Lines`](crate::proto::Reply::Lines).
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
    /// Waits until a pattern is seen. [`Reply::Found`](crate::proto::Reply::Found), or the error `Timeout`.
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
    /// Reads the configuration again; a bad one changes nothing. [`Reply::Done`](crate::proto::Reply::Done).
    ReloadConfig,
    /// Another program takes the Agent's place while Sessions go on.
    /// [`Reply::Upgraded`](crate::proto::Reply::Upgraded).
    Upgrade {
        /// The program, on the Agent's machine: an absolute path.
        program: String,
    },
    /// Ends the Agent and every Session. [`Reply::Done`](crate::proto::Reply::Done).
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
