//! A connection to one machine for the time of one verb.

use crate::client::{Backoff, Client, ClientError, ConnectOptions, IncomingStream};
use crate::net::{Address, LinkError};
use crate::proto::{ErrorCode, Reply, Request, Role, SessionInfo};

use super::context::Context;
use super::error::CliError;
use super::output::harmless;
use super::target::Machine;

/// A connection to one machine.
#[derive(Debug)]
pub struct Peer {
    /// The machine's name as it is shown and can be written.
    pub machine: String,
    /// The connection.
    pub client: Client,
    /// What the agent sends unasked.
    pub incoming: IncomingStream,
    /// Where it is connected to, and as what.
    place: Machine,
    role: Role,
}

impl Peer {
    /// Connects in at most `role`.
    ///
    /// # Errors
    /// The machine cannot be reached, or its agent refuses.
    pub async fn connect(
        context: &Context,
        machine: &Machine,
        role: Role,
    ) -> Result<Self, CliError> {
        let options = ConnectOptions {
            name: context.client_name(),
            role,
            way: machine.way.clone(),
            packed: machine.address.may_be_thin(),
            client_id: None,
        };
        let connected = Client::connect(&machine.address, &options).await;
        let (client, incoming) = connected.map_err(|source| failed(machine, source))?;
        if let Some(notice) = client.notice() {
            eprintln!("watchdeck: {}: {}", machine.name, harmless(notice));
        }
        let name = if context.machines.pinned {
            client.hello().machine.clone()
        } else {
            machine.name.clone()
        };
        let place = machine.clone();
        Ok(Self { machine: name, client, incoming, place, role })
    }

    /// Connects again, for as long as it takes. Says once on standard error that it does.
    ///
    /// # Errors
    /// The agent refuses; trying again would not help.
    pub async fn again(&mut self, context: &Context) -> Result<(), CliError> {
        eprintln!("watchdeck: the connection to {} was cut; trying again", self.machine);
        let mut backoff = Backoff::default();
        loop {
            match Self::connect(context, &self.place, self.role).await {
                Ok(peer) => {
                    eprintln!("watchdeck: connected to {} again", self.machine);
                    *self = peer;
                    return Ok(());
                }
                Err(error) if is_passing(&error) => {
                    tracing::debug!(%error, "not connected yet");
                    tokio::time::sleep(backoff.pause()).await;
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Refuses when the agent calls its machine otherwise than `name`; for a socket that was given
    /// by its path, where the name says nothing about the way.
    ///
    /// # Errors
    /// It is another machine.
    pub fn must_be(&self, name: &str) -> Result<(), CliError> {
        if name == "local" || name == self.machine {
            return Ok(());
        }
        let machine = &self.machine;
        Err(CliError::NotFound(format!("the agent on that socket is {machine}, not {name}")))
    }

    /// Asks; errors carry the machine's name.
    ///
    /// # Errors
    /// The agent's refusal, or a broken connection.
    pub async fn ask(&self, request: Request) -> Result<Reply, CliError> {
        let answer = self.client.request(request).await;
        answer.map_err(|source| CliError::Machine { machine: self.machine.clone(), source })
    }

    /// Asks for something that is only done.
    ///
    /// # Errors
    /// See [`Peer::ask`].
    pub async fn order(&self, request: Request) -> Result<(), CliError> {
        match self.ask(request).await? {
            Reply::Done => Ok(()),
            other => Err(self.strange(&other)),
        }
    }

    /// Everything about one session, under the machine's name as it can be written.
    ///
    /// # Errors
    /// See [`Peer::ask`].
    pub async fn session(&self, session: &str) -> Result<SessionInfo, CliError> {
        match self.ask(Request::GetSession { session: session.to_owned() }).await? {
            Reply::Session { session } => Ok(self.named(*session)),
            other => Err(self.strange(&other)),
        }
    }

    /// Everything about all sessions, oldest first.
    ///
    /// # Errors
    /// See [`Peer::ask`].
    pub async fn sessions(&self) -> Result<Vec<SessionInfo>, CliError> {
        match self.ask(Request::ListSessions).await? {
            Reply::Sessions { sessions } => {
                Ok(sessions.into_iter().map(|session| self.named(session)).collect())
            }
            other => Err(self.strange(&other)),
        }
    }

    fn named(&self, mut session: SessionInfo) -> SessionInfo {
        session.machine.clone_from(&self.machine);
        session
    }

    /// The error for an answer that does not belong to the question.
    #[must_use]
    pub fn strange(&self, reply: &Reply) -> CliError {
        tracing::debug!(?reply, "an answer of another kind than the question's");
        CliError::Failed(format!(
            "{} answered something else than was asked; are agent and watchdeck of one version?",
            self.machine
        ))
    }
}

fn failed(machine: &Machine, source: ClientError) -> CliError {
    let name = machine.name.clone();
    match &source {
        ClientError::Link(LinkError::Connect { .. } | LinkError::Deadline { .. }) => {
            let advice = match &machine.address {
                _ if machine.local => "start its agent with `watchdeck agent --background`",
                Address::Ssh(_) => "does ssh reach it otherwise?",
                _ => "is its agent running there?",
            };
            CliError::Unreachable { machine: name, source, advice }
        }
        _ => CliError::Machine { machine: name, source },
    }
}

/// Whether an error of connecting may go away by itself.
fn is_passing(error: &CliError) -> bool {
    let (CliError::Unreachable { source, .. } | CliError::Machine { source, .. }) = error else {
        return false;
    };
    matches!(
        source,
        ClientError::Deadline(_)
            | ClientError::Link(
                LinkError::Connect { .. }
                    | LinkError::Deadline { .. }
                    | LinkError::Broken(_)
                    | LinkError::BrokenOff
                    | LinkError::Closed
            )
    ) || source.code() == Some(ErrorCode::ShuttingDown)
}

/// Whether the error says that nothing listens on the local socket: the agent does not run.
#[must_use]
pub fn is_not_running(error: &CliError) -> bool {
    let CliError::Unreachable { source, .. } = error else {
        return false;
    };
    source.is_absent()
}
