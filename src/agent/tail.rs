//! Tails: the Log's bytes for one client, by offset, within the credit it gives.

use std::sync::Arc;

use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::net::{Lane, LinkError, LinkSender, Message};
use crate::proto::{AgentMessage, Begin, Event, Frame, Offset};

use super::lines;
use super::log::{Log, ResizeMark};
use super::session::Session;

/// Bytes that may be on their way without having been consumed.
const WINDOW: u64 = 256 << 10;
/// Bytes per frame.
const FRAME_MAX: usize = 32 << 10;

/// One client's tail; ends with this value.
#[derive(Debug)]
pub struct Tail {
    consumed: watch::Sender<u64>,
    task: JoinHandle<()>,
}

impl Tail {
    /// Starts to send from `from`.
    #[must_use]
    pub fn start(
        session: Arc<Session>,
        from: Offset,
        how: Following,
        channel: u32,
        sender: LinkSender,
    ) -> Self {
        let (consumed, credit) = watch::channel(0);
        let stream =
            Stream { session, at: from, how, channel, sender, credit, sent: 0, sized: None };
        Self { consumed, task: tokio::spawn(stream.run()) }
    }

    /// Whether it came to its end, and the client was told.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.task.is_finished()
    }

    /// The client consumed this many bytes.
    pub fn credit(&self, bytes: u64) {
        self.consumed.send_modify(|total| *total = total.saturating_add(bytes));
    }
}

impl Drop for Tail {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// How a tail goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Following {
    /// With what comes, instead of ending at the Log's present end.
    pub follow: bool,
    /// With the time of everything.
    pub timed: bool,
}

/// The offset a reader begins at.
#[must_use]
pub fn begin(session: &Session, from: Begin) -> Offset {
    let (start, end) = session.log().range();
    match from {
        Begin::Now => end,
        Begin::Start => start,
        Begin::Offset(offset) => offset.min(end),
        Begin::Lines(count) => lines::start_of_last(session.log(), end, count),
        Begin::Screen => lines::start_of_last(session.log(), end, session.info().rows.into()),
    }
}

/// What a tail at `at` is sent next, if there is anything.
fn next_frame(
    session: &Session,
    channel: u32,
    how: Following,
    sized: Option<ResizeMark>,
    at: Offset,
    limit: usize,
) -> Option<Frame> {
    let log = session.log();
    if how.timed
        && let Some(ResizeMark { offset, at, size }) = next_size(log, sized, at)
    {
        return Some(Frame::Resized { channel, offset, at, size });
    }
    let mut bytes = Vec::new();
    let (from, time) = match how.timed {
        true => {
            let span = log.read_timed(at, limit, &mut bytes);
            (span.from, span.at)
        }
        false => (log.read(at, limit, &mut bytes).from, 0),
    };
    match from > at {
        true => Some(Frame::Gap { channel, from: at, to: from }),
        false if bytes.is_empty() => None,
        false if how.timed => {
            Some(Frame::Timed { channel, offset: from, at: time, bytes: bytes.into() })
        }
        false => Some(Frame::Output { channel, offset: from, bytes: bytes.into() }),
    }
}

/// The size that the terminal has at `at`, unless it was told.
fn next_size(log: &Log, sized: Option<ResizeMark>, at: Offset) -> Option<ResizeMark> {
    let newest = log.marks(0, at).pop()?;
    (sized != Some(newest)).then_some(newest)
}

struct Stream {
    session: Arc<Session>,
    at: Offset,
    how: Following,
    channel: u32,
    sender: LinkSender,
    credit: watch::Receiver<u64>,
    sent: u64,
    /// The newest size that was told.
    sized: Option<ResizeMark>,
}

impl Stream {
    async fn run(mut self) {
        let reason = match self.stream().await {
            Ok(reason) => reason,
            Err(_) => return,
        };
        let closed = Event::Closed { channel: self.channel, reason: reason.to_owned() };
        if let Ok(text) = serde_json::to_string(&AgentMessage::Event(closed)) {
            // In the bulk lane: it must come after the last bytes.
            let _ = self.sender.send(Lane::Bulk, Message::Text(text)).await;
        }
    }

    async fn stream(&mut self) -> Result<&'static str, LinkError> {
        let log = self.session.log().clone();
        let mut life = self.session.life();
        let mut end = log.watch_end();
        let stop_at = (!self.how.follow).then(|| log.range().1);
        loop {
            end.borrow_and_update();
            let over = life.borrow_and_update().is_over();
            if stop_at.is_some_and(|stop| self.at >= stop) {
                return Ok("the end was reached");
            }
            if self.send_next(stop_at).await? {
                continue;
            }
            if over {
                return Ok("the program has ended");
            }
            tokio::select! {
                changed = end.changed() => changed.map_err(|_| LinkError::Closed)?,
                changed = life.changed() => changed.map_err(|_| LinkError::Closed)?,
            }
        }
    }

    /// Sends one frame; false when there is nothing to send.
    async fn send_next(&mut self, stop_at: Option<Offset>) -> Result<bool, LinkError> {
        let sent = self.sent;
        let enough = |consumed: &u64| sent.saturating_sub(*consumed) < WINDOW;
        self.credit.wait_for(enough).await.map_err(|_| LinkError::Closed)?;
        let permit = self.sender.bulk_permit().await?;
        let left = stop_at.map_or(u64::MAX, |stop| stop.saturating_sub(self.at));
        let limit = usize::try_from(left).unwrap_or(FRAME_MAX).min(FRAME_MAX);
        let Some(frame) =
            next_frame(&self.session, self.channel, self.how, self.sized, self.at, limit)
        else {
            return Ok(false);
        };
        match &frame {
            Frame::Gap { to, .. } => self.at = *to,
            Frame::Resized { offset, at, size, .. } => {
                self.sized = Some(ResizeMark { offset: *offset, at: *at, size: *size });
            }
            Frame::Output { offset, bytes, .. } | Frame::Timed { offset, bytes, .. } => {
                self.at = offset + bytes.len() as u64;
                self.sent += bytes.len() as u64;
            }
            _ => {}
        }
        permit.send(Message::Frame(frame));
        Ok(true)
    }
}
