//! Taking up the connections of the local socket, and of the port if there is one.

use std::sync::Arc;
use std::time::Duration;

use tokio::net::{UnixListener, UnixStream};
use tokio::sync::Semaphore;

use crate::net::{HANDSHAKE_DEADLINE, Link, LinkError, accept_unix};

use super::listen::Port;
use super::peer::Peer;
use super::{Agent, connection};

/// Connections of the local socket that may be in their handshake at the same time.
const HANDSHAKES_MAX: usize = 64;
/// Pause after a failed accept, so that a machine without descriptors does not spin.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Takes up peers of the local socket for ever.
pub async fn accept_local(agent: Arc<Agent>, listener: &UnixListener) {
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

/// Takes up peers of the port for ever; without one, waits for ever.
pub async fn accept_remote(agent: Arc<Agent>, port: Option<Arc<Port>>) {
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
