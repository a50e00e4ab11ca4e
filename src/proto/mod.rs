//! The wire: ids, value types, messages and the frame codec. Pure: no tokio, no I/O, no clock.

mod frame;
mod message;
mod session;
mod types;

pub use frame::{Frame, FrameError, InputKind};
pub use message::{
    AgentHello, AgentInfo, AgentMessage, Begin, ClientHello, ClientMessage, CursorPosition,
    ErrorCode, Event, HistoryLine, HistoryPage, Line, Match, PROTOCOL, Reply, Request, ScreenText,
    Selector, SpanMark, WireError,
};
pub use session::{
    Activity, Alert, AttachedClient, ExitStatus, SessionId, SessionInfo, SessionStatus, Signal,
    SpawnSpec,
};
pub use types::{Counts, Offset, Role, Severity, Winsize};

/// Stand-in until key names are parsed.
pub type Key = String;
