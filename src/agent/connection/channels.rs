//! A connection's own channels: attachments, tails, events.

use chrono::Utc;

use crate::proto::{AttachedClient, Begin, ErrorCode, Reply, Request, Role, Winsize, WireError};

use super::super::attach::{Attachment, Route};
use super::super::events;
use super::super::tail::{self, Following, Tail};
use super::{CHANNELS_MAX, Connection, no_channel};

impl Connection {
    /// Requests about this connection's own channels and events.
    pub(super) fn of_connection(&mut self, request: &Request) -> Option<Result<Reply, WireError>> {
        Some(match request {
            Request::Attach { session, role, size, fps } => {
                self.attach(session, role.on_session(), *size, *fps)
            }
            Request::Tail { session, from, follow, timed } => {
                self.tail(session, *from, *follow, *timed)
            }
            Request::Detach { channel } => self.detach(*channel),
            Request::SetRole { channel, role } => {
                self.on_attachment(*channel, |attachment| attachment.set_role(role.on_session()))
            }
            Request::Viewport { channel, size, fps } => {
                self.on_attachment(*channel, |attachment| attachment.set_viewport(*size, *fps))
            }
            Request::Refresh { channel } => {
                self.on_attachment(*channel, |attachment| attachment.refresh())
            }
            Request::Subscribe => {
                self.subscribe();
                Ok(Reply::Done)
            }
            _ => return None,
        })
    }

    pub(super) fn subscribe(&mut self) {
        if self.events.is_none() {
            let run = events::run(self.agent.clone(), self.sender.clone(), self.budget.clone());
            self.events = Some(tokio::spawn(run));
        }
    }

    pub(super) fn attach(
        &mut self,
        selector: &str,
        role: Role,
        size: Option<Winsize>,
        fps: u8,
    ) -> Result<Reply, WireError> {
        let session = self.agent.store.get(selector)?;
        let channel = self.new_channel()?;
        let id = self.agent.next_attachment();
        let client = AttachedClient { name: self.name.clone(), role, size, since: Utc::now() };
        session.attach(id, client);
        let route = Route { channel, sender: self.sender.clone(), budget: self.budget.clone() };
        let source = self.source;
        let holder = session.holder();
        let (applied, accepted) = (holder.taken(source), holder.accepted(source));
        // What lies above was not accepted, and is sent again or given up anyway.
        let refused = holder.refused(source).into_iter().filter(|seq| *seq <= accepted).collect();
        let attachment = Attachment::start(id, session.clone(), role, source, fps, route);
        self.attachments.insert(channel, attachment);
        let session = Box::new(session.info());
        Ok(Reply::Attached { channel, role, session, applied, accepted, refused })
    }

    pub(super) fn tail(
        &mut self,
        selector: &str,
        from: Begin,
        follow: bool,
        timed: bool,
    ) -> Result<Reply, WireError> {
        let session = self.agent.store.get(selector)?;
        let channel = self.new_channel()?;
        let from = tail::begin(&session, from);
        let (start, end) = session.log().range();
        let how = Following { follow, timed };
        let tail = Tail::start(session, from, how, channel, self.sender.clone());
        self.tails.insert(channel, tail);
        Ok(Reply::Tailing { channel, from: from.max(start), end })
    }

    pub(super) fn new_channel(&mut self) -> Result<u32, WireError> {
        // Those that ended by themselves are no channels any more.
        self.tails.retain(|_, tail| !tail.is_over());
        if self.attachments.len() + self.tails.len() >= CHANNELS_MAX {
            let sentence = format!("one connection has at most {CHANNELS_MAX} attachments");
            return Err(WireError::new(ErrorCode::LimitExceeded, sentence));
        }
        let channel = self.next_channel;
        self.next_channel = self.next_channel.wrapping_add(1);
        Ok(channel)
    }

    pub(super) fn detach(&mut self, channel: u32) -> Result<Reply, WireError> {
        let attachment = self.attachments.remove(&channel).is_some();
        let tail = self.tails.remove(&channel).is_some();
        if attachment || tail { Ok(Reply::Done) } else { Err(no_channel(channel)) }
    }

    pub(super) fn on_attachment(
        &mut self,
        channel: u32,
        change: impl FnOnce(&mut Attachment),
    ) -> Result<Reply, WireError> {
        let attachment = self.attachments.get_mut(&channel).ok_or_else(|| no_channel(channel))?;
        change(attachment);
        Ok(Reply::Done)
    }
}
