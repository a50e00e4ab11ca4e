//! A terminal played by this program: starts a command in it, writes keys, reads what is drawn.

#[path = "../../tests/support/pty.rs"]
mod pty;

use std::io::{Read, Write};
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use watchdeck::proto::Winsize;

/// Ends its command with this value.
pub struct Terminal {
    pub child: Child,
    master: std::fs::File,
}

impl Terminal {
    pub fn run(command: Command, size: Winsize) -> Self {
        let (master, child) = pty::run(command, size);
        Self { child, master }
    }

    pub fn write(&mut self, bytes: &[u8]) {
        self.master.write_all(bytes).expect("typed");
    }

    /// Reads until nothing came for `silence`; returns how many bytes that were.
    pub fn drain(&mut self, silence: Duration) -> usize {
        let mut total = 0;
        while let Some(bytes) = self.read(silence) {
            if bytes.is_empty() {
                break;
            }
            total += bytes.len();
        }
        total
    }

    /// Reads until `wanted` was drawn (as it stands, without sequences in between).
    pub fn until(&mut self, wanted: &[u8], limit: Duration) -> bool {
        let deadline = Instant::now() + limit;
        let mut seen = Vec::new();
        while Instant::now() < deadline {
            let Some(bytes) = self.read(deadline - Instant::now()) else { return false };
            seen.extend_from_slice(&bytes);
            if seen.windows(wanted.len()).any(|window| window == wanted) {
                return true;
            }
            let keep = seen.len().saturating_sub(wanted.len());
            seen.drain(..keep);
        }
        false
    }

    /// What is there now or within `limit`; nothing after it, `None` at the end.
    pub fn read(&mut self, limit: Duration) -> Option<Vec<u8>> {
        let timeout = Timespec {
            tv_sec: i64::try_from(limit.as_secs()).ok()?,
            tv_nsec: i64::from(limit.subsec_nanos()),
        };
        let mut fds = [PollFd::new(&self.master, PollFlags::IN)];
        if poll(&mut fds, Some(&timeout)).ok()? == 0 {
            return Some(Vec::new());
        }
        let mut buffer = vec![0; 64 << 10];
        let count = self.master.read(&mut buffer).ok()?;
        buffer.truncate(count);
        (count > 0).then_some(buffer)
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
