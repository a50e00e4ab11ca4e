//! The master side of the terminal, in packet mode: each read begins with a byte that says whether
//! data follow or the flow of output changed (`TIOCPKT`, ioctl_tty(2)).

use std::io::IoSliceMut;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::io::Errno;
use rustix::process::{Pid, Signal as OsSignal};

use crate::proto::{Signal, Winsize};

use super::pty;

/// Output was stopped by Ctrl-S.
const PACKET_STOP: u8 = 4;
/// Output goes on.
const PACKET_START: u8 = 8;

/// What a read gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Read {
    /// So many bytes of output.
    Output(usize),
    /// Output was stopped, or goes on.
    Stopped(bool),
    /// Nothing now.
    Nothing,
    /// Nobody has the other side open.
    HungUp,
}

/// The terminal of a Session.
#[derive(Debug)]
pub(super) struct Terminal {
    master: OwnedFd,
}

impl Terminal {
    /// Takes over a master that does not block.
    ///
    /// # Errors
    /// When it has no packet mode.
    pub(super) fn new(master: OwnedFd) -> rustix::io::Result<Self> {
        enable_packets(&master)?;
        Ok(Self { master })
    }

    /// Reads what is there, at most 4095 bytes a time.
    pub(super) fn read(&self, buffer: &mut [u8]) -> Read {
        let mut kind = [0];
        let mut slices = [IoSliceMut::new(&mut kind), IoSliceMut::new(buffer)];
        match rustix::io::readv(&self.master, &mut slices) {
            Ok(0) => Read::HungUp,
            Ok(count) if kind == [0] => Read::Output(count - 1),
            Ok(_) if kind[0] & PACKET_STOP != 0 => Read::Stopped(true),
            Ok(_) if kind[0] & PACKET_START != 0 => Read::Stopped(false),
            // Queues were flushed, or the flow control characters changed.
            Ok(_) => Read::Output(0),
            Err(Errno::INTR) => Read::Output(0),
            Err(Errno::AGAIN) => Read::Nothing,
            // EIO is how Linux says that nobody holds the slave any more.
            Err(_) => Read::HungUp,
        }
    }

    /// Writes what fits; 0 when nothing does.
    pub(super) fn write(&self, bytes: &[u8]) -> usize {
        rustix::io::write(&self.master, bytes).unwrap_or(0)
    }

    /// Gives it another size; the kernel sends SIGWINCH when it changed.
    pub(super) fn resize(&self, size: Winsize) {
        // A terminal that is hung up has no size any more.
        let _ = pty::set_size(&self.master, size);
    }

    /// Signals the foreground process group, or `leader`'s own where there is none.
    ///
    /// # Errors
    /// When nothing is left to be signalled.
    pub(super) fn signal(&self, leader: Pid, signal: Signal) -> rustix::io::Result<()> {
        let foreground = rustix::termios::tcgetpgrp(&self.master).unwrap_or(leader);
        rustix::process::kill_process_group(foreground, os_signal(signal))
    }
}

impl AsFd for Terminal {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.master.as_fd()
    }
}

fn enable_packets(master: &OwnedFd) -> rustix::io::Result<()> {
    use rustix::ioctl::{Setter, ioctl};
    const TIOCPKT: u32 = libc::TIOCPKT as u32;
    // SAFETY: TIOCPKT reads one int through the pointer it is given (ioctl_tty(2)).
    #[allow(unsafe_code)]
    unsafe {
        ioctl(master, Setter::<TIOCPKT, libc::c_int>::new(1))
    }
}

fn os_signal(signal: Signal) -> OsSignal {
    match signal {
        Signal::Int => OsSignal::INT,
        Signal::Term => OsSignal::TERM,
        Signal::Kill => OsSignal::KILL,
        Signal::Hup => OsSignal::HUP,
        Signal::Quit => OsSignal::QUIT,
        Signal::Tstp => OsSignal::TSTP,
        Signal::Cont => OsSignal::CONT,
        Signal::Usr1 => OsSignal::USR1,
        Signal::Usr2 => OsSignal::USR2,
        Signal::Winch => OsSignal::WINCH,
    }
}
