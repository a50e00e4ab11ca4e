//! Control messages: JSON text messages on the wire, and the types that HTTP and `--json` share.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Role;

mod event;
mod reply;
mod request;

pub use event::Event;
pub use reply::{
    AgentInfo, HistoryLine, HistoryPage, Line, Match, Reply, ScreenCursor, ScreenText, SpanMark,
};
pub use request::{Begin, Request, Selector};

/// The protocol's generation. It is raised only when framing breaks; everything else is additive.
pub const PROTOCOL: u32 = 1;

/// Feature of a client that understands packed messages, and of an Agent that sends them to it.
pub const FEATURE_DEFLATE: &str = "deflate";

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
    /// Random identity that the client keeps over its connections: by it the Agent knows which of its
    /// numbered input was applied already. To be kept secret from others.
    #[serde(default)]
    pub client_id: Option<Uuid>,
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
    /// It would have to be recorded, and that fails now; nothing was done.
    NotRecorded,
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
