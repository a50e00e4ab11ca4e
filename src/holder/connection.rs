//! The Agent's connection to a holder: nothing here ever blocks, and nothing grows without bound.

use std::io::{self, IoSlice, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;

use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, sendmsg};

use super::wire::{Cutter, Order, Report};

/// Bytes that may wait for an Agent that does not read; then it is one that hangs, and is left.
const OUT_MAX: usize = 4 << 20;
/// Bytes read from the Agent at once.
const READ_MAX: usize = 64 << 10;

/// A connected Agent.
#[derive(Debug)]
pub(super) struct Connection {
    stream: UnixStream,
    cutter: Cutter,
    out: Vec<u8>,
    sent: usize,
}

impl Connection {
    /// Takes over an accepted stream.
    ///
    /// # Errors
    /// When it cannot be made not to block.
    pub(super) fn new(stream: UnixStream) -> io::Result<Self> {
        stream.set_nonblocking(true)?;
        Ok(Self { stream, cutter: Cutter::default(), out: Vec::new(), sent: 0 })
    }

    /// Goes on with what was read of the stream already.
    pub(super) fn resume(&mut self, cutter: Cutter) {
        self.cutter = cutter;
    }

    /// Sends the first report together with descriptors, at once.
    ///
    /// # Errors
    /// When the Agent is gone.
    pub(super) fn greet(&mut self, hello: &Report, fds: &[BorrowedFd<'_>]) -> io::Result<()> {
        let mut bytes = Vec::new();
        hello.encode(&mut bytes);
        let mut space = [std::mem::MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(2))];
        let mut control = SendAncillaryBuffer::new(&mut space);
        control.push(SendAncillaryMessage::ScmRights(fds));
        let flags = SendFlags::NOSIGNAL;
        let slices = [IoSlice::new(&bytes)];
        let mut send = || sendmsg(&self.stream, &slices, &mut control, flags);
        let sent = rustix::io::retry_on_intr(&mut send)?;
        self.out.extend_from_slice(bytes.get(sent..).unwrap_or_default());
        Ok(())
    }

    /// Queues a report. False when the Agent has not read for too long.
    #[must_use]
    pub(super) fn tell(&mut self, report: &Report) -> bool {
        report.encode(&mut self.out);
        self.waiting() <= OUT_MAX
    }

    /// Bytes that wait to be sent.
    pub(super) fn waiting(&self) -> usize {
        self.out.len() - self.sent
    }

    /// Sends what can be sent now.
    ///
    /// # Errors
    /// When the Agent is gone.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        while self.sent < self.out.len() {
            match self.stream.write(self.out.get(self.sent..).unwrap_or_default()) {
                Ok(count) => self.sent += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                Err(error) => return Err(error),
            }
        }
        self.out.clear();
        self.sent = 0;
        Ok(())
    }

    /// Takes in what the Agent sent. False at the end of the stream.
    ///
    /// # Errors
    /// When the Agent is gone.
    pub(super) fn fill(&mut self) -> io::Result<bool> {
        let mut buffer = [0; READ_MAX];
        match self.stream.read(&mut buffer) {
            Ok(0) => Ok(false),
            Ok(count) => {
                self.cutter.push(buffer.get(..count).unwrap_or_default());
                Ok(true)
            }
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted
                ) =>
            {
                Ok(true)
            }
            Err(error) => Err(error),
        }
    }

    /// The next order that came whole.
    ///
    /// # Errors
    /// When the Agent says what is no order.
    pub(super) fn next(&mut self) -> io::Result<Option<Order>> {
        let damaged = |error| io::Error::new(io::ErrorKind::InvalidData, error);
        while let Some((kind, body)) = self.cutter.message().map_err(damaged)? {
            if let Some(order) = Order::decode(kind, body).map_err(damaged)? {
                return Ok(Some(order));
            }
        }
        Ok(None)
    }
}

impl AsFd for Connection {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.stream.as_fd()
    }
}
