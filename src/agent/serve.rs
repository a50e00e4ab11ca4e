//! Running an Agent: listening, accepting, ending.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::{TcpListener, TcpStream, UnixListener, UnixStream};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::Semaphore;

use crate::net::{HANDSHAKE_DEADLINE, Link, LinkError, accept_tcp, accept_unix};

use super::peer::Peer;
use super::runtime_dir::{self, Bound, RuntimeDirError, Token};
use super::{Agent, AgentOptions, connection, recover};

/// Connections that may be in their handshake at the same time.
const HANDSHAKES_MAX: usize = 64;
/// How long connections may take to say goodbye when the Agent ends.
const GOODBYES: std::time::Duration = std::time::Duration::from_secs(1);
/// Pause after a failed accept, so that a machine without descriptors does not spin.
const ACCEPT_PAUSE: std::time::Duration = std::time::Duration::from_millis(100);

/// Why an Agent does not run.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// Listening beyond this machine needs what this version does not have.
    #[error(
        "refusing to listen on {0}: beyond this machine an agent needs TLS and a role for each token, which this \
         version does not have; listen on 127.0.0.1 and tunnel, for example with ssh -L"
    )]
    NotLoopback(SocketAddr),
    /// The runtime directory cannot be used.
    #[error(transparent)]
    RuntimeDir(#[from] RuntimeDirError),
    /// The address is taken or not ours.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
    /// Signals cannot be handled.
    #[error("cannot handle signals: {0}")]
    Signals(std::io::Error),
}

/// A loopback listener with its token.
struct Loopback {
    listener: TcpListener,
    token: Arc<Token>,
}

/// Runs an Agent until it is told to stop, then ends its Sessions. `ready` is called once it listens,
/// with the addresses.
///
/// # Errors
/// When it cannot listen; nothing was started then.
pub async fn serve(options: AgentOptions, ready: impl FnOnce(&[String])) -> Result<(), ServeError> {
    if let Some(address) = options.listen
        && !address.ip().is_loopback()
    {
        return Err(ServeError::NotLoopback(address));
    }
    runtime_dir::prepare(&options.runtime_dir)?;
    let bound = Bound::bind(&options.socket)?;
    let mut listening = vec![format!("unix:{}", options.socket.display())];
    let loopback = match options.listen {
        Some(address) => Some(listen(address, &options, &mut listening).await?),
        None => None,
    };
    let stop_signals = StopSignals::new().map_err(ServeError::Signals)?;
    let agent = Arc::new(Agent::new(options, listening));
    // Only for those who look at the process table.
    let _ = std::fs::write("/proc/self/comm", crate::holder::AGENT_COMM);
    runtime_dir::prepare(&agent.holders)?;
    recover::recover(&agent).await;
    tokio::spawn(reload_on_hangup(agent.clone()));
    ready(&agent.listening);
    tracing::info!(listening = ?agent.listening, "the agent listens");
    run(agent, &bound, loopback, stop_signals).await;
    Ok(())
}

async fn listen(
    address: SocketAddr,
    options: &AgentOptions,
    listening: &mut Vec<String>,
) -> Result<Loopback, ServeError> {
    let failed = |source| ServeError::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    let name = crate::net::token_file_name(bound.port());
    let token = Arc::new(Token::create(&options.runtime_dir.join(name))?);
    listening.push(format!("ws://{bound}"));
    Ok(Loopback { listener, token })
}

async fn run(
    agent: Arc<Agent>,
    bound: &Bound,
    loopback: Option<Loopback>,
    mut stop_signals: StopSignals,
) {
    let mut stop = agent.stop.subscribe();
    let handshakes = Arc::new(Semaphore::new(HANDSHAKES_MAX));
    let ends_sessions = tokio::select! {
        () = accept_local(agent.clone(), &bound.listener, handshakes.clone()) => false,
        () = accept_loopback(agent.clone(), loopback.as_ref(), handshakes) => false,
        // The service is restarted, or somebody ends just this process: Sessions wait for the next.
        () = stop_signals.any() => agent.options.ephemeral,
        _ = stop.wait_for(|stop| *stop) => true,
    };
    tracing::info!(ends_sessions, "the agent stops");
    agent.stop.send_replace(true);
    match ends_sessions {
        true => agent.end_sessions().await,
        false => agent.checkpoint().await,
    }
    // Whoever asked for the end still gets the answer.
    let mut clients = agent.clients.subscribe();
    let _ = tokio::time::timeout(GOODBYES, clients.wait_for(|clients| *clients == 0)).await;
}

async fn accept_local(agent: Arc<Agent>, listener: &UnixListener, handshakes: Arc<Semaphore>) {
    loop {
        let Ok(permit) = handshakes.clone().acquire_owned().await else { return };
        match listener.accept().await {
            Ok((stream, _)) => {
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
            Err(error) => pause_after(&error).await,
        }
    }
}

async fn accept_loopback(
    agent: Arc<Agent>,
    loopback: Option<&Loopback>,
    handshakes: Arc<Semaphore>,
) {
    let Some(Loopback { listener, token }) = loopback else { return std::future::pending().await };
    loop {
        let Ok(permit) = handshakes.clone().acquire_owned().await else { return };
        match listener.accept().await {
            Ok((stream, from)) => {
                let (agent, token) = (agent.clone(), token.clone());
                tokio::spawn(async move {
                    let link = within_deadline(accept_with(stream, &token)).await;
                    drop(permit);
                    take_up(agent, link, Peer::with_loopback_token(from)).await;
                });
            }
            Err(error) => pause_after(&error).await,
        }
    }
}

async fn accept_with(stream: TcpStream, token: &Token) -> Result<Link, LinkError> {
    accept_tcp(stream, &|presented| token.matches(presented)).await
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

async fn pause_after(error: &std::io::Error) {
    tracing::warn!(%error, "cannot accept a connection");
    tokio::time::sleep(ACCEPT_PAUSE).await;
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
        match agent.reload_rules().await {
            Ok(()) => tracing::info!("the configuration was read again"),
            Err(error) => tracing::error!("the configuration was not changed: {error}"),
        }
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
