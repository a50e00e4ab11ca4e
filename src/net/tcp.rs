//! WebSocket over TCP, plain on loopback and over TLS beyond. Any local user and any web page can
//! reach a port, so a request needs a token and must come from nowhere else.

use std::net::{IpAddr, SocketAddr};

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::handshake::server::{Request, Response as Upgrade};
use tokio_tungstenite::tungstenite::http::{HeaderValue, Response, StatusCode, header};
use tokio_tungstenite::{accept_hdr_async_with_config, client_async_with_config};

use crate::config::HostPort;

use super::admit::{self, Admission, Refusal};
use super::error::LinkError;
use super::link::{Carrier, FROM_AGENT_MAX, FROM_CLIENT_MAX, Link, Socket, limits};
use super::threshold::Threshold;
use super::tls::{self, ServerTls, Trust};
use super::{Secret, socket};

/// Longest reason of a refusing peer that is repeated, in characters.
const REASON_MAX: usize = 300;

/// Name of the file in the runtime directory that holds the token for a loopback port.
#[must_use]
pub fn token_file_name(port: u16) -> String {
    format!("port-{port}.token")
}

pub(super) async fn connect(at: &SocketAddr, token: Option<&Secret>) -> Result<Link, LinkError> {
    let address = format!("ws://{at}");
    let stream = TcpStream::connect(at)
        .await
        .map_err(|source| LinkError::Connect { address: address.clone(), source })?;
    socket::tune(&stream);
    Ok(Link::watched(upgrade(Box::new(stream), &address, token).await?))
}

pub(super) async fn connect_tls(
    at: &HostPort,
    trust: &Trust,
    token: Option<&Secret>,
) -> Result<Link, LinkError> {
    let address = format!("wss://{at}");
    let stream = socket::connect(at.host.as_str().trim_end_matches('.'), at.port)
        .await
        .map_err(|source| LinkError::Connect { address: address.clone(), source })?;
    let secured = tls::connect(stream, at, trust).await?;
    // Only now: whoever has no valid certificate never sees the token.
    let socket = upgrade(Box::new(secured.stream), &address, token).await?;
    Ok(Link::watched(socket).with_notice(secured.notice))
}

async fn upgrade(
    carrier: Box<dyn Carrier>,
    address: &str,
    token: Option<&Secret>,
) -> Result<Socket, LinkError> {
    let mut request = format!("{address}/").into_client_request()?;
    if let Some(token) = token {
        let mut value = HeaderValue::from_str(&format!("Bearer {}", token.reveal()))
            .map_err(|_| refused(address, "the token holds characters a header cannot carry"))?;
        value.set_sensitive(true);
        request.headers_mut().insert(header::AUTHORIZATION, value);
    }
    match client_async_with_config(request, carrier, Some(limits(FROM_AGENT_MAX))).await {
        Ok((socket, _)) => Ok(socket),
        Err(tungstenite::Error::Http(response)) => Err(refused(address, &reason(&response))),
        Err(error) => Err(error.into()),
    }
}

/// What a refusing peer said, and what to do where that is known.
fn reason(response: &Response<Option<Vec<u8>>>) -> String {
    if response.status() == StatusCode::UNAUTHORIZED {
        let sentence = "a valid token is needed; `watchdeck token new` makes one there, and \
                        `watchdeck token add MACHINE` stores it here";
        return sentence.to_owned();
    }
    let body = response.body().as_deref().unwrap_or_default();
    match String::from_utf8_lossy(body).trim() {
        "" => format!("it answered {}", response.status()),
        said => said.chars().take(REASON_MAX).collect(),
    }
}

fn refused(address: &str, reason: &str) -> LinkError {
    LinkError::Refused { address: address.to_owned(), reason: reason.to_owned() }
}

/// Answers the handshake on an accepted connection, or refuses it before the upgrade. `check` judges a
/// bearer token and tells whose it is; it must take the same time for every token.
///
/// # Errors
/// [`LinkError::Turned`] when the peer is refused; others when it does not speak TLS or WebSocket.
pub async fn accept_tcp<P: Send + Unpin>(
    stream: TcpStream,
    tls: Option<&ServerTls>,
    admission: &Admission,
    check: impl Fn(&str) -> Option<P> + Send + Unpin,
) -> Result<(Link, P), LinkError> {
    socket::tune(&stream);
    let local = stream.local_addr().map_err(tungstenite::Error::Io)?.ip();
    match tls {
        Some(tls) => {
            let stream = tls.acceptor.accept(stream).await.map_err(tungstenite::Error::Io)?;
            accept_stream(stream, local, admission, check).await
        }
        None => accept_stream(stream, local, admission, check).await,
    }
}

/// The same on any stream, whose own end has the address `local`.
///
/// # Errors
/// See [`accept_tcp`].
pub async fn accept_stream<P: Send + Unpin>(
    stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
    local: IpAddr,
    admission: &Admission,
    check: impl Fn(&str) -> Option<P> + Send + Unpin,
) -> Result<(Link, P), LinkError> {
    let (carrier, opener) = Threshold::new(stream);
    let mut decided = Err(Refusal::Token);
    // The error type is the library's.
    #[allow(clippy::result_large_err)]
    let judge = |request: &Request, response: Upgrade| {
        let token = admission.token(request, local);
        decided = token.and_then(|token| check(token).ok_or(Refusal::Token));
        match &decided {
            Ok(_) => Ok(response),
            Err(refusal) => Err(admit::response(*refusal)),
        }
    };
    let carrier: Box<dyn Carrier> = Box::new(carrier);
    let accepted =
        accept_hdr_async_with_config(carrier, judge, Some(limits(FROM_CLIENT_MAX))).await;
    match (accepted, decided) {
        (Ok(socket), Ok(peer)) => {
            opener.open();
            Ok((Link::watched(socket), peer))
        }
        (Err(tungstenite::Error::Http(_)) | Ok(_), Err(refusal)) => Err(LinkError::Turned(refusal)),
        (Err(error), _) => Err(error.into()),
    }
}
