//! Children that ended. The holder is a subreaper: what loses its parent becomes its child.

use std::io::{self, Read};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;

use rustix::process::{Pid, WaitOptions, WaitStatus, wait};

use crate::proto::ExitStatus;

/// Told by the kernel when a child ends.
#[derive(Debug)]
pub(super) struct Reaper {
    ended: UnixStream,
}

impl Reaper {
    /// Begins to listen, and becomes the parent of those who lose theirs.
    ///
    /// # Errors
    /// When signals cannot be handled.
    pub(super) fn new() -> io::Result<Self> {
        rustix::process::set_child_subreaper(Some(rustix::process::getpid()))?;
        let (ended, told) = UnixStream::pair()?;
        ended.set_nonblocking(true)?;
        signal_hook::low_level::pipe::register(signal_hook::consts::SIGCHLD, told)?;
        Ok(Self { ended })
    }

    /// Takes the exit status of every child that ended; that of `leader` is returned.
    pub(super) fn reap(&mut self, leader: Pid) -> Option<ExitStatus> {
        let mut noted = [0; 64];
        while matches!(self.ended.read(&mut noted), Ok(1..)) {}
        let mut found = None;
        while let Ok(Some((pid, status))) = wait(WaitOptions::NOHANG) {
            if pid == leader {
                found = Some(exit_status(status));
            }
        }
        found
    }
}

impl AsFd for Reaper {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.ended.as_fd()
    }
}

fn exit_status(status: WaitStatus) -> ExitStatus {
    ExitStatus { code: status.exit_status(), signal: status.terminating_signal() }
}
