//! Where agents are reached and where they listen.

mod host;
mod listen;
mod ssh;

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::str::FromStr;

use super::explain::nearest;

pub use host::{HostName, HostPort};
pub use listen::{Listen, Origin};
pub use ssh::SshHost;

/// Longest path of a Unix socket in bytes (`sun_path` without its NUL, unix(7)).
pub const MAX_SOCKET_PATH: usize = 107;

/// What an address may begin with.
const SCHEMES: [&str; 5] = ["local", "unix", "ws", "wss", "ssh"];

/// Where a machine's agent is reached.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Address {
    /// The agent of this machine and user, started when it does not run.
    Local,
    /// A Unix socket, by absolute path.
    Unix(PathBuf),
    /// A WebSocket on loopback.
    Ws(SocketAddr),
    /// A WebSocket over TLS.
    Wss(HostPort),
    /// `watchdeck proxy` on a machine, through the system's ssh.
    Ssh(SshHost),
}

/// Why a text is no address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Not one of the known schemes.
    #[error(
        "`{}` is not an address; use local, unix:/PATH, ws://127.0.0.1:PORT, wss://HOST:PORT or \
         ssh://[USER@]HOST[:PORT]",
        .0.escape_debug()
    )]
    Unknown(String),
    /// Almost one of the known schemes.
    #[error("`{}` is not an address; did you mean {near}?", .text.escape_debug())]
    Near {
        /// What was written.
        text: String,
        /// How such an address begins.
        near: &'static str,
    },
    /// Plain text over a network.
    #[error(
        "`{}` is not on loopback; a plain connection would show the token to the network, use wss://",
        .0.escape_debug()
    )]
    NotLoopback(String),
    /// A loopback address that is no `IP:PORT`.
    #[error("`{}` is not IP:PORT, such as 127.0.0.1:7373", .0.escape_debug())]
    NoSocketAddr(String),
    /// A network address that is no `HOST:PORT`.
    #[error("`{}` is not HOST:PORT, such as web-1.example:7373", .0.escape_debug())]
    NoHostPort(String),
    /// Something that looks like a token. It is not repeated: it may be one.
    #[error(
        "an address holds no user and no token; put the token into a file and name it with token_file"
    )]
    Credential,
    /// No host name or user that ssh could be given safely.
    #[error(
        "`{}` is not [USER@]HOST[:PORT] for ssh; names are letters, digits and . _ - and do not begin with a dash",
        .0.escape_debug()
    )]
    NoSshHost(String),
    /// Not `SCHEME://HOST[:PORT]`.
    #[error("`{}` is not an origin, such as https://deck.example or http://localhost:8080", .0.escape_debug())]
    NoOrigin(String),
    /// Not a host name without a port.
    #[error("`{}` is not a host name or IP address, without port", .0.escape_debug())]
    NoHost(String),
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
            return socket_path(path.strip_prefix("//").unwrap_or(path)).map(Self::Unix);
        }
        let Some((scheme, rest)) = text.split_once("://") else { return Err(unknown(text)) };
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        match scheme {
            "ws" => loopback(rest).map(Self::Ws),
            "wss" => rest.parse().map(Self::Wss),
            "ssh" => rest.parse().map(Self::Ssh),
            _ => Err(unknown(text)),
        }
    }
}

/// With what was most likely meant. `http` and `https` are what browsers call these.
fn unknown(text: &str) -> AddressError {
    let scheme = text.split(':').next().unwrap_or_default();
    let near = match scheme {
        "https" | "tls" | "tcp" => Some("wss"),
        "http" => Some("ws"),
        _ if text.contains(':') => nearest(scheme, &SCHEMES),
        _ => None,
    };
    let near = match near {
        Some("unix") => "unix:/PATH",
        Some("ws") => "ws://127.0.0.1:PORT",
        Some("wss") => "wss://HOST:PORT",
        Some("ssh") => "ssh://[USER@]HOST[:PORT]",
        _ => return AddressError::Unknown(text.to_owned()),
    };
    AddressError::Near { text: text.to_owned(), near }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Local => f.write_str("local"),
            Self::Unix(path) => write!(f, "unix:{}", path.display()),
            Self::Ws(at) => write!(f, "ws://{at}"),
            Self::Wss(at) => write!(f, "wss://{at}"),
            Self::Ssh(host) => write!(f, "ssh://{host}"),
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
    match socket_addr(text) {
        Some(at) if at.ip().is_loopback() => Ok(at),
        Some(_) => Err(AddressError::NotLoopback(text.to_owned())),
        None if text.contains('@') => Err(AddressError::Credential),
        None => Err(AddressError::NoSocketAddr(text.to_owned())),
    }
}

/// `IP:PORT`, or `localhost:PORT`, which is not resolved: the agent listens on the IPv4 address.
fn socket_addr(text: &str) -> Option<SocketAddr> {
    match text.strip_prefix("localhost:") {
        Some(port) => Some(SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port.parse().ok()?)),
        None => text.parse().ok(),
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
            ("unix:///run/a.sock", "unix:/run/a.sock"),
            ("ws://127.0.0.1:80", "ws://127.0.0.1:80"),
            ("ws://127.9.9.9:80/", "ws://127.9.9.9:80"),
            ("ws://[::1]:7373", "ws://[::1]:7373"),
            ("ws://localhost:7373", "ws://127.0.0.1:7373"),
            ("wss://Web-1.example:443/", "wss://web-1.example:443"),
            ("wss://10.0.0.1:7373", "wss://10.0.0.1:7373"),
            ("wss://[2001:DB8::1]:7373", "wss://[2001:db8::1]:7373"),
            ("ssh://web-1", "ssh://web-1"),
            ("ssh://deploy@web-1:2222/", "ssh://deploy@web-1:2222"),
        ] {
            let address: Address = text.parse().unwrap();
            assert_eq!(address.to_string(), written);
            assert_eq!(written.parse::<Address>().unwrap(), address);
        }
    }

    #[test]
    fn others_are_refused_with_what_works() {
        let long = format!("unix:/{}", "x".repeat(107));
        for (text, says) in [
            ("", "use local, unix:/PATH, ws://"),
            ("web-1", "use local, unix:/PATH, ws://"),
            ("Local", "use local"),
            ("http://web-1:80", "did you mean ws://127.0.0.1:PORT"),
            ("https://web-1:443", "did you mean wss://HOST:PORT"),
            ("shh://web-1", "did you mean ssh://"),
            ("WSS://web-1:1", "did you mean wss://"),
            ("uinx:/x", "did you mean unix:/PATH"),
            ("nats://web-1", "use local"),
            ("ws://10.0.0.1:80", "not on loopback"),
            ("ws://0.0.0.0:80", "use wss://"),
            ("ws://127.0.0.1", "is not IP:PORT"),
            ("ws://127.0.0.1:99999", "is not IP:PORT"),
            ("ws://web-1:80", "is not IP:PORT"),
            ("ws://localhost:80/path", "is not IP:PORT"),
            ("wss://web-1", "is not HOST:PORT"),
            ("ssh://-oProxyCommand=x", "do not begin with a dash"),
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
    fn what_may_be_a_token_is_not_repeated() {
        for text in ["wss://s3cret@web-1:443", "ws://s3cret@127.0.0.1:443", "wss://a:s3cret@h:1"] {
            let error = text.parse::<Address>().unwrap_err();
            assert_eq!(error, AddressError::Credential);
            assert!(!format!("{error} {error:?}").contains("s3cret"));
        }
    }
}
