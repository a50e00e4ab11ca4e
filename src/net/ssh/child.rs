//! A running ssh: its two streams as a carrier, and what it says on standard error.

use std::io;
use std::os::unix::process::ExitStatusExt;
use std::pin::Pin;
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, ReadBuf};
use tokio::process::{ChildStderr, ChildStdin, ChildStdout, Command};
use tokio::task::JoinHandle;

use crate::config::SshHost;
use crate::net::error::{LinkError, NeedKind};
use crate::net::secret::token_variables;

use super::{Purpose, SshOptions, ssh_arguments, unreachable};

/// What is kept of what ssh says, in bytes: its beginning has the reason.
const SAID_MAX: usize = 16 << 10;

/// A running ssh. Ends, with what it started itself, when this is dropped.
#[derive(Debug)]
pub(super) struct Child {
    process: Group,
    stdin: ChildStdin,
    stdout: ChildStdout,
    said: Arc<Mutex<Vec<u8>>>,
    listening: JoinHandle<()>,
}

impl Child {
    pub(super) fn start(host: &SshHost, options: &SshOptions) -> Result<Self, LinkError> {
        let purpose = options.remote_command.as_deref().map_or(Purpose::Proxy, Purpose::Background);
        let mut process = spawn(&options.program, &ssh_arguments(host, purpose))
            .map_err(|error| cannot_run(host, options, error))?;
        let missing = || unreachable(host, io::Error::other("ssh has no standard streams"));
        let stdin = process.stdin.take().ok_or_else(missing)?;
        let stdout = process.stdout.take().ok_or_else(missing)?;
        let stderr = process.stderr.take().ok_or_else(missing)?;
        let said = Arc::default();
        let listening = tokio::spawn(listen(stderr, Arc::clone(&said)));
        Ok(Self { process: Group(process), stdin, stdout, said, listening })
    }

    pub(super) fn stdout(&mut self) -> &mut ChildStdout {
        &mut self.stdout
    }

    /// Waits until ssh has ended.
    pub(super) async fn exit(&mut self) -> Option<ExitStatus> {
        self.process.0.wait().await.ok()
    }

    /// What ssh said, once it has said all or `patience` is over.
    pub(super) async fn last_words(&mut self, patience: Duration) -> String {
        let _ = tokio::time::timeout(patience, &mut self.listening).await;
        let said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&said).into_owned()
    }

    /// The two streams, once the greeting was read. `rest` came behind it.
    pub(super) fn into_carrier(self, rest: Vec<u8>) -> SshStream {
        let Self { process, stdin, stdout, .. } = self;
        SshStream { rest: io::Cursor::new(rest), stdin, stdout, _process: process }
    }
}

fn spawn(program: &std::path::Path, arguments: &[String]) -> io::Result<tokio::process::Child> {
    let mut command = Command::new(program);
    command
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        // Without a terminal a jump host's ssh could still open a window to ask.
        .env("SSH_ASKPASS_REQUIRE", "never")
        .kill_on_drop(true);
    for name in token_variables() {
        command.env_remove(name);
    }
    // SAFETY: setsid is async-signal-safe; nothing is allocated between fork and exec.
    #[allow(unsafe_code)]
    unsafe {
        // Without a controlling terminal no ssh, not even a jump host's, can ask on it.
        command.pre_exec(|| Ok(rustix::process::setsid().map(|_| ())?));
    }
    command.spawn()
}

fn cannot_run(host: &SshHost, options: &SshOptions, error: io::Error) -> LinkError {
    if error.kind() != io::ErrorKind::NotFound {
        return unreachable(host, error);
    }
    let program = options.program.display();
    let reason = format!("ssh://{host} needs the program {program}, which is not on this machine");
    LinkError::needs_you(NeedKind::Program, reason, None)
}

/// Reads all that ssh says, so that it never waits, and keeps the beginning.
async fn listen(mut stderr: ChildStderr, said: Arc<Mutex<Vec<u8>>>) {
    let mut bytes = [0; 1024];
    while let Ok(read @ 1..) = stderr.read(&mut bytes).await {
        let mut said = said.lock().unwrap_or_else(PoisonError::into_inner);
        let room = SAID_MAX.saturating_sub(said.len()).min(read);
        said.extend_from_slice(bytes.get(..room).unwrap_or_default());
    }
}

/// A process that leads a group. Dropping it ends the group: a `ProxyCommand` too.
#[derive(Debug)]
struct Group(tokio::process::Child);

impl Drop for Group {
    fn drop(&mut self) {
        // None once it was waited for, and then its number may be somebody else's.
        let pid = self.0.id().and_then(|pid| Pid::from_raw(i32::try_from(pid).ok()?));
        if let Some(pid) = pid {
            let _ = kill_process_group(pid, Signal::TERM);
        }
    }
}

/// The streams of an ssh as one carrier.
#[derive(Debug)]
pub(super) struct SshStream {
    rest: io::Cursor<Vec<u8>>,
    stdin: ChildStdin,
    stdout: ChildStdout,
    _process: Group,
}

impl AsyncRead for SshStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let has_rest = self.rest.position() < self.rest.get_ref().len() as u64;
        match has_rest {
            true => Pin::new(&mut self.rest).poll_read(cx, buf),
            false => Pin::new(&mut self.stdout).poll_read(cx, buf),
        }
    }
}

impl AsyncWrite for SshStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stdin).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stdin).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stdin).poll_shutdown(cx)
    }
}

/// How an ended ssh is told: its code, or the signal that ended it.
pub(super) fn describe(exit: Option<ExitStatus>) -> String {
    match exit.map(|exit| (exit.code(), exit.signal())) {
        Some((Some(code), _)) => format!("ssh ended with code {code}"),
        Some((None, Some(signal))) => format!("ssh was ended by signal {signal}"),
        _ => "ssh closed its output".to_owned(),
    }
}
