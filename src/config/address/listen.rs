//! Where an agent listens, and whom it listens to.

use std::fmt;
use std::net::SocketAddr;
use std::str::FromStr;

use super::{AddressError, HostName, socket_addr};

/// A TCP address an agent listens on; port 0 lets the system choose. Beyond loopback always with
/// TLS; on loopback with TLS when it is written `wss://IP:PORT`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listen {
    /// Where.
    pub at: SocketAddr,
    /// With TLS.
    pub tls: bool,
}

impl Listen {
    /// Whether other machines can reach it.
    #[must_use]
    pub fn is_beyond_loopback(&self) -> bool {
        !self.at.ip().is_loopback()
    }
}

impl FromStr for Listen {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (asks_for_tls, rest) = match (text.strip_prefix("wss://"), text.strip_prefix("ws://")) {
            (Some(rest), _) => (Some(true), rest),
            (_, Some(rest)) => (Some(false), rest),
            _ => (None, text),
        };
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        let at = socket_addr(rest).ok_or_else(|| AddressError::NoSocketAddr(rest.to_owned()))?;
        let beyond = !at.ip().is_loopback();
        match asks_for_tls {
            Some(false) if beyond => Err(AddressError::NotLoopback(rest.to_owned())),
            asked => Ok(Self { at, tls: asked.unwrap_or(beyond) }),
        }
    }
}

impl fmt::Display for Listen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.tls { "wss" } else { "ws" };
        write!(f, "{scheme}://{}", self.at)
    }
}

/// What a browser says of the page that a request comes from (RFC 6454): `SCHEME://HOST[:PORT]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin(String);

impl Origin {
    /// Exactly as browsers write it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Origin {
    type Err = AddressError;

    /// `null`, patterns, paths and upper case are refused: no page that is meant has them.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || AddressError::NoOrigin(text.to_owned());
        let (scheme, authority) = text.split_once("://").ok_or_else(wrong)?;
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
            _ => (authority, None),
        };
        let host: HostName = host.parse().map_err(|_| wrong())?;
        // Browsers leave the scheme's own port out.
        let own = if scheme == "https" { "443" } else { "80" };
        let is_port = |port: &str| {
            port != own && port.parse::<u16>().is_ok_and(|number| number.to_string() == port)
        };
        let known = matches!(scheme, "http" | "https") && port.is_none_or(is_port);
        let written = match port {
            Some(port) => format!("{scheme}://{host}:{port}"),
            None => format!("{scheme}://{host}"),
        };
        match known && written == text {
            true => Ok(Self(written)),
            false => Err(wrong()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tls_beyond_loopback_and_where_it_is_asked_for() {
        for (text, written) in [
            ("127.0.0.1:0", "ws://127.0.0.1:0"),
            ("localhost:80", "ws://127.0.0.1:80"),
            ("ws://[::1]:80", "ws://[::1]:80"),
            ("wss://127.0.0.1:80", "wss://127.0.0.1:80"),
            ("0.0.0.0:80", "wss://0.0.0.0:80"),
            ("[::]:7373", "wss://[::]:7373"),
            ("wss://10.0.0.1:80", "wss://10.0.0.1:80"),
        ] {
            let listen: Listen = text.parse().unwrap();
            assert_eq!(listen.to_string(), written);
            assert_eq!(written.parse::<Listen>(), Ok(listen));
            assert!(listen.tls || !listen.is_beyond_loopback());
        }
        let message = "ws://0.0.0.0:80".parse::<Listen>().unwrap_err().to_string();
        assert!(message.contains("use wss://"), "{message}");
        for text in ["", "80", "web-1:80", "unix:/x", "127.0.0.1", "http://127.0.0.1:80"] {
            assert!(text.parse::<Listen>().is_err(), "{text}");
        }
    }

    #[test]
    fn origins_are_exact() {
        for text in ["https://deck.example", "http://localhost:8080", "https://[::1]:8443"] {
            assert_eq!(text.parse::<Origin>().unwrap().as_str(), text);
        }
        for text in [
            "",
            "null",
            "*",
            "https://*",
            "https://deck.example/",
            "HTTPS://deck.example",
            "https://Deck.example",
            "https://deck.example:",
            "https://deck.example:080",
            "https://deck.example:443",
            "deck.example",
            "file://x",
            "https://u@deck.example",
        ] {
            assert!(text.parse::<Origin>().is_err(), "{text}");
        }
    }
}
