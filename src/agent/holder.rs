//! The seam under a Session: the terminal, its reader, the Log and the exit status.
//!
//! Nothing here knows of emulators, alerts, clients or the network. A [`Holder`] is reached only
//! through its methods, so that it can move into a process of its own that outlives the Agent.

use std::io;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use rustix::process::{Pid, Signal as OsSignal};
use tokio::io::unix::AsyncFd;
use tokio::process::Child;
use tokio::sync::watch;

use crate::proto::{ExitStatus, Signal, Winsize};

use super::input::{Input, InputFull};
use super::log::Log;
use super::orphans;
use super::pty::{self, Launch, LaunchError};
use super::tree::Tree;

/// Bytes gathered from the terminal before readers are woken.
const READ_MAX: usize = 64 << 10;
/// Changes of size reach the program at most this often; the last is always applied.
const RESIZE_PACE: Duration = Duration::from_millis(50);
/// How long output is still awaited once the program ended.
const DRAIN_DEADLINE: Duration = Duration::from_secs(2);
/// A program that has taken no input for this long is said not to be reading.
const STALL_AFTER: Duration = Duration::from_millis(500);

/// Pause between two looks at a terminal that is hung up but not at its end.
const HUNG_UP_PAUSE: Duration = Duration::from_millis(10);

/// The life of a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Life {
    /// It runs.
    Running,
    /// It ended; its last output may still come.
    Ended(ExitStatus),
    /// It ended and the Log is complete.
    Drained(ExitStatus),
}

/// Handle of one running program and its output.
#[derive(Debug)]
pub struct Holder {
    pid: Pid,
    tree: Tree,
    master: Arc<AsyncFd<OwnedFd>>,
    log: Arc<Log>,
    input: Arc<Input>,
    size: watch::Sender<Winsize>,
    life: watch::Receiver<Life>,
}

impl Holder {
    /// Starts a program in a terminal of `size` and begins to read it. Its Log keeps `ring` bytes.
    /// `tag` is the environment entry (`NAME=value`) by which processes that left the tree are found.
    ///
    /// # Errors
    /// When the program cannot be started.
    pub fn start(
        launch: &Launch,
        size: Winsize,
        ring: usize,
        tag: String,
    ) -> Result<Self, LaunchError> {
        let (master, child, pid) = orphans::adopt(|| {
            let (master, child) = pty::launch(launch, size)?;
            let pid = child.id().and_then(|id| Pid::from_raw(id.cast_signed()));
            let pid = pid.ok_or_else(|| LaunchError::Pty(io::ErrorKind::NotFound.into()))?;
            Ok((master, child, pid))
        })?;
        let master = Arc::new(register(master).map_err(LaunchError::Pty)?);
        let log = Arc::new(Log::new(ring, size));
        let input = Arc::new(Input::default());
        let (alive, life) = watch::channel(Life::Running);
        let sizes = watch::Sender::new(size);
        let reader = tokio::spawn(read_output(master.clone(), log.clone()));
        tokio::spawn(write_input(master.clone(), input.clone(), life.clone()));
        tokio::spawn(apply_sizes(master.clone(), log.clone(), sizes.subscribe(), life.clone()));
        tokio::spawn(await_end(child, reader, alive, pid));
        Ok(Self { pid, tree: Tree::new(pid, tag), master, log, input, size: sizes, life })
    }

    /// Process id of the program.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.pid.as_raw_nonzero().get().cast_unsigned()
    }

    /// The output.
    #[must_use]
    pub fn log(&self) -> &Arc<Log> {
        &self.log
    }

    /// The program's life.
    #[must_use]
    pub fn life(&self) -> watch::Receiver<Life> {
        self.life.clone()
    }

    /// Queues input, whole or not at all.
    ///
    /// # Errors
    /// When the program does not read and the queue is full.
    pub fn write(&self, bytes: Bytes) -> Result<(), InputFull> {
        self.input.push(bytes)
    }

    /// Queues an answer to a terminal query; dropped when the program does not read answers.
    pub fn reply(&self, bytes: Bytes) {
        self.input.push_reply(bytes);
    }

    /// Bytes of input that wait while the program is not reading; 0 while it reads.
    #[must_use]
    pub fn input_waiting(&self) -> u64 {
        self.input.waiting()
    }

    /// Whether what is typed comes back as output. It does not where the terminal gathers lines without
    /// echoing them, as for passwords; in raw mode the program may echo by itself.
    #[must_use]
    pub fn echoes(&self) -> bool {
        use rustix::termios::LocalModes;
        let attributes = rustix::termios::tcgetattr(self.master.get_ref());
        attributes.map_or(true, |attributes| {
            let modes = attributes.local_modes;
            modes.contains(LocalModes::ECHO) || !modes.contains(LocalModes::ICANON)
        })
    }

    /// Gives the terminal another size, soon.
    pub fn resize(&self, size: Winsize) {
        self.size.send_if_modified(|now| std::mem::replace(now, size) != size);
    }

    /// Signals the terminal's foreground process group, or the program's own where there is none.
    ///
    /// # Errors
    /// When nothing is left to be signalled.
    pub fn signal(&self, signal: Signal) -> io::Result<()> {
        if matches!(*self.life.borrow(), Life::Drained(_) | Life::Ended(_)) {
            return Err(io::ErrorKind::NotFound.into());
        }
        let foreground = rustix::termios::tcgetpgrp(self.master.get_ref()).unwrap_or(self.pid);
        Ok(rustix::process::kill_process_group(foreground, os_signal(signal))?)
    }

    /// Ends the whole process tree, politely first; returns once nothing of it is left.
    ///
    /// # Errors
    /// When processes are left that cannot be killed.
    pub async fn kill(&self) -> io::Result<()> {
        self.tree.kill().await
    }
}

/// A program does not outlive its Holder: without it nobody reads its terminal any more.
impl Drop for Holder {
    fn drop(&mut self) {
        if matches!(*self.life.borrow(), Life::Running) {
            let _ = rustix::process::kill_process_group(self.pid, OsSignal::KILL);
        }
    }
}

fn register(master: OwnedFd) -> io::Result<AsyncFd<OwnedFd>> {
    // SAFETY: an OwnedFd names the same open descriptor until it is dropped, and nothing takes it out
    // of the AsyncFd before.
    #[allow(unsafe_code)]
    let registered = unsafe { AsyncFd::register(master) };
    Ok(registered?)
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

/// Reads the terminal into the Log until its last user is gone.
async fn read_output(master: Arc<AsyncFd<OwnedFd>>, log: Arc<Log>) {
    let mut buffer = vec![0; READ_MAX];
    let mut pinned = log.watch_pinned();
    loop {
        pinned.borrow_and_update();
        let room = log.room().min(READ_MAX);
        if room == 0 {
            // The counting reader is behind: the kernel slows the program instead of us losing counts.
            if pinned.changed().await.is_err() {
                return;
            }
            continue;
        }
        let Ok(mut ready) = master.readable().await else { return };
        let (count, state) = fill(&master, &mut buffer[..room]);
        if count > 0 {
            log.append(&buffer[..count]);
        }
        match state {
            Fill::Full => {}
            // A hang-up stays ready for ever; until the kernel says EIO somebody may open the slave again.
            Fill::Empty if ready.ready().is_read_closed() => {
                tokio::time::sleep(HUNG_UP_PAUSE).await;
            }

            Fill::Empty => ready.clear_ready(),
            Fill::End => return,
        }
    }
}

enum Fill {
    Full,
    Empty,
    End,
}

/// Gathers several of the kernel's small reads (at most 4 KiB each) into one buffer.
fn fill(master: &AsyncFd<OwnedFd>, buffer: &mut [u8]) -> (usize, Fill) {
    let mut count = 0;
    while count < buffer.len() {
        match rustix::io::read(master.get_ref(), &mut buffer[count..]) {
            Ok(0) => return (count, Fill::End),
            Ok(read) => count += read,
            Err(rustix::io::Errno::INTR) => {}
            Err(rustix::io::Errno::AGAIN) => return (count, Fill::Empty),
            // EIO is how Linux says that nobody holds the slave any more.
            Err(_) => return (count, Fill::End),
        }
    }
    (count, Fill::Full)
}

/// Writes queued input as the program takes it.
async fn write_input(
    master: Arc<AsyncFd<OwnedFd>>,
    input: Arc<Input>,
    mut life: watch::Receiver<Life>,
) {
    let mut pushed = input.watch();
    loop {
        pushed.borrow_and_update();
        while let Some(piece) = input.front() {
            let Ok(count) = write_some(&master, &piece, &input).await else { return };
            input.written(count);
        }
        tokio::select! {
            changed = pushed.changed() => if changed.is_err() { return },
            _ = life.wait_for(|life| matches!(life, Life::Drained(_))) => return,
        }
    }
}

async fn write_some(master: &AsyncFd<OwnedFd>, bytes: &[u8], input: &Input) -> io::Result<usize> {
    loop {
        let ready = match tokio::time::timeout(STALL_AFTER, master.writable()).await {
            Ok(ready) => ready,
            Err(_) => {
                input.set_stalled(true);
                master.writable().await
            }
        };
        let mut ready = ready?;
        match rustix::io::write(master.get_ref(), bytes) {
            Ok(count) => {
                input.set_stalled(false);
                return Ok(count);
            }
            // A hang-up stays ready for ever, so it must not be waited out.
            Err(rustix::io::Errno::AGAIN) if ready.ready().is_write_closed() => {
                return Err(io::ErrorKind::BrokenPipe.into());
            }
            Err(rustix::io::Errno::AGAIN) => ready.clear_ready(),
            Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// Applies sizes at a pace; of many in a row the last one wins.
async fn apply_sizes(
    master: Arc<AsyncFd<OwnedFd>>,
    log: Arc<Log>,
    mut sizes: watch::Receiver<Winsize>,
    mut life: watch::Receiver<Life>,
) {
    loop {
        tokio::select! {
            changed = sizes.changed() => if changed.is_err() { return },
            _ = life.wait_for(|life| matches!(life, Life::Drained(_))) => return,
        }
        let size = *sizes.borrow_and_update();
        // Marked first: output written at the new size must never be read at the old one.
        log.mark_resize(size);
        if let Err(error) = pty::set_size(master.get_ref(), size) {
            tracing::debug!(%error, "the terminal took no new size");
        }
        tokio::time::sleep(RESIZE_PACE).await;
    }
}

/// Waits for the program, then for the rest of its output, and tells both.
async fn await_end(
    mut child: Child,
    mut reader: tokio::task::JoinHandle<()>,
    life: watch::Sender<Life>,
    pid: Pid,
) {
    let status = match child.wait().await {
        Ok(status) => exit_status(status),
        Err(error) => {
            tracing::warn!(%error, "cannot tell how a program ended");
            ExitStatus { code: None, signal: None }
        }
    };
    orphans::release(pid);
    life.send_replace(Life::Ended(status));
    if tokio::time::timeout(DRAIN_DEADLINE, &mut reader).await.is_err() {
        reader.abort();
    }
    life.send_replace(Life::Drained(status));
}

fn exit_status(status: std::process::ExitStatus) -> ExitStatus {
    use std::os::unix::process::ExitStatusExt;
    ExitStatus { code: status.code(), signal: status.signal() }
}
