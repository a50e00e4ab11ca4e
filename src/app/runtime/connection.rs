//! The connection to one machine, while there is one.

use crate::app::event::LinkChange;
use crate::client::{Client, LinkState};

use super::acks::{Acks, acks};

/// What a machine's Attachments share: its connection, while there is one.
#[derive(Debug, Default)]
pub(super) struct Connection {
    epoch: u64,
    open: Option<(Client, Acks)>,
}

impl Connection {
    /// Which connection it is; grows with each.
    pub(super) const fn epoch(&self) -> u64 {
        self.epoch
    }

    /// The connection, while there is one.
    pub(super) fn client(&self) -> Option<&Client> {
        self.open.as_ref().map(|(client, _)| client)
    }

    /// Acknowledges an Update.
    pub(super) fn ack(&self, channel: u32, revision: u64) {
        if let Some((_, acks)) = &self.open {
            acks.add(channel, revision);
        }
    }

    /// Follows a change of the connection; what the state is to be told.
    pub(super) fn change(&mut self, state: LinkState) -> LinkChange {
        self.open = None;
        match state {
            LinkState::Connected { client, hello } => {
                self.epoch += 1;
                let notice = client.notice().map(str::to_owned);
                let (acks, unsent) = acks();
                tokio::spawn(unsent.send(client.clone()));
                self.open = Some((client, acks));
                LinkChange::Connected { epoch: self.epoch, hello: Box::new(hello), notice }
            }
            LinkState::Connecting => LinkChange::Connecting,
            LinkState::Retrying { reason, absent, after } => {
                LinkChange::Retrying { reason, absent, after }
            }
            LinkState::Refused { reason } => LinkChange::Refused { reason },
            LinkState::NeedsYou { reason, command } => LinkChange::NeedsYou { reason, command },
        }
    }
}
