//! Who may speak to a TCP port at all: decided for every request, before the upgrade.
//!
//! Any web page can have its visitor's browser connect to a port on this machine or in this network
//! (reliability threat T1). Browsers say which page asks and which host they believe to speak to, so
//! both are checked; a token is needed in any case.

use std::net::IpAddr;

use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request};
use tokio_tungstenite::tungstenite::http::{
    HeaderMap, HeaderName, HeaderValue, StatusCode, header,
};

use crate::config::{HostName, Origin};

/// Why a handshake was refused; the text is what the peer is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A web page asks, and not one that was allowed. Our own clients never send an Origin.
    #[error("requests from this web page are refused")]
    Origin,
    /// A foreign Host means DNS rebinding, or a name that this machine was not told.
    #[error("this Host is not served here; if it is this machine, add it to agent.allowed_hosts")]
    Host,
    /// No token, or none that is valid. One answer for all cases.
    #[error("a valid token is needed")]
    Token,
}

/// Which pages may ask, and by which names.
#[derive(Debug, Clone, Default)]
pub struct Admission {
    /// Web pages that may connect.
    pub origins: Vec<Origin>,
    /// Names of this machine beside `localhost` and its addresses.
    pub hosts: Vec<HostName>,
}

impl Admission {
    /// Judges a request that came in on the address `local`, and gives its bearer token.
    pub(super) fn token<'r>(
        &self,
        request: &'r Request,
        local: IpAddr,
    ) -> Result<&'r str, Refusal> {
        let headers = request.headers();
        if !self.allows_origin(headers) {
            return Err(Refusal::Origin);
        }
        if !self.allows_host(headers, local) {
            return Err(Refusal::Host);
        }
        let bearer = only(headers, &header::AUTHORIZATION).ok().flatten();
        bearer.and_then(|value| value.strip_prefix("Bearer ")).ok_or(Refusal::Token)
    }

    fn allows_origin(&self, headers: &HeaderMap) -> bool {
        match only(headers, &header::ORIGIN) {
            Ok(None) => true,
            Ok(Some(origin)) => self.origins.iter().any(|allowed| allowed.as_str() == origin),
            Err(Unclear) => false,
        }
    }

    fn allows_host(&self, headers: &HeaderMap, local: IpAddr) -> bool {
        let Ok(Some(text)) = only(headers, &header::HOST) else { return false };
        let Some(host) = without_port(text) else { return false };
        if let Ok(ip) = host.as_str().parse::<IpAddr>() {
            let ip = ip.to_canonical();
            return ip.is_loopback() || ip == local.to_canonical() || self.hosts.contains(&host);
        }
        host.as_str() == "localhost" || self.hosts.contains(&host)
    }
}

/// A header that is there twice, or holds more than ASCII.
struct Unclear;

/// The one value of a header. Two values could be read differently by whoever stands in between.
fn only<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Result<Option<&'h str>, Unclear> {
    let mut values = headers.get_all(name).iter();
    let first = values.next();
    match (first.map(HeaderValue::to_str), values.next()) {
        (None, _) => Ok(None),
        (Some(Ok(value)), None) => Ok(Some(value)),
        _ => Err(Unclear),
    }
}

/// The host of `HOST[:PORT]`. The port does not count: tunnels change it.
fn without_port(text: &str) -> Option<HostName> {
    let host = match text.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => {
            port.parse::<u16>().ok()?;
            host
        }
        _ => text,
    };
    // Bare IPv6 addresses are no hosts of a URL.
    (host.starts_with('[') || !host.contains(':')).then(|| host.parse().ok())?
}

/// What the peer is told.
pub(super) fn response(refusal: Refusal) -> ErrorResponse {
    let text = refusal.to_string();
    let length = HeaderValue::from(text.len());
    let mut response = ErrorResponse::new(Some(text));
    *response.status_mut() = match refusal {
        Refusal::Origin | Refusal::Host => StatusCode::FORBIDDEN,
        Refusal::Token => StatusCode::UNAUTHORIZED,
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_LENGTH, length);
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain"));
    headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(headers: &[(&str, &str)]) -> Request {
        let builder = tokio_tungstenite::tungstenite::http::Request::builder().uri("/");
        let add = |builder: tokio_tungstenite::tungstenite::http::request::Builder,
                   (name, value): &(&str, &str)| builder.header(*name, *value);
        headers.iter().fold(builder, add).body(()).unwrap()
    }

    fn decided(headers: &[(&str, &str)]) -> Result<String, Refusal> {
        let admission = Admission {
            origins: vec!["https://deck.example".parse().unwrap()],
            hosts: vec!["web-1".parse().unwrap(), "203.0.113.9".parse().unwrap()],
        };
        let local = "::ffff:10.0.0.1".parse().unwrap();
        admission.token(&request(headers), local).map(str::to_owned)
    }

    const AUTH: (&str, &str) = ("authorization", "Bearer secret");

    #[test]
    fn only_this_machines_own_names_are_served() {
        for host in [
            "127.0.0.1:7117",
            "127.8.8.8",
            "[::1]:7117",
            "[::1]",
            "LOCALHOST",
            "10.0.0.1:7117",
            "[::ffff:10.0.0.1]:7117",
            "web-1:7117",
            "WEB-1",
            "203.0.113.9",
        ] {
            assert_eq!(decided(&[("host", host), AUTH]), Ok("secret".to_owned()), "{host}");
        }
        for host in [
            "",
            ":7117",
            "evil.example:7117",
            "127.0.0.1.evil.example",
            "localhost.evil.example",
            "10.0.0.2:7117",
            "web-1:port",
            "web-1:99999",
            "web-1@evil.example",
            "evil.example#127.0.0.1",
            "::1",
            "0.0.0.0",
        ] {
            assert_eq!(decided(&[("host", host), AUTH]), Err(Refusal::Host), "{host}");
        }
        assert_eq!(decided(&[AUTH]), Err(Refusal::Host));
        let two = [("host", "web-1"), ("host", "evil.example"), AUTH];
        assert_eq!(decided(&two), Err(Refusal::Host));
    }

    #[test]
    fn only_pages_that_were_allowed_are_admitted() {
        let host = ("host", "127.0.0.1");
        let page = ("origin", "https://deck.example");
        assert_eq!(decided(&[host, AUTH, page]), Ok("secret".to_owned()));
        for origin in ["", "null", "https://deck.example:443", "https://deck.example.evil.example"]
        {
            let origin = ("origin", origin);
            assert_eq!(decided(&[host, AUTH, origin]), Err(Refusal::Origin), "{origin:?}");
        }
        assert_eq!(decided(&[host, AUTH, page, page]), Err(Refusal::Origin), "twice");
        assert_eq!(decided(&[host, page]), Err(Refusal::Token), "a page needs a token too");
    }

    #[test]
    fn every_lack_of_a_token_gets_one_answer() {
        let host = ("host", "127.0.0.1");
        for headers in [
            vec![host],
            vec![host, ("authorization", "secret")],
            vec![host, ("authorization", "Basic c2VjcmV0")],
            vec![host, AUTH, AUTH],
        ] {
            assert_eq!(decided(&headers), Err(Refusal::Token), "{headers:?}");
        }
    }
}
