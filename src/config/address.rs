//! Where agents are reached and where they listen.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::str::FromStr;

/// Longest path of a Unix socket in bytes (`sun_path` without its NUL, unix(7)).
pub const MAX_SOCKET_PATH: usize = 107;

/// Where a machine's agent is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// The agent of this machine and user, started when it does not run.
    Local,
    /// A Unix socket, by absolute path.
    Unix(PathBuf),
    /// A WebSocket on loopback.
    WebSocket(SocketAddr),
}

/// Why a text is no address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Neither of the known schemes.
    #[error(
        "`{}` is not an address this version knows; use local, unix:/PATH or ws://127.0.0.1:PORT",
        .0.escape_debug()
    )]
    Unknown(String),
    /// `wss:`, `ssh:` and the like.
    #[error("{0} is not supported in this version; forward a port and use ws://127.0.0.1:PORT")]
    Later(&'static str),
    /// Plain text over a network.
    #[error("`{}` is not on loopback; a plain connection would show the token to the network, \
             and TLS comes with a later version", .0.escape_debug())]
    NotLoopback(String),
    /// A WebSocket address that is no `HOST:PORT`.
    #[error("`{}` is not IP:PORT, such as 127.0.0.1:7373", .0.escape_debug())]
    NoSocketAddr(String),
    /// A relative socket path, which means another file in every directory.
    #[error("the socket path `{}` is not absolute", .0.escape_debug())]
    RelativePath(String),
    /// Longer than the system allows.
    #[error("the socket path has {0} bytes; the system allows 107")]
    PathTooLong(usize),
}

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "local" {
            return Ok(Self::Local);
        }
        if let Some(path) = text.strip_prefix("unix:") {
            return socket_path(path).map(Self::Unix);
        }
        if let Some(rest) = text.strip_prefix("ws://") {
            return loopback(rest.strip_suffix('/').unwrap_or(rest)).map(Self::WebSocket);
        }
        let later = ["wss", "ssh", "nats", "https", "http"];
        match later.into_iter().find(|scheme| text.starts_with(&format!("{scheme}:"))) {
            Some(scheme) => Err(AddressError::Later(scheme)),
            None => Err(AddressError::Unknown(text.to_owned())),
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Local => f.write_str("local"),
            Self::Unix(path) => write!(f, "unix:{}", path.display()),
            Self::WebSocket(addr) => write!(f, "ws://{addr}"),
        }
    }
}

/// An absolute path that fits into a socket address.
pub(super) fn socket_path(path: &str) -> Result<PathBuf, AddressError> {
    if !path.starts_with('/') {
        return Err(AddressError::RelativePath(path.to_owned()));
    }
    if path.len() > MAX_SOCKET_PATH {
        return Err(AddressError::PathTooLong(path.len()));
    }
    Ok(PathBuf::from(path))
}

fn loopback(text: &str) -> Result<SocketAddr, AddressError> {
    let addr = match text.strip_prefix("localhost:") {
        // Not resolved: the agent listens on the IPv4 address that it says.
        Some(port) => {
            port.parse().ok().map(|p| SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), p))
        }
        None => text.parse().ok(),
    };
    match addr {
        Some(addr) if addr.ip().is_loopback() => Ok(addr),
        Some(_) => Err(AddressError::NotLoopback(text.to_owned())),
        None => Err(AddressError::NoSocketAddr(text.to_owned())),
    }
}

/// A TCP address an agent listens on: loopback only, as this version has no TLS. Port 0 lets the
/// system choose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listen(pub SocketAddr);

impl FromStr for Listen {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        loopback(text).map(Self)
    }
}

impl fmt::Display for Listen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_addresses_read_and_write() {
        for (text, written) in [
            ("local", "local"),
            ("unix:/run/a.sock", "unix:/run/a.sock"),
            ("ws://127.0.0.1:80", "ws://127.0.0.1:80"),
            ("ws://127.9.9.9:80/", "ws://127.9.9.9:80"),
            ("ws://[::1]:7373", "ws://[::1]:7373"),
            ("ws://localhost:7373", "ws://127.0.0.1:7373"),
        ] {
            assert_eq!(text.parse::<Address>().unwrap().to_string(), written);
        }
    }

    #[test]
    fn others_are_refused_with_what_works() {
        let long = format!("unix:/{}", "x".repeat(107));
        for (text, says) in [
            ("", "use local, unix:/PATH or ws://"),
            ("web-1", "use local, unix:/PATH or ws://"),
            ("Local", "use local"),
            ("wss://web-1:443", "wss is not supported in this version"),
            ("ssh://web-1", "ssh is not supported in this version"),
            ("ws://10.0.0.1:80", "not on loopback"),
            ("ws://0.0.0.0:80", "not on loopback"),
            ("ws://127.0.0.1", "is not IP:PORT"),
            ("ws://127.0.0.1:99999", "is not IP:PORT"),
            ("ws://web-1:80", "is not IP:PORT"),
            ("ws://localhost:80/path", "is not IP:PORT"),
            ("unix:run/a.sock", "is not absolute"),
            ("unix:", "is not absolute"),
            ("unix:~/a.sock", "is not absolute"),
            (&long, "has 108 bytes"),
            ("\x1b]0;x\x07", "`\\u{1b}]0;x\\u{7}`"),
        ] {
            let message = text.parse::<Address>().unwrap_err().to_string();
            assert!(message.contains(says), "{text}: {message}");
        }
    }

    #[test]
    fn listening_beyond_loopback_says_what_is_missing() {
        assert_eq!("127.0.0.1:0".parse::<Listen>().unwrap().to_string(), "127.0.0.1:0");
        let message = "0.0.0.0:80".parse::<Listen>().unwrap_err().to_string();
        assert!(message.contains("TLS comes with a later version"), "{message}");
    }
}
