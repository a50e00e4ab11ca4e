//! The wire: ids, value types, messages and the frame codec. Pure: no tokio, no I/O, no clock.

mod evidence;
mod frame;
pub mod key;
mod key_name;
mod message;
pub mod name;
pub mod pack;
mod session;
mod types;
pub mod update;

pub use evidence::{AuditInfo, AuditState, RecordMode, RecordingInfo, RecordingState};
pub use frame::{Frame, FrameError, InputKind};
pub use key::{Key, KeyCode, KeyError, Modifiers};
pub use message::{
    AgentHello, AgentInfo, AgentMessage, Begin, ClientHello, ClientMessage, ErrorCode, Event,
    FEATURE_DEFLATE, HistoryLine, HistoryPage, Line, Match, PROTOCOL, Reply, Request, ScreenCursor,
    ScreenText, Selector, SpanMark, WireError,
};
pub use name::{NameError, validate_name};
pub use pack::CheckpointError;
pub use session::{
    Activity, Alert, AttachedClient, ExitStatus, SessionId, SessionInfo, SessionStatus, Signal,
    SpawnSpec,
};
pub use types::{Counts, Offset, Role, Severity, Winsize};
pub use update::{MarkColor, RowMark, RowUpdate, Update, UpdateError};
