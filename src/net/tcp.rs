//! WebSocket over loopback TCP. Any local user and any web page can reach a loopback port, so a
//! request needs the Agent's token and must not come from a browser.

use std::net::SocketAddr;

use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};
use tokio_tungstenite::tungstenite::http::{HeaderValue, StatusCode, header};
use tokio_tungstenite::tungstenite::{self};
use tokio_tungstenite::{accept_hdr_async_with_config, client_async_with_config};

use super::link::{Carrier, Link, LinkError, limits};

/// Name of the file in the runtime directory that holds the token for a loopback port.
#[must_use]
pub fn token_file_name(port: u16) -> String {
    format!("port-{port}.token")
}

/// Whether a presented token is good. Must compare in constant time.
pub type TokenCheck<'a> = &'a (dyn Fn(&str) -> bool + Send + Sync);

/// Why a handshake was refused; the text is what the peer is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Browsers always send an Origin; our clients never do (reliability threat T1).
    #[error("requests from web pages are refused")]
    Origin,
    /// A foreign Host means DNS rebinding.
    #[error("this Host is not served here")]
    Host,
    /// No token, or a wrong one. One answer for both.
    #[error("a valid token is needed")]
    Token,
}

pub(super) async fn connect(at: &SocketAddr, token: Option<&str>) -> Result<Link, LinkError> {
    let address = format!("ws://{at}");
    let stream = TcpStream::connect(at)
        .await
        .map_err(|source| LinkError::Connect { address: address.clone(), source })?;
    // Keystrokes are small and must not wait for company.
    let _ = stream.set_nodelay(true);
    let mut request = format!("{address}/").into_client_request()?;
    if let Some(token) = token {
        let value = HeaderValue::from_str(&format!("Bearer {token}"))
            .map_err(|_| refused(&address, "the token holds characters a header cannot carry"))?;
        request.headers_mut().insert(header::AUTHORIZATION, value);
    }
    let carrier: Box<dyn Carrier> = Box::new(stream);
    match client_async_with_config(request, carrier, Some(limits())).await {
        Ok((socket, _)) => Ok(Link::new(socket)),
        Err(tungstenite::Error::Http(response)) => {
            let body = response.body().as_deref().unwrap_or_default();
            let reason = String::from_utf8_lossy(body).into_owned();
            Err(refused(&address, if reason.is_empty() { "no reason was given" } else { &reason }))
        }
        Err(error) => Err(error.into()),
    }
}

fn refused(address: &str, reason: &str) -> LinkError {
    LinkError::Refused { address: address.to_owned(), reason: reason.to_owned() }
}

/// Answers the handshake on an accepted loopback stream, or refuses it before the upgrade.
///
/// # Errors
/// When the peer does not speak WebSocket or is refused.
pub async fn accept_tcp(stream: TcpStream, token: TokenCheck<'_>) -> Result<Link, LinkError> {
    let _ = stream.set_nodelay(true);
    let carrier: Box<dyn Carrier> = Box::new(stream);
    // The error type is the library's.
    #[allow(clippy::result_large_err)]
    let check = |request: &Request, response: Response| match admit(request, token) {
        Ok(()) => Ok(response),
        Err(refusal) => Err(refusal_response(refusal)),
    };
    Ok(Link::new(accept_hdr_async_with_config(carrier, check, Some(limits())).await?))
}

fn admit(request: &Request, token: TokenCheck<'_>) -> Result<(), Refusal> {
    let headers = request.headers();
    if headers.contains_key(header::ORIGIN) {
        return Err(Refusal::Origin);
    }
    if !headers.get(header::HOST).and_then(|host| host.to_str().ok()).is_some_and(is_loopback_host)
    {
        return Err(Refusal::Host);
    }
    let bearer = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "));
    match bearer.is_some_and(token) {
        true => Ok(()),
        false => Err(Refusal::Token),
    }
}

/// `127.0.0.1`, `[::1]` or `localhost`, with any port.
fn is_loopback_host(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let name = name.trim_start_matches('[').trim_end_matches(']');
    name.eq_ignore_ascii_case("localhost")
        || name.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

fn refusal_response(refusal: Refusal) -> ErrorResponse {
    let mut response = ErrorResponse::new(Some(refusal.to_string()));
    *response.status_mut() = match refusal {
        Refusal::Origin | Refusal::Host => StatusCode::FORBIDDEN,
        Refusal::Token => StatusCode::UNAUTHORIZED,
    };
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(headers: &[(&str, &str)]) -> Request {
        let mut builder = tungstenite::http::Request::builder().uri("/");
        for (name, value) in headers {
            builder = builder.header(*name, *value);
        }
        builder.body(()).unwrap()
    }

    #[test]
    fn only_a_local_client_with_the_token_is_admitted() {
        let good = |token: &str| token == "secret";
        let host = ("host", "127.0.0.1:7117");
        let auth = ("authorization", "Bearer secret");
        for (headers, expected) in [
            (vec![host, auth], Ok(())),
            (vec![("host", "[::1]:7117"), auth], Ok(())),
            (vec![("host", "LOCALHOST"), auth], Ok(())),
            (vec![host], Err(Refusal::Token)),
            (vec![host, ("authorization", "Bearer wrong")], Err(Refusal::Token)),
            (vec![host, ("authorization", "secret")], Err(Refusal::Token)),
            (vec![auth], Err(Refusal::Host)),
            (vec![("host", "evil.example:7117"), auth], Err(Refusal::Host)),
            (vec![("host", "127.0.0.1.evil.example"), auth], Err(Refusal::Host)),
            (vec![host, auth, ("origin", "null")], Err(Refusal::Origin)),
            (vec![host, auth, ("origin", "http://127.0.0.1:7117")], Err(Refusal::Origin)),
            (vec![host, auth, ("origin", "")], Err(Refusal::Origin)),
        ] {
            assert_eq!(admit(&request(&headers), &good), expected, "{headers:?}");
        }
    }
}
