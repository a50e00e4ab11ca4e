//! The Unix socket transport. The peer is known by its uid, so no token is needed.

use std::path::Path;

use tokio::net::UnixStream;
use tokio_tungstenite::tungstenite::handshake::server::{Request, Response};
use tokio_tungstenite::{accept_hdr_async_with_config, client_async_with_config};

use super::error::LinkError;
use super::link::{Carrier, FROM_AGENT_MAX, FROM_CLIENT_MAX, Link, limits};
use super::pulse::PULSE_HEADER;

/// What the WebSocket handshake calls a peer that has no host name.
const LOCAL_URL: &str = "ws://localhost/";

pub(super) async fn connect(path: &Path) -> Result<Link, LinkError> {
    let address = || format!("unix:{}", path.display());
    let stream = UnixStream::connect(path)
        .await
        .map_err(|source| LinkError::Connect { address: address(), source })?;
    let carrier: Box<dyn Carrier> = Box::new(stream);
    let limits = limits(FROM_AGENT_MAX);
    let (socket, _) = client_async_with_config(LOCAL_URL, carrier, Some(limits)).await?;
    Ok(Link::new(socket))
}

/// Answers the handshake on an accepted stream whose peer was already checked.
///
/// # Errors
/// When the peer does not speak WebSocket.
pub async fn accept_unix(stream: UnixStream) -> Result<Link, LinkError> {
    let carrier: Box<dyn Carrier> = Box::new(stream);
    let mut bridged = false;
    // The error type is the library's.
    #[allow(clippy::result_large_err)]
    let look = |request: &Request, response: Response| {
        bridged = request.headers().contains_key(PULSE_HEADER);
        Ok(response)
    };
    let socket = accept_hdr_async_with_config(carrier, look, Some(limits(FROM_CLIENT_MAX))).await?;
    Ok(if bridged { Link::watched(socket) } else { Link::new(socket) })
}
