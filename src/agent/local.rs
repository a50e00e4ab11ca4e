//! The local Agent, started in the background when none runs.

use std::io;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use tokio::net::UnixStream;
use tokio::time::Instant;

use crate::config::private;
use crate::net::token_variables;

use super::service;

/// How long a started Agent may take to listen.
const START_DEADLINE: Duration = Duration::from_secs(10);
/// How long the winner of a race may take to listen once the loser ended.
const RACE_DEADLINE: Duration = Duration::from_secs(1);
/// Pause between two looks.
const POLL: Duration = Duration::from_millis(10);

/// Why there is no local Agent.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Its process could not be started.
    #[error("cannot start the local agent: {0}")]
    Spawn(#[source] io::Error),
    /// It ended or never listened.
    #[error("the local agent did not start; its log is {log}")]
    Silent {
        /// Where it says why.
        log: PathBuf,
    },
}

/// Starts `program arguments…` as the local Agent in the background unless one serves `socket`
/// already, and returns once it accepts connections. It goes on when this process ends.
///
/// # Errors
/// When it cannot be started or does not listen in time; `log` says why.
pub async fn ensure_running(
    socket: &Path,
    program: &Path,
    arguments: &[String],
    log: &Path,
) -> Result<(), StartError> {
    if UnixStream::connect(socket).await.is_ok() {
        return Ok(());
    }
    let mut child = spawn(program, arguments, log).map_err(StartError::Spawn)?;
    let mut deadline = Instant::now() + START_DEADLINE;
    loop {
        if UnixStream::connect(socket).await.is_ok() {
            return Ok(());
        }
        // One that lost a race against another start ended early; then the winner is about to listen.
        if matches!(child.try_wait(), Ok(Some(_))) {
            deadline = deadline.min(Instant::now() + RACE_DEADLINE);
        }
        if Instant::now() >= deadline {
            return Err(StartError::Silent { log: log.to_owned() });
        }
        tokio::time::sleep(POLL).await;
    }
}

fn spawn(program: &Path, arguments: &[String], log: &Path) -> io::Result<std::process::Child> {
    if let Some(dir) = log.parent() {
        private::dir(dir).map_err(io::Error::other)?;
    }
    let log = std::fs::OpenOptions::new().create(true).append(true).open(log)?;
    let mut command = Command::new(program);
    // A client's tokens are no business of the Agent's, and would stay readable in /proc.
    for name in token_variables() {
        command.env_remove(name);
    }
    // It would speak for whatever service this process runs in.
    command.env_remove(service::VARIABLE);
    command
        .args(arguments)
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::from(log));
    // SAFETY: setsid is async-signal-safe; nothing is allocated between fork and exec.
    #[allow(unsafe_code)]
    unsafe {
        // Its own session: closing the user's terminal must not hang it up.
        command.pre_exec(|| Ok(rustix::process::setsid().map(|_| ())?));
    }
    command.spawn()
}
