//! The local Agent, started in the background when none runs.

use std::io;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
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

/// The local Agent as it would be started in the background; it goes on when this process ends.
#[derive(Debug, Clone)]
pub struct Start {
    /// The socket that it serves.
    pub socket: PathBuf,
    /// The program.
    pub program: PathBuf,
    /// The program's arguments.
    pub arguments: Vec<String>,
    /// Where it says what goes wrong.
    pub log: PathBuf,
}

impl Start {
    /// Starts it unless one serves the socket already, and returns once it accepts connections.
    ///
    /// # Errors
    /// When it cannot be started or does not listen in time; `log` says why.
    pub async fn unless_running(&self) -> Result<(), StartError> {
        if self.is_running().await {
            return Ok(());
        }
        let mut child = self.spawn().map_err(StartError::Spawn)?;
        let mut deadline = Instant::now() + START_DEADLINE;
        loop {
            if self.is_running().await {
                return Ok(());
            }
            // One that lost a race against another start ended early; then the winner is about to listen.
            if matches!(child.try_wait(), Ok(Some(_))) {
                deadline = deadline.min(Instant::now() + RACE_DEADLINE);
            }
            if Instant::now() >= deadline {
                return Err(StartError::Silent { log: self.log.clone() });
            }
            tokio::time::sleep(POLL).await;
        }
    }

    async fn is_running(&self) -> bool {
        UnixStream::connect(&self.socket).await.is_ok()
    }

    fn spawn(&self) -> io::Result<std::process::Child> {
        if let Some(dir) = self.log.parent() {
            private::dir(dir).map_err(io::Error::other)?;
        }
        let log = std::fs::OpenOptions::new().create(true).append(true).open(&self.log)?;
        let mut command = Command::new(&self.program);
        // A client's tokens are no business of the Agent's, and would stay readable in /proc.
        for name in token_variables() {
            command.env_remove(name);
        }
        // It would speak for whatever service this process runs in.
        command.env_remove(service::VARIABLE);
        command
            .args(&self.arguments)
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
}
