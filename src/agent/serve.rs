//! Running an Agent: listening, accepting, ending.

use std::sync::Arc;
use std::time::Duration;

use tokio::net::{UnixListener, UnixStream};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::Semaphore;

use crate::net::{HANDSHAKE_DEADLINE, Link, LinkError, accept_unix};

use super::listen::{ListenError, Port};
use super::peer::Peer;
use super::runtime_dir::{self, Bound, RuntimeDirError};
use super::service::{self, State};
use super::{Agent, AgentOptions, connection, recover};

/// Connections of the local socket that may be in their handshake at the same time.
const HANDSHAKES_MAX: usize = 64;
/// How long connections may take to say goodbye when the Agent ends.
const GOODBYES: Duration = Duration::from_secs(1);
/// Pause after a failed accept, so that a machine without descriptors does not spin.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

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
    // Before the socket: an Agent that would not be safe must not even seem to run.
    let port = match options.listen {
        Some(listen) => Some(Arc::new(Box::pin(Port::open(&options, listen)).await?)),
        None => None,
    };
    let bound = Bound::bind(&options.socket)?;
    let stop_signals = StopSignals::new().map_err(ServeError::Signals)?;
    let agent = Arc::new(Agent::new(options, port.as_deref()));
    // Only for those who look at the process table.
    let _ = std::fs::write("/proc/self/comm", crate::holder::AGENT_COMM);
    runtime_dir::prepare(&agent.holders)?;
    recover::recover(&agent).await;
    tokio::spawn(reload_on_hangup(agent.clone()));
    let fingerprint = agent.fingerprint.map(|fingerprint| fingerprint.to_string());
    let told: Vec<String> = agent.listening.iter().cloned().chain(fingerprint).collect();
    ready(&told);
    service::tell(State::Ready);
    tracing::info!(listening = ?told, "the agent listens");
    run(agent, &bound, port, stop_signals).await;
    Ok(())
}

async fn run(
    agent: Arc<Agent>,
    bound: &Bound,
    port: Option<Arc<Port>>,
    mut stop_signals: StopSignals,
) {
    let mut stop = agent.stop.subscribe();
    let ends_sessions = tokio::select! {
        () = accept_local(agent.clone(), &bound.listener) => false,
        () = accept_remote(agent.clone(), port) => false,
        // The service is restarted, or somebody ends just this process: Sessions wait for the next.
        () = stop_signals.any() => agent.options.ephemeral,
        _ = stop.wait_for(|stop| *stop) => true,
    };
    tracing::info!(ends_sessions, "the agent stops");
    service::tell(State::Stopping);
    agent.stop.send_replace(true);
    match ends_sessions {
        true => agent.end_sessions().await,
        false => agent.checkpoint().await,
    }
    // Whoever asked for the end still gets the answer.
    let mut clients = agent.clients.subscribe();
    let _ = tokio::time::timeout(GOODBYES, clients.wait_for(|clients| *clients == 0)).await;
}

async fn accept_local(agent: Arc<Agent>, listener: &UnixListener) {
    let handshakes = Arc::new(Semaphore::new(HANDSHAKES_MAX));
    let mut pause = Pause::default();
    loop {
        let Ok(permit) = handshakes.clone().acquire_owned().await else { return };
        match listener.accept().await {
            Ok((stream, _)) => {
                pause.over();
                let Some(peer) = own_user(&stream) else {
                    tracing::warn!("refused a connection of another user");
                    continue;
                };
                let agent = agent.clone();
                tokio::spawn(async move {
                    let link = within_deadline(accept_unix(stream)).await;
                    drop(permit);
                    take_up(agent, link, peer).await;
                });
            }
            Err(error) => pause.after(&error).await,
        }
    }
}

async fn accept_remote(agent: Arc<Agent>, port: Option<Arc<Port>>) {
    match port {
        Some(port) => port.accept(agent).await,
        None => std::future::pending().await,
    }
}

async fn within_deadline(
    handshake: impl Future<Output = Result<Link, LinkError>>,
) -> Result<Link, LinkError> {
    tokio::time::timeout(HANDSHAKE_DEADLINE, handshake).await.map_err(|_| LinkError::Closed)?
}

async fn take_up(agent: Arc<Agent>, link: Result<Link, LinkError>, peer: Peer) {
    match link {
        Ok(link) => connection::serve(agent, link, peer).await,
        Err(error) => tracing::debug!(%error, "a handshake failed"),
    }
}

/// Waits after failed accepts, and says so once in a row of them.
#[derive(Debug, Default)]
pub(super) struct Pause {
    told: bool,
}

impl Pause {
    pub(super) fn over(&mut self) {
        self.told = false;
    }

    pub(super) async fn after(&mut self, error: &std::io::Error) {
        if !self.told {
            tracing::warn!(%error, "cannot accept connections");
        }
        self.told = true;
        tokio::time::sleep(ACCEPT_PAUSE).await;
    }
}

/// The peer, if it is of the Agent's own user. The socket's directory is private already; this also
/// holds where it was put elsewhere.
fn own_user(stream: &UnixStream) -> Option<Peer> {
    let credentials = stream.peer_cred().ok()?;
    let own = credentials.uid() == rustix::process::getuid().as_raw();
    own.then(|| Peer::of_own_user(credentials.uid(), credentials.pid()))
}

async fn reload_on_hangup(agent: Arc<Agent>) {
    let Ok(mut hangup) = signal(SignalKind::hangup()) else { return };
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
