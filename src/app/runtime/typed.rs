//! Input to the Sessions of one machine: sent once, kept until the program has it, and after a cut
//! either sent again or said to be lost.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use bytes::Bytes;
use tokio::time::Instant;

use crate::client::{Client, Outbox, Resume};
use crate::proto::{InputKind, SessionId};
use crate::widgets::format;

/// What an Agent said of an attachment.
#[derive(Debug, Clone)]
pub(super) struct Attached {
    pub(super) channel: u32,
    pub(super) session: SessionId,
    pub(super) applied: u64,
    pub(super) accepted: u64,
    pub(super) refused: Vec<u64>,
}

/// Input to the Sessions of one machine.
#[derive(Debug, Default)]
pub(super) struct Typed {
    outbox: Outbox,
    /// Sessions by their channels on the present connection.
    channels: HashMap<u32, SessionId>,
    /// Session and number of each input by the id that a refusal would carry.
    ids: HashMap<u64, (SessionId, u64)>,
    /// When the connection was lost, while it is.
    lost_at: Option<Instant>,
    /// How long the last cut was.
    cut: Duration,
    /// Sessions that were attached since.
    resumed: HashSet<SessionId>,
}

impl Typed {
    /// The connection is another one, or gone.
    pub(super) fn changed(&mut self, client: Option<&Client>, epoch: u32) {
        self.channels.clear();
        self.ids.clear();
        match client {
            Some(client) => {
                self.cut = self.lost_at.take().map_or(Duration::ZERO, |at| at.elapsed());
                self.resumed.clear();
                // Before anything else is said: the focus may have moved meanwhile.
                let _ = client.focus(0, epoch);
            }
            None => _ = self.lost_at.get_or_insert_with(Instant::now),
        }
    }

    /// A Session was attached. What a cut had caught on its way is sent again; a sentence when some
    /// of it is given up.
    pub(super) fn attached(
        &mut self,
        client: &Client,
        attached: &Attached,
        epoch: u32,
    ) -> Option<String> {
        let Attached { channel, session, applied, accepted, ref refused } = *attached;
        self.channels.insert(channel, session);
        let cut = if self.resumed.insert(session) { self.cut } else { Duration::ZERO };
        let resume = Resume { applied, accepted, cut, epoch };
        let refused = self.outbox.refused_meanwhile(session, refused);
        let given_up = refused + self.outbox.resume(session, resume);
        let unsent = self.flush(client, session, channel).err();
        let lost = (given_up > 0).then(|| {
            let size = format::things(given_up, "byte");
            format!("the connection was cut: {size} of what you typed did not reach the program")
        });
        lost.or(unsent)
    }

    /// Sends input, now or not at all.
    ///
    /// # Errors
    /// Why it was not sent, as a sentence.
    pub(super) fn input(
        &mut self,
        client: &Client,
        session: SessionId,
        channel: u32,
        epoch: u32,
        kind: InputKind,
        bytes: &Bytes,
    ) -> Result<(), String> {
        self.outbox.push(session, epoch, kind, bytes).map_err(|error| error.to_string())?;
        self.flush(client, session, channel)
    }

    /// The terminal took input; more may follow.
    ///
    /// # Errors
    /// Why what waited was not sent, as a sentence.
    pub(super) fn applied(
        &mut self,
        client: &Client,
        channel: u32,
        seq: u64,
    ) -> Result<(), String> {
        let Some(session) = self.channels.get(&channel).copied() else { return Ok(()) };
        self.outbox.applied(session, seq);
        self.ids.retain(|_, (of, number)| *of != session || *number > seq);
        self.flush(client, session, channel)
    }

    /// An input was refused.
    pub(super) fn refused(&mut self, id: u64) {
        if let Some((session, seq)) = self.ids.remove(&id) {
            self.outbox.refused(session, seq);
        }
    }

    /// What waits for a Session is not to be sent any more; a sentence when there was something.
    pub(super) fn cancel(&mut self, channel: u32) -> Option<String> {
        let session = self.channels.get(&channel)?;
        unsent(self.outbox.cancel(*session))
    }

    /// The focus moved: what was typed before and waits is not to be sent any more; a sentence when
    /// there was something.
    pub(super) fn focus(&mut self, epoch: u32) -> Option<String> {
        unsent(self.outbox.focus(epoch))
    }

    fn flush(&mut self, client: &Client, session: SessionId, channel: u32) -> Result<(), String> {
        while let Some(input) = self.outbox.next(session) {
            let seq = input.seq;
            match client.numbered_input(channel, input) {
                Ok(id) => drop(self.ids.insert(id, (session, seq))),
                Err(error) => {
                    self.outbox.refused(session, seq);
                    self.outbox.cancel(session);
                    return Err(error.to_string());
                }
            }
        }
        Ok(())
    }
}

fn unsent(bytes: usize) -> Option<String> {
    let size = format::things(bytes, "byte");
    (bytes > 0).then(|| format!("{size} of what you typed still waited, and will not be sent"))
}
