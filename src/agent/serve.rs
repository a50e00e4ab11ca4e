//! Running an Agent: listening, accepting, ending, and letting another one go on.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{mpsc, oneshot};

use crate::alert::RuleSet;
use crate::proto::{ErrorCode, Reply, WireError};

use super::accept::{accept_local, accept_remote};
use super::listen::{ListenError, Port};
use super::runtime_dir::{self, Bound, RuntimeDirError};
use super::service::{self, State};
use super::upgrade::{Heir, Inheritance, Offer, Successor};
use super::{Agent, AgentOptions, audit, recover};

/// How long connections may take to say goodbye when the Agent ends.
const GOODBYES: Duration = Duration::from_secs(1);

/// Why an Agent does not run.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The runtime or state directory cannot be used.
    #[error(transparent)]
    RuntimeDir(#[from] RuntimeDirError),
    /// The state directory cannot be used.
    #[error(transparent)]
    StateDir(#[from] crate::config::private::PrivateError),
    /// The TCP port is not opened.
    #[error(transparent)]
    Listen(#[from] ListenError),
    /// Signals cannot be handled.
    #[error("cannot handle signals: {0}")]
    Signals(std::io::Error),
    /// There are no descriptors left for a successor.
    #[error("cannot keep its sockets ready for a successor: {0}")]
    Inheritance(std::io::Error),
    /// It should take another Agent's place, and may not.
    #[error("the agent that runs goes on: {0}")]
    NotTaken(std::io::Error),
}

/// Runs an Agent until it is told to stop, then ends its Sessions. `ready` is called once it listens,
/// with what it says of itself: its addresses, then the fingerprint of its certificate if it has one.
///
/// # Errors
/// When it cannot listen, or would not be safe; nothing was started then.
pub async fn serve(options: AgentOptions, ready: impl FnOnce(&[String])) -> Result<(), ServeError> {
    if let Some(state_dir) = &options.state_dir {
        crate::config::private::dir(state_dir)?;
    }
    runtime_dir::prepare(&options.runtime_dir)?;
    let (mut house, heir) = Box::pin(House::of(options)).await?;
    // Only for those who look at the process table.
    let _ = std::fs::write("/proc/self/comm", crate::holder::AGENT_COMM);
    let mut ready = Some(ready);
    let mut listens = |told: &[String]| {
        if let Some(heir) = &heir
            && let Err(error) = heir.serving()
        {
            tracing::debug!(%error, "the agent before is gone");
        }
        if let Some(ready) = ready.take() {
            ready(told);
        }
    };
    while Box::pin(house.live(&mut listens)).await? == Life::Again {}
    Ok(())
}

/// Whether there is another Agent to be in this process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Life {
    /// The successor failed: the Sessions are to be found again.
    Again,
    /// It ended, or another process goes on.
    Over,
}

/// What outlives an Agent: if its successor fails, another one begins with it.
struct House {
    options: Arc<AgentOptions>,
    rules: Arc<RuleSet>,
    bound: Bound,
    port: Option<Arc<Port>>,
    signals: StopSignals,
}

impl House {
    /// Opens everything, or takes over what the Agent before has open, once it may.
    async fn of(options: AgentOptions) -> Result<(Self, Option<Heir>), ServeError> {
        match options.takeover {
            true => Self::inherit(options).await,
            false => Ok((Self::open(options).await?, None)),
        }
    }

    async fn open(options: AgentOptions) -> Result<Self, ServeError> {
        // Before the socket: an Agent that would not be safe must not even seem to run.
        let port = port(&options, None).await?;
        let bound = Bound::bind(&options.socket)?;
        let signals = StopSignals::new().map_err(ServeError::Signals)?;
        let (rules, options) = (options.rules.clone(), Arc::new(options));
        Ok(Self { options, rules, bound, port, signals })
    }

    async fn inherit(options: AgentOptions) -> Result<(Self, Option<Heir>), ServeError> {
        let (heir, Inheritance { lock, local, remote }) =
            Heir::receive().map_err(ServeError::NotTaken)?;
        // Whatever could fail comes before the word that it could go on.
        let port = port(&options, remote).await?;
        let mut bound = Bound::inherit(&options.socket, local, lock)?;
        bound.hand_over(true);
        let signals = StopSignals::new().map_err(ServeError::Signals)?;
        let going = tokio::task::spawn_blocking(|| heir.wait_for_go()).await;
        let heir = going
            .unwrap_or_else(|error| Err(std::io::Error::other(error)))
            .map_err(ServeError::NotTaken)?;
        bound.hand_over(false);
        let (rules, options) = (options.rules.clone(), Arc::new(options));
        Ok((Self { options, rules, bound, port, signals }, Some(heir)))
    }

    /// One Agent, from finding its Sessions to its end.
    async fn live(&mut self, listens: &mut impl FnMut(&[String])) -> Result<Life, ServeError> {
        if let Some(port) = &self.port {
            port.let_own_user_in(&self.options.runtime_dir)?;
        }
        let (options, rules) = (self.options.clone(), self.rules.clone());
        let inheritance = self.inheritance().map_err(ServeError::Inheritance)?;
        let (agent, mut offers) = Agent::new(options, rules, self.port.as_deref(), inheritance);
        let agent = Arc::new(agent);
        runtime_dir::prepare(&agent.holders)?;
        recover::recover(&agent).await;
        audit::begin(&agent);
        // Caught from here on: before it listens, nobody may end it by asking for a reload.
        let hangup = signal(SignalKind::hangup()).map_err(ServeError::Signals)?;
        let hangup = tokio::spawn(reload_on_hangup(agent.clone(), hangup));
        let fingerprint = agent.fingerprint.map(|fingerprint| fingerprint.to_string());
        let told: Vec<String> = agent.listening.iter().cloned().chain(fingerprint).collect();
        listens(&told);
        service::tell(State::Ready);
        tracing::info!(listening = ?told, "the agent listens");
        let (life, why) = match self.run(&agent, &mut offers).await {
            Ending::Stop => (self.stop(&agent).await, "its sessions end"),
            Ending::Leave => (self.leave(&agent).await, "its sessions go on"),
            Ending::HandOver(offer) => (self.hand_over(&agent, *offer).await, "upgrade"),
        };
        audit::end(&agent, why).await;
        hangup.abort();
        Ok(life)
    }

    /// What a successor is passed.
    fn inheritance(&self) -> std::io::Result<Vec<OwnedFd>> {
        let local = self.bound.listener.as_fd();
        let fds = [self.bound.lock(), local].into_iter();
        fds.chain(self.port.as_ref().map(|port| port.as_fd()))
            .map(|fd| fd.try_clone_to_owned())
            .collect()
    }

    async fn run(&mut self, agent: &Arc<Agent>, offers: &mut mpsc::Receiver<Offer>) -> Ending {
        let mut stop = agent.stop.subscribe();
        tokio::select! {
            () = accept_local(agent.clone(), &self.bound.listener) => Ending::Leave,
            () = accept_remote(agent.clone(), self.port.clone()) => Ending::Leave,
            // The service is restarted, or somebody ends just this process: Sessions wait for the next.
            () = self.signals.any() => match agent.options.ephemeral {
                true => Ending::Stop,
                false => Ending::Leave,
            },
            _ = stop.wait_for(|stop| *stop) => Ending::Stop,
            Some(offer) = offers.recv() => Ending::HandOver(Box::new(offer)),
        }
    }

    async fn stop(&self, agent: &Agent) -> Life {
        tracing::info!("the agent stops, and its sessions end");
        service::tell(State::Stopping);
        // Goodbye comes last: whoever asked for the end may rely on its having come.
        agent.end_sessions().await;
        agent.goodbye.send_replace(Some("the agent was stopped"));
        goodbyes(agent).await;
        Life::Over
    }

    async fn leave(&self, agent: &Agent) -> Life {
        tracing::info!("the agent stops, and its sessions go on");
        service::tell(State::Stopping);
        agent.goodbye.send_replace(Some("the agent was stopped"));
        // Not a word may stay in a queue of this process.
        agent.release().await;
        goodbyes(agent).await;
        Life::Over
    }

    /// Lets the successor go on. If it cannot, this process does.
    async fn hand_over(&mut self, agent: &Agent, offer: Offer) -> Life {
        let Offer { mut successor, answer } = offer;
        let since = Instant::now();
        agent.goodbye.send_replace(Some("the agent is being upgraded"));
        agent.release().await;
        self.bound.hand_over(true);
        let going = successor.go().await;
        let away = since.elapsed();
        let life = match &going {
            Ok(()) => {
                service::tell(State::MainPid(successor.pid()));
                Life::Over
            }
            Err(error) => {
                tracing::error!(%error, "the successor failed; this agent goes on");
                self.bound.hand_over(false);
                self.rules = agent.rules();
                Life::Again
            }
        };
        tracing::info!(version = successor.version(), ?away, ok = going.is_ok(), "handed over");
        // Whoever asked may be gone; then nobody misses the answer.
        let _ = answer.send(upgraded(&successor, going, away));
        goodbyes(agent).await;
        life
    }
}

/// How an Agent ends.
enum Ending {
    /// Its Sessions end with it.
    Stop,
    /// Its Sessions wait for the next one.
    Leave,
    /// Another one goes on with its Sessions.
    HandOver(Box<Offer>),
}

impl Agent {
    /// Starts `program` as the successor of this Agent, and answers once it serves.
    ///
    /// # Errors
    /// It does not get ready, or cannot go on; this Agent serves as before then.
    pub(super) async fn upgrade(&self, program: &Path) -> Result<Reply, WireError> {
        if self.options.ephemeral {
            let sentence = "this agent ends with the process that started it, and is not upgraded";
            return Err(WireError::new(ErrorCode::Unsupported, sentence));
        }
        let busy = |_| WireError::new(ErrorCode::LimitExceeded, "it is being upgraded already");
        let place = self.successors.try_reserve().map_err(busy)?;
        let fds: Vec<BorrowedFd<'_>> = self.inheritance.iter().map(AsFd::as_fd).collect();
        let successor = Successor::start(program, &self.options.arguments, &fds).await?;
        let (answer, answered) = oneshot::channel();
        place.send(Offer { successor, answer });
        let gone = |_| WireError::new(ErrorCode::ShuttingDown, "the agent ended meanwhile");
        answered.await.map_err(gone)?
    }
}

fn upgraded(
    successor: &Successor,
    going: std::io::Result<()>,
    away: Duration,
) -> Result<Reply, WireError> {
    let version = successor.version().to_owned();
    let away_ms = u32::try_from(away.as_millis()).unwrap_or(u32::MAX);
    match going {
        Ok(()) => Ok(Reply::Upgraded { version, pid: successor.pid(), away_ms }),
        Err(error) => {
            let sentence =
                format!("version {version} could not go on ({error}); the agent before does");
            Err(WireError::new(ErrorCode::Internal, sentence))
        }
    }
}

/// Whoever asked for the end still gets the answer.
async fn goodbyes(agent: &Agent) {
    let mut clients = agent.clients.subscribe();
    let _ = tokio::time::timeout(GOODBYES, clients.wait_for(|clients| *clients == 0)).await;
}

async fn port(
    options: &AgentOptions,
    inherited: Option<std::net::TcpListener>,
) -> Result<Option<Arc<Port>>, ServeError> {
    let Some(listen) = options.listen else { return Ok(None) };
    Ok(Some(Arc::new(Box::pin(Port::open(options, listen, inherited)).await?)))
}

async fn reload_on_hangup(agent: Arc<Agent>, mut hangup: tokio::signal::unix::Signal) {
    while hangup.recv().await.is_some() {
        service::tell(State::Reloading);
        match agent.reload_rules().await {
            Ok(()) => tracing::info!("the configuration was read again"),
            Err(error) => tracing::error!("the configuration was not changed: {error}"),
        }
        service::tell(State::Ready);
    }
}

struct StopSignals {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
}

impl StopSignals {
    fn new() -> std::io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    async fn any(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
