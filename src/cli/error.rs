//! Why a verb failed: one sentence that says what, on which machine, and what to do.

use std::io::{self, ErrorKind};

use crate::client::ClientError;
use crate::net::{LinkError, NeedKind};
use crate::proto::ErrorCode;

use super::exit::Exit;

/// Why a verb failed.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// The arguments contradict each other or the situation.
    #[error("{0}")]
    Usage(String),
    /// No such machine or session, or more than one.
    #[error("{0}")]
    NotFound(String),
    /// A machine could not be reached.
    #[error("{machine}: {source}; {advice}")]
    Unreachable {
        /// Its name.
        machine: String,
        /// What happened.
        source: ClientError,
        /// What to do.
        advice: &'static str,
    },
    /// Several machines were asked and some did not answer; each was reported already.
    #[error("{0} of the machines could not be asked")]
    Partly(usize),
    /// A machine's agent refused or broke off.
    #[error("{machine}: {source}")]
    Machine {
        /// Its name.
        machine: String,
        /// What happened.
        source: ClientError,
    },
    /// It did not happen in time.
    #[error("{0}")]
    Timeout(String),
    /// The answer is no, and the exit code says it all.
    #[error("no")]
    No,
    /// It failed for the reason given.
    #[error("{0}")]
    Failed(String),
    /// A file or stream failed.
    #[error("{what}: {source}")]
    Io {
        /// Which, and what was tried.
        what: String,
        /// What the system said.
        source: io::Error,
    },
    /// Something below failed that has its own chain of causes.
    #[error("{0:#}")]
    Other(#[from] anyhow::Error),
}

impl CliError {
    /// Wraps an error of reading or writing `what`.
    pub fn io(what: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let what = what.into();
        move |source| Self::Io { what, source }
    }

    /// The exit code.
    #[must_use]
    pub fn exit(&self) -> Exit {
        match self {
            Self::Usage(_) => Exit::Usage,
            Self::NotFound(_) => Exit::NotFound,
            Self::Unreachable { .. } | Self::Partly(_) => Exit::Unreachable,
            Self::Timeout(_) => Exit::Timeout,
            Self::Machine { source, .. } => agent_exit(source),
            Self::Io { source, .. } if source.kind() == ErrorKind::BrokenPipe => Exit::PipeClosed,
            Self::No | Self::Failed(_) | Self::Io { .. } | Self::Other(_) => Exit::Failure,
        }
    }

    /// Whether there is nothing to say beyond the exit code.
    #[must_use]
    pub fn is_silent(&self) -> bool {
        matches!(self, Self::No) || self.exit() == Exit::PipeClosed
    }
}

fn agent_exit(error: &ClientError) -> Exit {
    match error {
        ClientError::Link(LinkError::NeedsYou(need)) if need.kind == NeedKind::Identity => {
            Exit::Untrusted
        }
        ClientError::Link(LinkError::Refused { .. }) => Exit::Denied,
        ClientError::Link(_) => Exit::Unreachable,
        ClientError::Deadline(_) => Exit::Timeout,
        ClientError::Protocol(_) | ClientError::Token(_) => Exit::Failure,
        ClientError::Refused(refusal) => match refusal.code {
            ErrorCode::SessionNotFound => Exit::NotFound,
            ErrorCode::PermissionDenied | ErrorCode::Unauthorized => Exit::Denied,
            ErrorCode::Timeout => Exit::Timeout,
            ErrorCode::ShuttingDown => Exit::Unreachable,
            ErrorCode::InvalidRequest
            | ErrorCode::InvalidName
            | ErrorCode::LimitExceeded
            | ErrorCode::PtyExhausted
            | ErrorCode::SpawnFailed
            | ErrorCode::Unsupported
            | ErrorCode::SessionEnded
            | ErrorCode::NotRecorded
            | ErrorCode::Internal => Exit::Failure,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::WireError;

    #[test]
    fn an_agents_refusal_has_its_own_code_and_names_the_machine() {
        for (code, exit) in [
            (ErrorCode::SessionNotFound, Exit::NotFound),
            (ErrorCode::PermissionDenied, Exit::Denied),
            (ErrorCode::Timeout, Exit::Timeout),
            (ErrorCode::SessionEnded, Exit::Failure),
        ] {
            let source = ClientError::Refused(WireError::new(code, "a sentence"));
            let error = CliError::Machine { machine: "web-1".to_owned(), source };
            assert_eq!(error.exit(), exit);
            assert_eq!(error.to_string(), "web-1: a sentence");
        }
    }

    #[test]
    fn a_closed_pipe_is_silent_and_another_fault_is_not() {
        let closed = CliError::io("standard output")(ErrorKind::BrokenPipe.into());
        assert!(closed.is_silent() && closed.exit() == Exit::PipeClosed);
        let full = CliError::io("standard output")(ErrorKind::StorageFull.into());
        assert!(!full.is_silent() && full.exit() == Exit::Failure);
    }
}
