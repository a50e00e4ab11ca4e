//! Pseudo-terminals and the programs in them.
//!
//! The master is opened with CLOEXEC from the start and the slave through it (`TIOCGPTPEER`), so no
//! program can inherit another Session's terminal.

use std::collections::BTreeMap;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::path::PathBuf;
use std::process::Stdio;

use rustix::fs::{Mode, OFlags};
use rustix::pty::OpenptFlags;
use rustix::termios;
use tokio::process::{Child, Command};

use crate::proto::Winsize;

/// A program to start in a terminal.
#[derive(Debug, Clone)]
pub struct Launch {
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

/// Opens a pseudo-terminal of `size` and starts the program as its session leader.
///
/// # Errors
/// When there is no terminal to be had, or the program cannot be started.
pub fn launch(launch: &Launch, size: Winsize) -> Result<(OwnedFd, Child), LaunchError> {
    let (master, slave) = open(size).map_err(|error| match error {
        // ENOSPC is what the kernel says at its limit; EAGAIN comes from user limits.
        rustix::io::Errno::NOSPC | rustix::io::Errno::AGAIN => LaunchError::NoPty,
        other => LaunchError::Pty(other.into()),
    })?;
    let child = spawn(launch, slave).map_err(|source| LaunchError::Spawn {
        program: launch.argv.first().cloned().unwrap_or_default(),
        cwd: launch.cwd.display().to_string(),
        source,
    })?;
    Ok((master, child))
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
pub fn set_size(master: impl AsFd, size: Winsize) -> rustix::io::Result<()> {
    let size =
        termios::Winsize { ws_row: size.rows, ws_col: size.cols, ws_xpixel: 0, ws_ypixel: 0 };
    termios::tcsetwinsize(master, size)
}

fn spawn(launch: &Launch, slave: OwnedFd) -> io::Result<Child> {
    let program = launch.argv.first().ok_or(io::ErrorKind::InvalidInput)?;
    let mut command = Command::new(program);
    command
        .args(&launch.argv[1..])
        .env_clear()
        .envs(&launch.env)
        .current_dir(&launch.cwd)
        .stdin(Stdio::from(slave.try_clone()?))
        .stdout(Stdio::from(slave.try_clone()?))
        .stderr(Stdio::from(slave));
    if let Some(arg0) = &launch.arg0 {
        command.arg0(arg0);
    }
    // SAFETY: the closure runs between fork and exec and calls only async-signal-safe functions
    // (setsid, ioctl, signal, close_range); it neither allocates nor takes locks.
    #[allow(unsafe_code)]
    unsafe {
        command.pre_exec(become_session_leader);
    }
    command.spawn()
}

/// Runs in the child, after stdin became the slave.
fn become_session_leader() -> io::Result<()> {
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
