//! The side of the Agent that runs: starting its successor, and letting it go on.

use std::io::{self, IoSlice};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream as StdStream;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, sendmsg};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::UnixStream;
use tokio::process::{Child, Command};
use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::net::token_variables;
use crate::proto::{ErrorCode, Reply, WireError};

use super::{FDS_MAX, GO, LINE_MAX, READY, READY_DEADLINE, SERVING, SERVING_DEADLINE};

/// A successor that could go on, and who wants to hear whether it did.
#[derive(Debug)]
pub struct Offer {
    /// The successor.
    pub successor: Successor,
    /// The answer to whoever asked.
    pub answer: oneshot::Sender<Result<Reply, WireError>>,
}

/// A started successor. One that is dropped ends by itself.
#[derive(Debug)]
pub struct Successor {
    stream: BufReader<UnixStream>,
    version: String,
    child: Child,
}

impl Successor {
    /// Starts `program` with `arguments` as the successor, passes it what it will serve, and waits
    /// until it could go on.
    ///
    /// # Errors
    /// It cannot be started, or does not get ready. Nothing has changed then.
    pub async fn start(
        program: &Path,
        arguments: &[String],
        fds: &[BorrowedFd<'_>],
    ) -> Result<Self, WireError> {
        let failed = |error: io::Error| {
            let sentence =
                format!("cannot start {}: {error}; the agent goes on", program.display());
            WireError::new(ErrorCode::SpawnFailed, sentence)
        };
        let (ours, theirs) = StdStream::pair().map_err(failed)?;
        pass(&ours, fds).map_err(failed)?;
        let child = command(program, arguments, theirs.into()).spawn().map_err(failed)?;
        ours.set_nonblocking(true).map_err(failed)?;
        let stream = BufReader::new(UnixStream::from_std(ours).map_err(failed)?);
        let mut successor = Self { stream, version: String::new(), child };
        let line = successor.line(READY_DEADLINE).await;
        match line.as_deref().map(|line| line.strip_prefix(READY)) {
            Ok(Some(version)) => successor.version = version.to_owned(),
            Ok(None) => return Err(not_ready(program, "it is no watchdeck agent")),
            Err(error) if error.kind() == io::ErrorKind::TimedOut => {
                return Err(not_ready(program, "it took too long"));
            }
            Err(_) => return Err(not_ready(program, "it ended; the agent's log says why")),
        }
        Ok(successor)
    }

    /// Its version.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Its process; 0 when it has ended.
    pub fn pid(&self) -> u32 {
        self.child.id().unwrap_or(0)
    }

    /// Lets it go on; returns once it accepts connections.
    ///
    /// # Errors
    /// It does not, and is killed.
    pub async fn go(&mut self) -> io::Result<()> {
        let told = self.tell(GO).await;
        let line = match told {
            Ok(()) => self.line(SERVING_DEADLINE).await,
            Err(error) => Err(error),
        };
        match line {
            Ok(line) if line == SERVING => Ok(()),
            wrong => {
                // It must not touch anything any more once everything is taken back.
                let _ = self.child.kill().await;
                Err(wrong.err().unwrap_or_else(|| io::ErrorKind::InvalidData.into()))
            }
        }
    }

    async fn tell(&mut self, word: &str) -> io::Result<()> {
        self.stream.get_mut().write_all(format!("{word}\n").as_bytes()).await
    }

    async fn line(&mut self, deadline: Duration) -> io::Result<String> {
        let mut line = String::new();
        let mut limited = (&mut self.stream).take(LINE_MAX);
        let count = timeout(deadline, limited.read_line(&mut line)).await??;
        match line.strip_suffix('\n') {
            Some(line) => Ok(line.to_owned()),
            None if count == 0 => Err(io::ErrorKind::UnexpectedEof.into()),
            None => Err(io::ErrorKind::InvalidData.into()),
        }
    }
}

fn not_ready(program: &Path, why: &str) -> WireError {
    let sentence =
        format!("{} did not get ready: {why}; the agent goes on as it was", program.display());
    WireError::new(ErrorCode::SpawnFailed, sentence)
}

/// The descriptors travel with one byte (unix(7), `SCM_RIGHTS`).
fn pass(stream: &StdStream, fds: &[BorrowedFd<'_>]) -> io::Result<()> {
    let mut space = [std::mem::MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(FDS_MAX))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    if !control.push(SendAncillaryMessage::ScmRights(fds)) {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let sent = sendmsg(stream.as_fd(), &[IoSlice::new(b".")], &mut control, SendFlags::NOSIGNAL)?;
    if sent == 1 { Ok(()) } else { Err(io::ErrorKind::WriteZero.into()) }
}

fn command(program: &Path, arguments: &[String], stdin: OwnedFd) -> Command {
    let mut command = Command::new(program);
    for name in token_variables() {
        command.env_remove(name);
    }
    command.args(arguments).stdin(Stdio::from(stdin));
    // SAFETY: setsid is async-signal-safe; nothing is allocated between fork and exec.
    #[allow(unsafe_code)]
    unsafe {
        // The terminal of the old Agent, if there is one, gets its prompt back; it must not hang up the new.
        command.pre_exec(|| Ok(rustix::process::setsid().map(|_| ())?));
    }
    command
}
