//! The way to one machine: the connection, while there is one.

use crate::app::event::LinkChange;
use crate::client::{Client, LinkState};

use super::acks::{Acks, acks};

/// The way to one machine.
#[derive(Debug, Default)]
pub(super) struct Way {
    epoch: u64,
    connection: Option<(Client, Acks)>,
}

impl Way {
    /// Which connection it is; grows with each.
    pub(super) const fn epoch(&self) -> u64 {
        self.epoch
    }

    /// The connection, while there is one.
    pub(super) fn client(&self) -> Option<&Client> {
        self.connection.as_ref().map(|(client, _)| client)
    }

    /// Acknowledges an Update.
    pub(super) fn ack(&self, channel: u32, revision: u64) {
        if let Some((_, acks)) = &self.connection {
            acks.add(channel, revision);
        }
    }

    /// Follows a change of the connection; what the state is to be told.
    pub(super) fn change(&mut self, state: LinkState) -> LinkChange {
        self.connection = None;
        match state {
            LinkState::Connected { client, hello } => {
                self.epoch += 1;
                let (acks, unsent) = acks();
                tokio::spawn(unsent.send(client.clone()));
                self.connection = Some((client, acks));
                LinkChange::Connected { epoch: self.epoch, hello: Box::new(hello) }
            }
            LinkState::Connecting => LinkChange::Connecting,
            LinkState::Retrying { reason, after } => LinkChange::Retrying { reason, after },
            LinkState::Refused { reason } => LinkChange::Refused { reason },
        }
    }
}
