//! The ways to the machines: supervised connections in, requests and input out. Nothing here
//! waits for a network: what cannot be sent now is refused now.

use bytes::Bytes;
use tokio::sync::mpsc;

use crate::app::effect::Tag;
use crate::app::event::{AppEvent, Failure, LinkChange};
use crate::app::state::MachineKey;
use crate::client::{
    Client, ClientError, ConnectOptions, Incoming, LinkEvent, LinkState, Supervisor,
    SupervisorHandle, Way,
};
use crate::net::Address;
use crate::proto::{InputKind, Request, Role};

use super::acks::{Acks, acks};

/// Events of all machines that may wait to be handled.
const EVENTS: usize = 256;

/// Who the dashboard is to Agents.
#[derive(Debug, Clone)]
pub struct Identity {
    /// The name in `attached_clients`.
    pub name: String,
    /// The most it wants to do.
    pub role: Role,
}

/// The ways to all machines.
#[derive(Debug)]
pub struct Links {
    machines: Vec<Link>,
    events: mpsc::Receiver<(String, LinkEvent)>,
    answers: mpsc::Sender<AppEvent>,
    answered: mpsc::Receiver<AppEvent>,
}

#[derive(Debug)]
struct Link {
    supervisor: SupervisorHandle,
    epoch: u64,
    connection: Option<Connection>,
}

#[derive(Debug)]
struct Connection {
    client: Client,
    acks: Acks,
}

impl Links {
    /// Starts to connect to every address; a machine's key is its place in `ways`.
    #[must_use]
    pub fn start(ways: Vec<(Address, Way)>, identity: &Identity) -> Self {
        let (events, received) = mpsc::channel(EVENTS);
        let (answers, answered) = mpsc::channel(EVENTS);
        let link = |(index, (address, way)): (usize, (Address, Way))| {
            let options = ConnectOptions { name: identity.name.clone(), role: identity.role, way };
            let key = index.to_string();
            let supervisor = Supervisor::spawn(key, address, options, events.clone());
            Link { supervisor, epoch: 0, connection: None }
        };
        let machines = ways.into_iter().enumerate().map(link).collect();
        Self { machines, events: received, answers, answered }
    }

    /// Waits for the next event.
    pub async fn next(&mut self) -> Option<AppEvent> {
        loop {
            tokio::select! {
                biased;
                answer = self.answered.recv() => return answer,
                event = self.events.recv() => {
                    let (machine, event) = event?;
                    if let Some(event) = self.translate(&machine, event) {
                        return Some(event);
                    }
                }
            }
        }
    }

    /// The next event, if one waits.
    pub fn try_next(&mut self) -> Option<AppEvent> {
        if let Ok(answer) = self.answered.try_recv() {
            return Some(answer);
        }
        loop {
            let (machine, event) = self.events.try_recv().ok()?;
            if let Some(event) = self.translate(&machine, event) {
                return Some(event);
            }
        }
    }

    fn translate(&mut self, machine: &str, event: LinkEvent) -> Option<AppEvent> {
        let index = machine.parse().ok()?;
        let link = self.machines.get_mut(index)?;
        let machine = MachineKey(index);
        match event {
            LinkEvent::State(state) => Some(AppEvent::Link { machine, change: link.change(state) }),
            LinkEvent::Incoming(incoming) => from_incoming(machine, incoming),
        }
    }

    /// Asks a machine; the answer comes back as an event, at once when it is not connected.
    pub fn request(&self, machine: MachineKey, request: Request, tag: Tag) {
        let Some(link) = self.machines.get(machine.0) else { return };
        let epoch = link.epoch;
        let answers = self.answers.clone();
        let client = link.connection.as_ref().map(|connection| connection.client.clone());
        tokio::spawn(async move {
            let result = match client {
                Some(client) => client.request(request).await.map_err(|error| failure(&error)),
                None => Err(not_connected()),
            };
            let _ = answers.send(AppEvent::Reply { machine, epoch, tag, result }).await;
        });
    }

    /// Sends input, now or not at all.
    ///
    /// # Errors
    /// Why it was not sent, as a sentence.
    pub fn input(
        &self,
        machine: MachineKey,
        channel: u32,
        kind: InputKind,
        bytes: Bytes,
    ) -> Result<(), String> {
        let connection = self.machines.get(machine.0).and_then(|link| link.connection.as_ref());
        let connection = connection.ok_or_else(|| not_connected().message)?;
        connection.client.input(channel, kind, bytes).map_err(|error| error.to_string())?;
        Ok(())
    }

    /// Acknowledges an Update. A machine that is not connected has forgotten it already.
    pub fn ack(&self, machine: MachineKey, channel: u32, revision: u64) {
        let connection = self.machines.get(machine.0).and_then(|link| link.connection.as_ref());
        if let Some(connection) = connection {
            connection.acks.add(channel, revision);
        }
    }

    /// Tries a machine now.
    pub fn retry(&self, machine: MachineKey) {
        if let Some(link) = self.machines.get(machine.0) {
            link.supervisor.retry_now();
        }
    }
}

impl Link {
    fn change(&mut self, state: LinkState) -> LinkChange {
        match state {
            LinkState::Connected { client, hello } => {
                self.epoch += 1;
                let (acks, unsent) = acks();
                tokio::spawn(unsent.send(client.clone()));
                let notice = client.notice().map(str::to_owned);
                self.connection = Some(Connection { client, acks });
                LinkChange::Connected { epoch: self.epoch, hello: Box::new(hello), notice }
            }
            LinkState::Connecting => {
                self.connection = None;
                LinkChange::Connecting
            }
            LinkState::Retrying { reason, after } => {
                self.connection = None;
                LinkChange::Retrying { reason, after }
            }
            LinkState::Refused { reason } => {
                self.connection = None;
                LinkChange::Refused { reason }
            }
            LinkState::NeedsYou { reason, command } => {
                self.connection = None;
                LinkChange::NeedsYou { reason, command }
            }
        }
    }
}

fn from_incoming(machine: MachineKey, incoming: Incoming) -> Option<AppEvent> {
    match incoming {
        Incoming::Event(event) => Some(AppEvent::Agent { machine, event }),
        Incoming::Update { channel, bytes } => Some(AppEvent::Update { machine, channel, bytes }),
        Incoming::InputRefused { error, .. } => {
            Some(AppEvent::InputRefused { machine, reason: error.message })
        }
        // The dashboard tails nothing, and a closed connection tells itself as a change of state.
        Incoming::Output { .. } | Incoming::Gap { .. } | Incoming::Closed { .. } => None,
    }
}

fn not_connected() -> Failure {
    Failure { code: None, message: "the machine is not connected".to_owned() }
}

fn failure(error: &ClientError) -> Failure {
    Failure { code: error.code(), message: error.to_string() }
}
