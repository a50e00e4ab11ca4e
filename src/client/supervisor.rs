//! Keeps one machine connected: a task that reconnects for ever and tells every change of state.

use std::time::Duration;

use tokio::sync::mpsc;

use crate::net::{Address, LinkError};
use crate::proto::{AgentHello, ErrorCode, Request};

use super::{Backoff, Client, ClientError, ConnectOptions, Incoming};

/// A connection that lived this long was a good one: the next pause is short again.
const STABLE_AFTER: Duration = Duration::from_secs(10);

/// After an announced end, as for an upgrade, a shorter life is good enough.
const FAREWELL_AFTER: Duration = Duration::from_secs(1);

/// State of the way to one machine.
#[derive(Debug, Clone)]
pub enum LinkState {
    /// Trying.
    Connecting,
    /// Connected; requests go through this client.
    Connected {
        /// The connection.
        client: Client,
        /// What the Agent said of itself.
        hello: AgentHello,
    },
    /// Lost or not reached; tried again by itself.
    Retrying {
        /// What happened.
        reason: String,
        /// No Agent listens there.
        absent: bool,
        /// Pause before the next try.
        after: Duration,
    },
    /// The Agent refused; trying again would not help until a human acts. Tried again on request.
    Refused {
        /// Why, and what to do.
        reason: String,
    },
    /// Something on the way there only a human can settle: a host key, a password, a missing
    /// program. Tried again on request.
    NeedsYou {
        /// What stands in the way.
        reason: String,
        /// What to run to see more of it, or to settle it.
        command: Option<String>,
    },
}

/// What a [`Supervisor`] tells its owner.
#[derive(Debug)]
pub enum LinkEvent {
    /// The state changed.
    State(LinkState),
    /// The Agent sent something. Only after [`LinkState::Connected`].
    Incoming(Incoming),
}

/// The task that keeps one machine connected.
#[derive(Debug)]
pub struct Supervisor {
    machine: String,
    address: Address,
    options: ConnectOptions,
    events: mpsc::Sender<(String, LinkEvent)>,
    retry: mpsc::Receiver<()>,
}

/// Ends its [`Supervisor`] when dropped.
#[derive(Debug)]
pub struct SupervisorHandle {
    retry: mpsc::Sender<()>,
    task: tokio::task::JoinHandle<()>,
}

/// Lets a [`Supervisor`] try again; may outlive its handle, and does nothing then.
#[derive(Debug, Clone)]
pub struct Retry(mpsc::Sender<()>);

impl Retry {
    /// Tries again now instead of after the pause.
    pub fn now(&self) {
        // One waiting wish is enough.
        let _ = self.0.try_send(());
    }
}

impl SupervisorHandle {
    /// For whoever wants it to try again.
    #[must_use]
    pub fn wish(&self) -> Retry {
        Retry(self.retry.clone())
    }
}

impl Drop for SupervisorHandle {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Supervisor {
    /// Starts the task. Its events carry `machine`, go into the bounded `events`, and wait there:
    /// a busy dashboard slows its own connection and nothing else.
    #[must_use]
    pub fn spawn(
        machine: String,
        address: Address,
        options: ConnectOptions,
        events: mpsc::Sender<(String, LinkEvent)>,
    ) -> SupervisorHandle {
        let (retry, wishes) = mpsc::channel(1);
        let supervisor = Self { machine, address, options, events, retry: wishes };
        SupervisorHandle { retry, task: tokio::spawn(supervisor.run()) }
    }

    async fn run(mut self) {
        let mut backoff = Backoff::default();
        loop {
            self.tell(LinkEvent::State(LinkState::Connecting)).await;
            let began = tokio::time::Instant::now();
            let (reason, absent) = match self.connected().await {
                Ok((reason, code)) => {
                    let good = match code {
                        Some(ErrorCode::ShuttingDown) => FAREWELL_AFTER,
                        _ => STABLE_AFTER,
                    };
                    if began.elapsed() >= good {
                        backoff = Backoff::default();
                    }
                    (reason, false)
                }
                Err(error) => match needs_a_human(&error, &self.address) {
                    Some(state) => {
                        self.tell(LinkEvent::State(state)).await;
                        if self.retry.recv().await.is_none() {
                            return;
                        }
                        continue;
                    }
                    None => (error.to_string(), error.is_absent()),
                },
            };
            let after = backoff.pause();
            self.tell(LinkEvent::State(LinkState::Retrying { reason, absent, after })).await;
            tokio::select! {
                () = tokio::time::sleep(after) => {}
                wish = self.retry.recv() => if wish.is_none() { return },
            }
        }
    }

    /// Connects, subscribes, and forwards until the connection ends; then why, and the Agent's code if
    /// it said goodbye.
    async fn connected(&mut self) -> Result<(String, Option<ErrorCode>), ClientError> {
        let connect = Client::connect(&self.address, &self.options);
        let (client, mut incoming) = Box::pin(connect).await?;
        let hello = client.hello().clone();
        let subscribe = client.clone();
        self.tell(LinkEvent::State(LinkState::Connected { client, hello })).await;
        // Answered while events flow: the answer must not wait for a full event queue.
        tokio::spawn(async move { subscribe.request(Request::Subscribe).await });
        while let Some(message) = incoming.recv().await {
            if let Incoming::Closed { reason, code } = message {
                return Ok((reason, code));
            }
            self.tell(LinkEvent::Incoming(message)).await;
        }
        Ok((LinkError::Closed.to_string(), None))
    }

    async fn tell(&self, event: LinkEvent) {
        // The owner is gone only when the dashboard ends, and then this task is aborted.
        let _ = self.events.send((self.machine.clone(), event)).await;
    }
}

/// The state to wait in for a human, if trying again by itself would not help.
fn needs_a_human(error: &ClientError, address: &Address) -> Option<LinkState> {
    let reason = error.to_string();
    match (error, address) {
        (ClientError::Link(LinkError::NeedsYou(need)), _) => {
            let (reason, command) = (need.reason.clone(), need.command.clone());
            Some(LinkState::NeedsYou { reason, command })
        }
        // Of another generation: over ssh the one there can be replaced.
        (ClientError::Protocol(_), Address::Ssh(host)) => {
            let command = Some(format!("watchdeck deploy ssh://{host}"));
            Some(LinkState::NeedsYou { reason, command })
        }
        (ClientError::Link(LinkError::Refused { .. }), _)
        | (ClientError::Protocol(_) | ClientError::Token(_), _) => {
            Some(LinkState::Refused { reason })
        }
        (ClientError::Refused(refusal), _) => match refusal.code {
            // It will be back, or have room again.
            ErrorCode::ShuttingDown | ErrorCode::LimitExceeded => None,
            _ => Some(LinkState::Refused { reason }),
        },
        (ClientError::Link(_) | ClientError::Deadline(_), _) => None,
    }
}
