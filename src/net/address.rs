//! Where an Agent is reached.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::str::FromStr;

/// Where an Agent is reached.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Address {
    /// A Unix socket on this machine: `unix:/run/user/1000/watchdeck/agent.sock`.
    Unix(PathBuf),
    /// A WebSocket on this machine's loopback: `ws://127.0.0.1:7117`.
    Ws(SocketAddr),
}

/// Why a text is not an [`Address`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// The scheme is not one of ours.
    #[error(
        "`{0}` is not an address watchdeck can reach; use unix:/path/to/agent.sock or ws://127.0.0.1:PORT"
    )]
    Scheme(String),
    /// A Unix socket needs an absolute path.
    #[error("`{0}` needs an absolute path, for example unix:/run/user/1000/watchdeck/agent.sock")]
    RelativePath(String),
    /// Host and port do not parse.
    #[error("`{0}` needs a numeric loopback host and a port, for example ws://127.0.0.1:7117")]
    HostPort(String),
    /// Plain WebSocket beyond loopback would send the token in the clear.
    #[error(
        "`{0}` is not on this machine: plain ws:// carries the token in the clear, so it is only used on loopback; \
         tunnel it, for example with ssh -L"
    )]
    NotLoopback(String),
}

impl Address {
    /// Whether the way there may carry little, so that what is sent is better packed.
    #[must_use]
    pub const fn may_be_thin(&self) -> bool {
        match self {
            Self::Unix(_) | Self::Ws(_) => false,
        }
    }
}

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Some(path) = text.strip_prefix("unix:") {
            let path = PathBuf::from(path.strip_prefix("//").unwrap_or(path));
            return match path.is_absolute() {
                true => Ok(Self::Unix(path)),
                false => Err(AddressError::RelativePath(text.to_owned())),
            };
        }
        let Some(rest) = text.strip_prefix("ws://") else {
            return Err(AddressError::Scheme(text.to_owned()));
        };
        let at = socket_address(rest.trim_end_matches('/'))
            .ok_or_else(|| AddressError::HostPort(text.to_owned()))?;
        match at.ip().is_loopback() {
            true => Ok(Self::Ws(at)),
            false => Err(AddressError::NotLoopback(text.to_owned())),
        }
    }
}

/// `HOST:PORT` where HOST is an address or `localhost`; names are not resolved.
fn socket_address(text: &str) -> Option<SocketAddr> {
    if let Some(port) = text.strip_prefix("localhost:") {
        return Some(SocketAddr::new(IpAddr::from([127, 0, 0, 1]), port.parse().ok()?));
    }
    text.parse().ok()
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unix(path) => write!(f, "unix:{}", path.display()),
            Self::Ws(at) => write!(f, "ws://{at}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_are_understood() {
        for (text, shown) in [
            ("unix:/run/a.sock", "unix:/run/a.sock"),
            ("unix:///run/a.sock", "unix:/run/a.sock"),
            ("ws://127.0.0.1:7117", "ws://127.0.0.1:7117"),
            ("ws://localhost:7117/", "ws://127.0.0.1:7117"),
            ("ws://[::1]:7117", "ws://[::1]:7117"),
        ] {
            assert_eq!(text.parse::<Address>().map(|a| a.to_string()), Ok(shown.to_owned()));
        }
    }

    #[test]
    fn addresses_that_are_refused() {
        for text in ["", "web-1", "unix:a.sock", "ws://", "ws://127.0.0.1", "http://127.0.0.1:1"] {
            assert!(text.parse::<Address>().is_err(), "{text}");
        }
        let beyond = "ws://10.0.0.1:7117";
        assert_eq!(beyond.parse::<Address>(), Err(AddressError::NotLoopback(beyond.to_owned())));
    }
}
