//! The successor's side: what it inherits, and when it may go on.

use std::io::{self, BufRead, BufReader, IoSliceMut, Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::{UnixListener, UnixStream};

use rustix::net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, recvmsg};

use super::{FDS_MAX, GO, LINE_MAX, READY, SERVING};

/// What the Agent before leaves.
#[derive(Debug)]
pub struct Inheritance {
    /// The lock beside the socket.
    pub lock: OwnedFd,
    /// The Unix socket.
    pub local: UnixListener,
    /// The TCP socket, if there was one.
    pub remote: Option<std::net::TcpListener>,
}

/// The successor's end of the conversation. Everything here blocks.
#[derive(Debug)]
pub struct Heir {
    stream: UnixStream,
}

impl Heir {
    /// Takes what the Agent that started this process passes on standard input.
    ///
    /// # Errors
    /// Nobody passes anything: this process was not started by an Agent.
    pub fn receive() -> io::Result<(Self, Inheritance)> {
        let stream = UnixStream::from(io::stdin().as_fd().try_clone_to_owned()?);
        let mut fds = receive_fds(&stream)?.into_iter();
        let missing = || io::Error::from(io::ErrorKind::InvalidData);
        let inheritance = Inheritance {
            lock: fds.next().ok_or_else(missing)?,
            local: fds.next().ok_or_else(missing)?.into(),
            remote: fds.next().map(Into::into),
        };
        Ok((Self { stream }, inheritance))
    }

    /// Says that it could go on, and waits until it may.
    ///
    /// # Errors
    /// The Agent before goes on instead.
    pub fn wait_for_go(self) -> io::Result<Self> {
        self.tell(&format!("{READY}{}", env!("CARGO_PKG_VERSION")))?;
        let mut line = String::new();
        BufReader::new(&self.stream).take(LINE_MAX).read_line(&mut line)?;
        if line.trim_end() == GO { Ok(self) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
    }

    /// Says that it accepts connections.
    ///
    /// # Errors
    /// The Agent before is gone, which changes nothing.
    pub fn serving(&self) -> io::Result<()> {
        self.tell(SERVING)
    }

    fn tell(&self, line: &str) -> io::Result<()> {
        (&self.stream).write_all(format!("{line}\n").as_bytes())
    }
}

fn receive_fds(stream: &UnixStream) -> io::Result<Vec<OwnedFd>> {
    let mut space = [std::mem::MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(FDS_MAX))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    let mut byte = [0];
    recvmsg(stream, &mut [IoSliceMut::new(&mut byte)], &mut control, RecvFlags::CMSG_CLOEXEC)?;
    let mut fds = Vec::new();
    for message in control.drain() {
        if let RecvAncillaryMessage::ScmRights(passed) = message {
            fds.extend(passed);
        }
    }
    Ok(fds)
}
