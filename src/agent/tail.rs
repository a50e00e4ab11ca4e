//! Tails: the Log's bytes for one client, by offset, within the credit it gives.

use std::sync::Arc;

use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::net::{Lane, LinkError, LinkSender, Message};
use crate::proto::{AgentMessage, Begin, Event, Frame, Offset};

use super::lines;
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
        follow: bool,
        channel: u32,
        sender: LinkSender,
    ) -> Self {
        let (consumed, credit) = watch::channel(0);
        let stream = Stream { session, at: from, follow, channel, sender, credit, sent: 0 };
        Self { consumed, task: tokio::spawn(stream.run()) }
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

struct Stream {
    session: Arc<Session>,
    at: Offset,
    follow: bool,
    channel: u32,
    sender: LinkSender,
    credit: watch::Receiver<u64>,
    sent: u64,
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
        let stop_at = (!self.follow).then(|| log.range().1);
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
        let mut bytes = Vec::new();
        let span = self.session.log().read(self.at, limit, &mut bytes);
        if span.from > self.at {
            let (from, to) = (self.at, span.from);
            self.at = to;
            permit.send(Message::Frame(Frame::Gap { channel: self.channel, from, to }));
            return Ok(true);
        }
        if bytes.is_empty() {
            return Ok(false);
        }
        self.at = span.to;
        self.sent += bytes.len() as u64;
        let frame = Frame::Output { channel: self.channel, offset: span.from, bytes: bytes.into() };
        permit.send(Message::Frame(frame));
        Ok(true)
    }
}
