//! Why a Link could not be opened or broke.

use std::fmt;
use std::time::Duration;

use tokio_tungstenite::tungstenite;

use super::Refusal;
use super::pulse::DEAD_AFTER;

/// Why a Link could not be opened or broke.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// Nothing listens, or the network failed.
    #[error("cannot reach {address}: {}", plainly(source))]
    Connect {
        /// The address.
        address: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// Nothing answered in time.
    #[error("{address} did not answer within {} s", .after.as_secs())]
    Deadline {
        /// The address.
        address: String,
        /// How long it was waited for.
        after: Duration,
    },
    /// The Agent refused the connection.
    #[error("{address} refused the connection: {reason}")]
    Refused {
        /// The address.
        address: String,
        /// What it said.
        reason: String,
    },
    /// Only a human can go on.
    #[error(transparent)]
    NeedsYou(Box<Need>),
    /// A peer asked to be let in and was not.
    #[error("turned away: {0}")]
    Turned(Refusal),
    /// The peer sent a message longer than is accepted.
    #[error("a message was longer than {0} bytes")]
    TooLong(usize),
    /// The peer said nothing, not even that it is there.
    #[error("nothing was heard for {} s", DEAD_AFTER.as_secs())]
    Silent,
    /// The peer broke the protocol, or the network failed.
    #[error("the connection broke: {0}")]
    Broken(#[from] Box<tungstenite::Error>),
    /// The peer, or something between, ended the connection without a word.
    #[error("the connection broke off")]
    BrokenOff,
    /// The peer closed the connection.
    #[error("the connection was closed")]
    Closed,
}

impl From<tungstenite::Error> for LinkError {
    fn from(error: tungstenite::Error) -> Self {
        use tungstenite::error::{CapacityError, Error, ProtocolError};
        match error {
            Error::ConnectionClosed | Error::AlreadyClosed => Self::Closed,
            Error::Capacity(CapacityError::MessageTooLong { max_size, .. }) => {
                Self::TooLong(max_size)
            }
            // The other side ended without a word: no fault of the protocol.
            Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) => Self::BrokenOff,
            other => Self::Broken(Box::new(other)),
        }
    }
}

/// What only a human can do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Need {
    /// What it is about.
    pub kind: NeedKind,
    /// What stands in the way, as a sentence without its full stop.
    pub reason: String,
    /// A command line that shows more or settles it.
    pub command: Option<String>,
}

/// What a [`Need`] is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NeedKind {
    /// Whether this is the right machine: a host key or certificate is new, wrong or has changed.
    Identity,
    /// Proving who one is: a password, a passphrase, a second factor.
    Login,
    /// watchdeck there is missing or too old.
    Program,
}

impl fmt::Display for Need {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)?;
        self.command.as_ref().map_or(Ok(()), |command| write!(f, "; run `{command}`"))
    }
}

impl LinkError {
    /// Whether nothing listens at the address: there is no Agent.
    #[must_use]
    pub fn is_absent(&self) -> bool {
        matches!(self, Self::Connect { source, .. } if refused(source))
    }

    /// Something only a human can do.
    pub(super) fn needs_you(
        kind: NeedKind,
        reason: impl Into<String>,
        command: Option<String>,
    ) -> Self {
        Self::NeedsYou(Box::new(Need { kind, reason: reason.into(), command }))
    }
}

fn refused(error: &std::io::Error) -> bool {
    matches!(error.raw_os_error(), Some(libc::ECONNREFUSED | libc::ENOENT))
}

/// What the system said of a connection that was not opened, as far as it helps a person.
fn plainly(error: &std::io::Error) -> String {
    if refused(error) { "no agent listens there".to_owned() } else { error.to_string() }
}
