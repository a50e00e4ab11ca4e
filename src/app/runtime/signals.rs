//! Signals that end, stop and continue the dashboard.

use std::io;

use tokio::signal::unix::{self, SignalKind};

/// What a signal asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// Leave: SIGTERM, SIGHUP, SIGINT, SIGQUIT. In raw mode no key sends the last two.
    End,
    /// Stop like any job: SIGTSTP.
    Stop,
    /// Continued: SIGCONT.
    Continue,
}

/// Listens for them.
#[derive(Debug)]
pub struct Signals {
    term: unix::Signal,
    hup: unix::Signal,
    int: unix::Signal,
    quit: unix::Signal,
    stop: unix::Signal,
    cont: unix::Signal,
}

/// SIGTSTP and SIGCONT have no name in tokio: 20 and 18 on Linux, 18 and 19 on BSD and macOS.
const STOP: i32 = rustix::process::Signal::TSTP.as_raw();
const CONT: i32 = rustix::process::Signal::CONT.as_raw();

impl Signals {
    /// Begins to listen.
    ///
    /// # Errors
    /// When the system does not let it.
    pub fn listen() -> io::Result<Self> {
        Ok(Self {
            term: unix::signal(SignalKind::terminate())?,
            hup: unix::signal(SignalKind::hangup())?,
            int: unix::signal(SignalKind::interrupt())?,
            quit: unix::signal(SignalKind::quit())?,
            stop: unix::signal(SignalKind::from_raw(STOP))?,
            cont: unix::signal(SignalKind::from_raw(CONT))?,
        })
    }

    /// Waits for the next one.
    pub async fn next(&mut self) -> Signal {
        tokio::select! {
            _ = self.term.recv() => Signal::End,
            _ = self.hup.recv() => Signal::End,
            _ = self.int.recv() => Signal::End,
            _ = self.quit.recv() => Signal::End,
            _ = self.stop.recv() => Signal::Stop,
            _ = self.cont.recv() => Signal::Continue,
        }
    }
}

/// Stops this process and those it was started with, as Ctrl-Z in a shell does. SIGSTOP, because
/// SIGTSTP is listened to; returns when continued.
///
/// # Errors
/// When the system does not let it.
pub fn stop_process_group() -> io::Result<()> {
    Ok(rustix::process::kill_current_process_group(rustix::process::Signal::STOP)?)
}
