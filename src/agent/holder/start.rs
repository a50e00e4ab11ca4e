//! Starting a holder.

use std::io::Write;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::Stdio;

use tokio::process::Command;

use crate::holder::VERB;
use crate::holder::pty::Launch;
use crate::holder::wire::Order;

use super::open::{OpenError, open};
use super::{Holder, link};

/// Why there is no new Session.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The kernel has no pseudo-terminals left.
    #[error("{0}")]
    NoPty(String),
    /// The program, or the holder for it, could not be started.
    #[error("{0}")]
    Spawn(String),
}

impl From<OpenError> for StartError {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Failed { kind: 1, message } => Self::NoPty(message),
            other => Self::Spawn(other.to_string()),
        }
    }
}

/// Starts `program` as the holder of a new Session.
///
/// # Errors
/// When it, or the Session's program, cannot be started; nothing is left of it then.
pub async fn start(program: &Path, launch: &Launch) -> Result<Holder, StartError> {
    let failed =
        |error: std::io::Error| StartError::Spawn(format!("cannot start a holder: {error}"));
    let (ours, theirs) = UnixStream::pair().map_err(failed)?;
    let mut order = Vec::new();
    let json = serde_json::to_vec(launch).map_err(|error| failed(error.into()))?;
    Order::Start(json).encode(&mut order);
    let mut child = command(program, theirs.into()).spawn().map_err(failed)?;
    let opened = tokio::task::spawn_blocking(move || {
        let mut stream = ours;
        stream.write_all(&order)?;
        open(stream)
    });
    let opened = opened.await;
    if !matches!(opened, Ok(Ok(_))) {
        // Nobody would know of the program that it may have started; without its holder it is hung up.
        let _ = child.start_kill();
    }
    // It outlives us when it must; while we live, it is our child to be waited for.
    tokio::spawn(async move { child.wait().await });
    let opened = opened.map_err(|error| StartError::Spawn(error.to_string()))??;
    link::run(opened).map(|(holder, _)| holder).map_err(failed)
}

fn command(program: &Path, stdin: OwnedFd) -> Command {
    let mut command = Command::new(program);
    command
        .arg(VERB)
        .env_clear()
        .stdin(Stdio::from(stdin))
        .stdout(Stdio::null())
        .kill_on_drop(false);
    command
}
