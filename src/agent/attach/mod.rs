//! Attachments: one client on one Session. Each has a painter task of its own that draws at its own
//! pace from the newest picture, so a slow client skips frames and costs nobody anything.

use std::sync::Arc;

use bytes::Bytes;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::holder::wire::Source;
use crate::net::{Lane, LinkSender, Message};
use crate::proto::{Frame, Role, Winsize};

use super::session::{AttachmentId, Input, Session};

mod budget;
mod painter;

pub use budget::Budget;
use painter::Painter;

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

/// How Updates reach the client.
#[derive(Debug, Clone)]
pub struct Route {
    /// The attachment's channel.
    pub channel: u32,
    /// The connection.
    pub sender: LinkSender,
    /// What may be on its way, over all attachments of the connection.
    pub budget: Arc<Budget>,
}

/// One client on one Session; ends with this value.
#[derive(Debug)]
pub struct Attachment {
    id: AttachmentId,
    session: Arc<Session>,
    role: Role,
    /// The client, as it numbers its input; 0 when it does not.
    source: Source,
    route: Route,
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
        route: Route,
    ) -> Self {
        let wishes = Wishes { fps: pace(fps), refreshed: 0, typed: 0, acked: 0 };
        let (wishes, seen) = watch::channel(wishes);
        let painter = Painter::new(session.clone(), seen, route.clone());
        let acks = tell_applied(session.clone(), source, route.clone());
        let tasks = [tokio::spawn(painter.run()), tokio::spawn(acks)];
        Self { id, session, role, source, route, wishes, tasks }
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
        self.route.budget.acknowledged(self.route.channel, revision);
        self.wishes.send_modify(|wishes| wishes.acked = wishes.acked.max(revision));
    }

    /// Numbered input of this client was refused: it hears so again if a cut takes the answer.
    pub fn refused(&self, seq: u64) {
        self.session.holder().refuse(self.source, seq);
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
        self.route.budget.forget(self.route.channel);
        self.session.detach(self.id);
    }
}

/// Tells the client which of its input the terminal took, once for all that was taken meanwhile.
async fn tell_applied(session: Arc<Session>, source: Source, route: Route) {
    let Route { channel, sender, .. } = route;
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
