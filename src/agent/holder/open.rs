//! The first words of a holder: two descriptors and all that it remembers.

use std::collections::{BTreeMap, HashMap};
use std::io::{self, IoSliceMut, Read};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::time::Duration;

use rustix::net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, recvmsg};

use crate::holder::ring::RingReader;
use crate::holder::wire::{Cutter, Report, Slot, Source, VERSION};
use crate::proto::Offset;

use super::super::log::Log;
use super::{Flow, Life};

/// How long a holder may take to say them.
const DEADLINE: Duration = Duration::from_secs(5);

/// What a holder remembers of the Agent before.
#[derive(Debug, Default)]
pub struct Remembered {
    /// What was stored.
    pub slots: BTreeMap<Slot, Vec<u8>>,
    /// Queries before this offset are answered.
    pub answered: Offset,
}

/// A connection with a holder, up to [`Report::Ready`].
#[derive(Debug)]
pub(super) struct Opened {
    pub(super) stream: UnixStream,
    pub(super) cutter: Cutter,
    pub(super) pid: u32,
    pub(super) log: Log,
    pub(super) master: OwnedFd,
    pub(super) life: Life,
    pub(super) flow: Flow,
    pub(super) taken: HashMap<Source, u64>,
    pub(super) accepted: HashMap<Source, u64>,
    pub(super) remembered: Remembered,
}

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub(super) enum OpenError {
    /// The program could not be started.
    #[error("{message}")]
    Failed { kind: u8, message: String },
    /// It said what no holder says, or nothing.
    #[error("its holder cannot be talked to: {0}")]
    Io(#[from] io::Error),
}

/// Listens to the first words. Blocks for at most some seconds.
pub(super) fn open(stream: UnixStream) -> Result<Opened, OpenError> {
    stream.set_read_timeout(Some(DEADLINE))?;
    let mut reader = Reader { stream, cutter: Cutter::default(), fds: Vec::new(), first: true };
    let (pid, end, mut remembered) = match reader.next()? {
        Report::Hello { version, pid, end, answered, .. } if version == VERSION => {
            (pid, end, Remembered { answered, ..Remembered::default() })
        }
        Report::Hello { version, .. } => {
            let sentence = format!("it speaks generation {version}, this agent {VERSION}");
            return Err(io::Error::other(sentence).into());
        }
        Report::Failed { kind, message } => return Err(OpenError::Failed { kind, message }),
        _ => return Err(wrong("it did not introduce itself").into()),
    };
    let mut fds = std::mem::take(&mut reader.fds).into_iter();
    let (Some(ring), Some(master)) = (fds.next(), fds.next()) else {
        return Err(wrong("it gave no ring and no terminal").into());
    };
    let log = Log::new(RingReader::new(ring)?, end);
    let (mut life, mut flow) = (Life::Running, Flow::default());
    let (mut taken, mut accepted) = (HashMap::new(), HashMap::new());
    loop {
        match reader.next()? {
            Report::Ready => break,
            Report::Stored(slot, bytes) => drop(remembered.slots.insert(slot, bytes)),
            Report::Taken { source, seq, .. } => drop(taken.insert(source, seq)),
            Report::Queued { source, seq } => drop(accepted.insert(source, seq)),
            Report::Mark(mark) => log.mark(mark),
            Report::Stalled(stalled) => flow.stalled = stalled,
            Report::Stopped(stopped) => flow.stopped = stopped,
            Report::Output(end) => log.advance(end),
            report => life = lived(life, &report),
        }
    }
    let Reader { stream, cutter, .. } = reader;
    Ok(Opened { stream, cutter, pid, log, master, life, flow, taken, accepted, remembered })
}

/// The life after a report.
pub(super) fn lived(life: Life, report: &Report) -> Life {
    match (report, life) {
        (Report::Ended(status), _) => Life::Ended(*status),
        (Report::Drained { orphans }, Life::Ended(status)) => {
            Life::Drained { status, orphans: *orphans }
        }
        _ => life,
    }
}

struct Reader {
    stream: UnixStream,
    cutter: Cutter,
    fds: Vec<OwnedFd>,
    first: bool,
}

impl Reader {
    fn next(&mut self) -> io::Result<Report> {
        let damaged = |error| io::Error::new(io::ErrorKind::InvalidData, error);
        loop {
            while let Some((kind, body)) = self.cutter.message().map_err(damaged)? {
                if let Some(report) = Report::decode(kind, body).map_err(damaged)? {
                    return Ok(report);
                }
            }
            let mut buffer = [0; 16 << 10];
            let received = match self.first {
                true => self.receive(&mut buffer),
                false => self.stream.read(&mut buffer),
            };
            let count = match received {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                // A child of ours ended just now.
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                count => count?,
            };
            self.first = false;
            self.cutter.push(buffer.get(..count).unwrap_or_default());
        }
    }

    /// The first read, with the descriptors that come with it.
    fn receive(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut space = [std::mem::MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(2))];
        let mut control = RecvAncillaryBuffer::new(&mut space);
        let mut slices = [IoSliceMut::new(buffer)];
        let flags = RecvFlags::CMSG_CLOEXEC;
        let received = recvmsg(&self.stream, &mut slices, &mut control, flags)?;
        for message in control.drain() {
            if let RecvAncillaryMessage::ScmRights(fds) = message {
                self.fds.extend(fds);
            }
        }
        Ok(received.bytes)
    }
}

fn wrong(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what.to_owned())
}
