//! The ways to the machines: supervised connections in, requests and input out. Nothing here
//! waits for a network: what cannot be sent now is refused now.

use bytes::Bytes;
use tokio::sync::mpsc;
use uuid::Uuid;

use crate::app::effect::Tag;
use crate::app::entry::{Starter, Target};
use crate::app::event::{AppEvent, Failure};
use crate::app::state::{MachineKey, SessionKey};
use crate::client::{
    ClientError, ConnectOptions, Incoming, LinkEvent, Supervisor, SupervisorHandle,
};
use crate::proto::{InputKind, Reply, Request, Role};

use super::connection::Connection;
use super::typed::{Attached, Typed};

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
    /// The focus as the machines are told.
    epoch: u32,
    /// What a translated event brought up besides itself.
    next: Option<AppEvent>,
}

#[derive(Debug)]
struct Link {
    supervisor: SupervisorHandle,
    starter: Option<Starter>,
    connection: Connection,
    typed: Typed,
}

impl Links {
    /// Starts to connect to every machine; its key is its place in `targets`.
    #[must_use]
    pub fn start(targets: Vec<Target>, identity: &Identity) -> Self {
        let (events, received) = mpsc::channel(EVENTS);
        let (answers, answered) = mpsc::channel(EVENTS);
        let client_id = Uuid::new_v4();
        let link = |(index, target): (usize, Target)| {
            let Target { address, way, starter, .. } = target;
            let options = ConnectOptions {
                name: identity.name.clone(),
                role: identity.role,
                way,
                packed: address.may_be_thin(),
                client_id: Some(client_id),
            };
            let key = index.to_string();
            let supervisor = Supervisor::spawn(key, address, options, events.clone());
            Link { supervisor, starter, connection: Connection::default(), typed: Typed::default() }
        };
        let machines = targets.into_iter().enumerate().map(link).collect();
        Self { machines, events: received, answers, answered, epoch: 0, next: None }
    }

    /// Waits for the next event.
    pub async fn next(&mut self) -> Option<AppEvent> {
        loop {
            if let Some(event) = self.next.take() {
                return Some(event);
            }
            tokio::select! {
                biased;
                answer = self.answered.recv() => return answer.map(|answer| self.answer(answer)),
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
        if let Some(event) = self.next.take() {
            return Some(event);
        }
        if let Ok(answer) = self.answered.try_recv() {
            return Some(self.answer(answer));
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
            LinkEvent::State(state) => {
                let change = link.connection.change(state);
                link.typed.changed(link.connection.client(), self.epoch);
                Some(AppEvent::Link { machine, change })
            }
            LinkEvent::Incoming(incoming) => link.incoming(machine, incoming),
        }
    }

    /// An answer on its way to the state; attaching again decides what becomes of input that a cut
    /// had caught on its way.
    fn answer(&mut self, answer: AppEvent) -> AppEvent {
        let AppEvent::Reply { machine, epoch, result: Ok(reply), .. } = &answer else {
            return answer;
        };
        let (Reply::Attached { channel, session, applied, accepted, refused, .. }, Some(link)) =
            (reply, self.machines.get_mut(machine.0))
        else {
            return answer;
        };
        let attached = Attached {
            channel: *channel,
            session: session.session_id,
            applied: *applied,
            accepted: *accepted,
            refused: refused.clone(),
        };
        if let Some(client) = link.connection.client().filter(|_| link.connection.epoch() == *epoch)
            && let Some(reason) = link.typed.attached(client, &attached, self.epoch)
        {
            self.next = Some(AppEvent::InputRefused { machine: *machine, reason });
        }
        answer
    }

    /// Asks a machine; the answer comes back as an event, at once when it is not connected.
    pub fn request(&mut self, machine: MachineKey, request: Request, tag: Tag) {
        let Some(link) = self.machines.get_mut(machine.0) else { return };
        if let Request::SetRole { channel, role: Role::Observer } | Request::Detach { channel } =
            &request
            && let Some(reason) = link.typed.cancel(*channel)
        {
            self.next = Some(AppEvent::InputRefused { machine, reason });
        }
        let epoch = link.connection.epoch();
        let answers = self.answers.clone();
        let client = link.connection.client().cloned();
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
        &mut self,
        session: SessionKey,
        channel: u32,
        epoch: u32,
        kind: InputKind,
        bytes: &Bytes,
    ) -> Result<(), String> {
        let not_connected = || not_connected().message;
        let link = self.machines.get_mut(session.machine.0).ok_or_else(not_connected)?;
        let client = link.connection.client().ok_or_else(not_connected)?;
        link.typed.input(client, session.id, channel, epoch, kind, bytes)
    }

    /// Tells every machine that the focus moved.
    pub fn focus(&mut self, epoch: u32) {
        self.epoch = epoch;
        for (index, link) in self.machines.iter_mut().enumerate() {
            if let Some(reason) = link.typed.focus(epoch) {
                let machine = MachineKey(index);
                self.next = Some(AppEvent::InputRefused { machine, reason });
            }
            if let Some(client) = link.connection.client() {
                // One that takes nothing takes no input either.
                let _ = client.focus(0, epoch);
            }
        }
    }

    /// Acknowledges an Update. A machine that is not connected has forgotten it already.
    pub fn ack(&self, machine: MachineKey, channel: u32, revision: u64) {
        if let Some(link) = self.machines.get(machine.0) {
            link.connection.ack(channel, revision);
        }
    }

    /// Tries a machine now. The Agent of this machine is started first if it does not run: somebody
    /// asked for it.
    pub fn retry(&self, machine: MachineKey) {
        let Some(link) = self.machines.get(machine.0) else { return };
        let retry = link.supervisor.wish();
        let starter = link.starter.clone().filter(|_| link.connection.client().is_none());
        let Some(starter) = starter else { return retry.now() };
        let answers = self.answers.clone();
        tokio::spawn(async move {
            if let Err(reason) = (starter.0)().await {
                let _ = answers.send(AppEvent::NotStarted { machine, reason }).await;
            }
            retry.now();
        });
    }
}

impl Link {
    fn incoming(&mut self, machine: MachineKey, incoming: Incoming) -> Option<AppEvent> {
        match incoming {
            Incoming::Event(event) => Some(AppEvent::Agent { machine, event }),
            Incoming::Update { channel, bytes } => {
                Some(AppEvent::Update { machine, channel, bytes })
            }
            Incoming::InputRefused { id, error } => {
                self.typed.refused(id);
                Some(AppEvent::InputRefused { machine, reason: error.message })
            }
            Incoming::Applied { channel, seq } => {
                let client = self.connection.client()?;
                let reason = self.typed.applied(client, channel, seq).err()?;
                Some(AppEvent::InputRefused { machine, reason })
            }
            // The dashboard tails nothing, and a closed connection tells itself as a change of state.
            Incoming::Output { .. }
            | Incoming::Timed { .. }
            | Incoming::Resized { .. }
            | Incoming::Gap { .. }
            | Incoming::Closed { .. } => None,
        }
    }
}

fn not_connected() -> Failure {
    Failure { code: None, message: "the machine is not connected".to_owned() }
}

fn failure(error: &ClientError) -> Failure {
    Failure { code: error.code(), message: error.to_string() }
}
