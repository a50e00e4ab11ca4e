//! Attachments: one client on one Session. Each has a painter task of its own that draws at its own
//! pace from the newest picture, so a slow client skips frames and costs nobody anything.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until};

use crate::net::{Lane, LinkError, LinkSender, Message};
use crate::proto::{Frame, Role, Winsize};
use crate::term::View;
use crate::term::sync::{Base, diff};

use crate::holder::wire::Source;

use super::session::{AttachmentId, Input, Session};

/// Updates that may be on their way without having been acknowledged. Few: they are what a slow
/// link still has to carry before anything fresh.
const IN_FLIGHT_MAX: u64 = 2;
/// Bounds of the wished pace, in Updates a second.
const FPS: std::ops::RangeInclusive<u8> = 1..=60;

/// What a client wishes of its painter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Wishes {
    fps: u8,
    /// Raised by one for each Snapshot asked for.
    refreshed: u64,
    /// Raised by one for each input: its echo is drawn at once.
    typed: u64,
    /// The newest acknowledged revision.
    acked: u64,
}

/// One client on one Session; ends with this value.
#[derive(Debug)]
pub struct Attachment {
    id: AttachmentId,
    session: Arc<Session>,
    role: Role,
    /// The client, as it numbers its input; 0 when it does not.
    source: Source,
    wishes: watch::Sender<Wishes>,
    tasks: [JoinHandle<()>; 2],
}

impl Attachment {
    /// Starts to draw. The client must have been noted in the Session under `id` already.
    #[must_use]
    pub fn start(
        id: AttachmentId,
        session: Arc<Session>,
        role: Role,
        source: Source,
        fps: u8,
        channel: u32,
        sender: LinkSender,
    ) -> Self {
        let wishes = Wishes { fps: pace(fps), refreshed: 0, typed: 0, acked: 0 };
        let (wishes, seen) = watch::channel(wishes);
        let painter = Painter::new(session.clone(), seen, channel, sender.clone());
        let acks = tell_applied(session.clone(), source, channel, sender);
        let tasks = [tokio::spawn(painter.run()), tokio::spawn(acks)];
        Self { id, session, role, source, wishes, tasks }
    }

    /// Its Session.
    #[must_use]
    pub fn session(&self) -> &Arc<Session> {
        &self.session
    }

    /// Its role.
    #[must_use]
    pub fn role(&self) -> Role {
        self.role
    }

    /// Another role from now on.
    pub fn set_role(&mut self, role: Role) {
        self.role = role;
        self.session.set_role(self.id, role);
    }

    /// Another size and pace of the view.
    pub fn set_viewport(&self, size: Winsize, fps: u8) {
        self.wishes.send_modify(|wishes| wishes.fps = pace(fps));
        self.session.set_viewport(self.id, size);
    }

    /// A Snapshot comes next.
    pub fn refresh(&self) {
        self.wishes.send_modify(|wishes| wishes.refreshed += 1);
    }

    /// An Update was applied.
    pub fn acknowledge(&self, revision: u64) {
        self.wishes.send_modify(|wishes| wishes.acked = wishes.acked.max(revision));
    }

    /// Input of this client for the program; was authorized.
    ///
    /// # Errors
    /// When the program is over or does not read.
    pub async fn write(&self, seq: u64, bytes: Bytes) -> Result<(), crate::proto::WireError> {
        self.session.typed_by(self.id);
        self.wishes.send_modify(|wishes| wishes.typed += 1);
        let source = if seq == 0 { 0 } else { self.source };
        self.session.write(Input { source, seq, bytes }).await
    }
}

impl Drop for Attachment {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
        self.session.detach(self.id);
    }
}

/// Tells the client which of its input the terminal took, once for all that was taken meanwhile.
async fn tell_applied(session: Arc<Session>, source: Source, channel: u32, sender: LinkSender) {
    let holder = session.holder();
    let mut moved = holder.watch_taken();
    let mut told = holder.taken(source);
    while source != 0 && moved.changed().await.is_ok() {
        moved.borrow_and_update();
        let seq = holder.taken(source);
        if seq > told {
            told = seq;
            let message = Message::Frame(Frame::Applied { channel, seq });
            if sender.send(Lane::Control, message).await.is_err() {
                return;
            }
        }
    }
}

fn pace(fps: u8) -> u8 {
    fps.clamp(*FPS.start(), *FPS.end())
}

/// What a painter does next.
enum Plan {
    Draw,
    WaitUntil(Instant),
    Wait,
}

struct Painter {
    session: Arc<Session>,
    pictures: watch::Receiver<Option<View>>,
    wishes: watch::Receiver<Wishes>,
    channel: u32,
    sender: LinkSender,
    /// What the client shows once everything sent has arrived.
    sent: Option<View>,
    revision: u64,
    /// No acknowledgement is awaited up to this revision.
    settled: u64,
    sent_at: Instant,
    /// The wishes that were followed already.
    followed: Wishes,
}

impl Painter {
    fn new(
        session: Arc<Session>,
        wishes: watch::Receiver<Wishes>,
        channel: u32,
        sender: LinkSender,
    ) -> Self {
        let pictures = session.pictures();
        let followed = *wishes.borrow();
        Self {
            session,
            pictures,
            wishes,
            channel,
            sender,
            sent: None,
            revision: 0,
            settled: 0,
            sent_at: Instant::now(),
            followed,
        }
    }

    async fn run(mut self) {
        // The first picture is made now; until here nobody may have been watching.
        if self.session.show().await.is_err() {
            return;
        }
        loop {
            let deadline = match self.plan() {
                Plan::Draw => match self.draw().await {
                    Ok(()) => continue,
                    Err(_) => return,
                },
                Plan::WaitUntil(at) => Some(at),
                Plan::Wait => None,
            };
            let pause = sleep_until(deadline.unwrap_or_else(Instant::now));
            tokio::select! {
                changed = self.pictures.changed() => if changed.is_err() { return },
                changed = self.wishes.changed() => if changed.is_err() { return },
                () = pause, if deadline.is_some() => {}
            }
        }
    }

    fn plan(&mut self) -> Plan {
        let wishes = *self.wishes.borrow_and_update();
        if wishes.refreshed != self.followed.refreshed {
            self.followed.refreshed = wishes.refreshed;
            self.sent = None;
            // Whoever starts over will never acknowledge what came before.
            self.settled = self.revision;
        }
        if self.revision.saturating_sub(wishes.acked.max(self.settled)) >= IN_FLIGHT_MAX {
            return Plan::Wait;
        }
        let newest = self.pictures.borrow_and_update();
        let (Some(newest), Some(sent)) = (newest.as_ref(), self.sent.as_ref()) else {
            return if newest.is_some() { Plan::Draw } else { Plan::Wait };
        };
        if newest.is_same(sent) {
            return Plan::Wait;
        }
        let due = self.sent_at + Duration::from_secs(1) / u32::from(wishes.fps);
        match wishes.typed != self.followed.typed || due <= Instant::now() {
            true => Plan::Draw,
            false => Plan::WaitUntil(due),
        }
    }

    /// Waits for room first, then makes the Update from what is newest.
    async fn draw(&mut self) -> Result<(), LinkError> {
        let permit = self.sender.bulk_permit().await?;
        let Some(newest) = self.pictures.borrow_and_update().clone() else { return Ok(()) };
        self.followed.typed = self.wishes.borrow().typed;
        let base = self.sent.as_ref().map(|view| Base { revision: self.revision, view });
        if let Some(update) = diff(base, self.revision + 1, &newest) {
            self.revision += 1;
            self.sent_at = Instant::now();
            let mut bytes = Vec::new();
            update.encode(&mut bytes);
            let frame = Frame::Update { channel: self.channel, bytes: bytes.into() };
            permit.send(Message::Frame(frame));
        }
        self.sent = Some(newest);
        Ok(())
    }
}
