//! Pseudo-terminals and the programs in them.
//!
//! The master is opened with CLOEXEC from the start and the slave through it (`TIOCGPTPEER`), so no
//! program can inherit another Session's terminal.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use rustix::fs::{Mode, OFlags};
use rustix::process::Pid;
use rustix::pty::OpenptFlags;
use rustix::termios;
use serde::{Deserialize, Serialize};

use crate::proto::Winsize;

/// A Session to hold: what to start, and how.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Launch {
    /// The holder's socket; its directory must be private.
    pub socket: PathBuf,
    /// First size of the terminal.
    pub size: Winsize,
    /// Bytes of output that are kept.
    pub ring: usize,
    /// End everything when the Agent is gone, instead of waiting for the next one.
    #[serde(default)]
    pub ephemeral: bool,
    /// What is remembered from the start on, by slot ([`super::wire::Slot`]), as text: an Agent that
    /// ends right after the start has said it already.
    #[serde(default)]
    pub stored: BTreeMap<u8, String>,
    /// The program.
    pub program: Program,
}

/// A program to start in a terminal.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Program {
    /// Program and arguments; never empty.
    pub argv: Vec<String>,
    /// What the program sees as its own name, when it differs (login shells begin with `-`).
    pub arg0: Option<String>,
    /// Working directory.
    pub cwd: PathBuf,
    /// The whole environment.
    pub env: BTreeMap<String, String>,
}

/// Why no program was started.
#[derive(Debug, thiserror::Error)]
pub enum LaunchError {
    /// The kernel has no pseudo-terminals left.
    #[error("this machine has no pseudo-terminals left (see /proc/sys/kernel/pty/max)")]
    NoPty,
    /// A pseudo-terminal could not be set up.
    #[error("cannot set up a pseudo-terminal: {0}")]
    Pty(#[source] io::Error),
    /// The program could not be started.
    #[error("cannot start `{program}` in {cwd}: {source}")]
    Spawn {
        /// The program.
        program: String,
        /// Its working directory.
        cwd: String,
        /// What the system said.
        source: io::Error,
    },
}

/// Opens a pseudo-terminal of `size` and starts the program as its session leader, in the control
/// group behind `door` if there is one.
///
/// # Errors
/// When there is no terminal to be had, or the program cannot be started.
pub(super) fn launch(
    program: &Program,
    size: Winsize,
    door: Option<File>,
) -> Result<(OwnedFd, Pid), LaunchError> {
    let (master, slave) = open(size).map_err(|error| match error {
        // ENOSPC is what the kernel says at its limit; EAGAIN comes from user limits.
        rustix::io::Errno::NOSPC | rustix::io::Errno::AGAIN => LaunchError::NoPty,
        other => LaunchError::Pty(other.into()),
    })?;
    let pid = spawn(program, slave, door).map_err(|source| LaunchError::Spawn {
        program: program.argv.first().cloned().unwrap_or_default(),
        cwd: program.cwd.display().to_string(),
        source,
    })?;
    Ok((master, pid))
}

fn open(size: Winsize) -> rustix::io::Result<(OwnedFd, OwnedFd)> {
    let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC;
    let master = rustix::pty::openpt(flags)?;
    rustix::pty::unlockpt(&master)?;
    let slave = rustix::pty::ioctl_tiocgptpeer(&master, flags)?;
    // The default lets the group write into the terminal.
    rustix::fs::fchmod(&slave, Mode::RUSR | Mode::WUSR)?;
    let mut attributes = termios::tcgetattr(&slave)?;
    attributes.input_modes |= termios::InputModes::IUTF8;
    termios::tcsetattr(&slave, termios::OptionalActions::Now, &attributes)?;
    set_size(&master, size)?;
    let flags = rustix::fs::fcntl_getfl(&master)?;
    rustix::fs::fcntl_setfl(&master, flags | OFlags::NONBLOCK)?;
    Ok((master, slave))
}

/// Gives the terminal another size; the kernel sends SIGWINCH when it changed.
///
/// # Errors
/// When the descriptor is no terminal any more.
pub(super) fn set_size(master: impl AsFd, size: Winsize) -> rustix::io::Result<()> {
    let size =
        termios::Winsize { ws_row: size.rows, ws_col: size.cols, ws_xpixel: 0, ws_ypixel: 0 };
    termios::tcsetwinsize(master, size)
}

fn spawn(program: &Program, slave: OwnedFd, door: Option<File>) -> io::Result<Pid> {
    let (name, arguments) = program.argv.split_first().ok_or(io::ErrorKind::InvalidInput)?;
    let mut command = Command::new(name);
    command
        .args(arguments)
        .env_clear()
        .envs(&program.env)
        .current_dir(&program.cwd)
        .stdin(Stdio::from(slave.try_clone()?))
        .stdout(Stdio::from(slave.try_clone()?))
        .stderr(Stdio::from(slave));
    if let Some(arg0) = &program.arg0 {
        command.arg0(arg0);
    }
    // SAFETY: the closure runs between fork and exec and calls only async-signal-safe functions
    // (write, setsid, ioctl, signal, close_range); it neither allocates nor takes locks.
    #[allow(unsafe_code)]
    unsafe {
        command.pre_exec(move || become_session_leader(door.as_ref()));
    }
    // Waited for by the reaper, together with all that loses its parent.
    let child = command.spawn()?;
    Pid::from_raw(child.id().cast_signed()).ok_or_else(|| io::ErrorKind::NotFound.into())
}

/// Runs in the child, after stdin became the slave.
fn become_session_leader(door: Option<&File>) -> io::Result<()> {
    if let Some(door) = door {
        // Where it does not work the tree is walked instead.
        let _ = rustix::io::write(door, b"0");
    }
    rustix::process::setsid()?;
    rustix::process::ioctl_tiocsctty(rustix::stdio::stdin())?;
    default_signals();
    keep_only_stdio();
    Ok(())
}

/// Ignored signals are inherited over exec; a program must not inherit ours.
fn default_signals() {
    for signal in 1..32 {
        // SAFETY: setting a disposition to its default is async-signal-safe; SIGKILL and SIGSTOP
        // only return an error.
        #[allow(unsafe_code)]
        unsafe {
            libc::signal(signal, libc::SIG_DFL);
        }
    }
}

/// Marks every descriptor beyond stderr close-on-exec, also those that the Agent itself inherited.
fn keep_only_stdio() {
    // SAFETY: close_range with this flag only changes flags of this process's own descriptors.
    #[allow(unsafe_code)]
    unsafe {
        libc::syscall(libc::SYS_close_range, 3, libc::c_uint::MAX, libc::CLOSE_RANGE_CLOEXEC);
    }
}
