//! A command in a terminal of its own.

use std::fs::File;
use std::os::fd::OwnedFd;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};

use rustix::pty::OpenptFlags;
use watchdeck::proto::Winsize;

/// Starts a command in a new terminal of `size`; returns the terminal's other end.
pub fn run(mut command: Command, size: Winsize) -> (File, Child) {
    let (master, slave) = open(size).expect("a terminal");
    command
        .stdin(Stdio::from(slave.try_clone().expect("a descriptor")))
        .stdout(Stdio::from(slave.try_clone().expect("a descriptor")))
        .stderr(Stdio::from(slave));
    // SAFETY: both calls are async-signal-safe.
    #[allow(unsafe_code)]
    unsafe {
        command.pre_exec(|| {
            rustix::process::setsid()?;
            rustix::process::ioctl_tiocsctty(rustix::stdio::stdin())?;
            Ok(())
        });
    }
    let child = command.spawn().expect("the command starts");
    (master.into(), child)
}

fn open(size: Winsize) -> rustix::io::Result<(OwnedFd, OwnedFd)> {
    let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC;
    let master = rustix::pty::openpt(flags)?;
    rustix::pty::unlockpt(&master)?;
    let slave = rustix::pty::ioctl_tiocgptpeer(&master, flags)?;
    let winsize = rustix::termios::Winsize {
        ws_row: size.rows,
        ws_col: size.cols,
        ws_xpixel: 0,
        ws_ypixel: 0,
    };
    rustix::termios::tcsetwinsize(&master, winsize)?;
    Ok((master, slave))
}
