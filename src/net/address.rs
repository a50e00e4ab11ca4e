//! Where an Agent is reached.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;

use crate::config::{self, AddressError, HostPort, SshHost};

/// Where an Agent is reached: a configured address, once it is known what `local` means.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Address {
    /// A Unix socket on this machine: `unix:/run/user/1000/watchdeck/agent.sock`.
    Unix(PathBuf),
    /// A WebSocket on this machine's loopback: `ws://127.0.0.1:7117`.
    Ws(SocketAddr),
    /// A WebSocket over TLS: `wss://web-1.example:7117`.
    Wss(HostPort),
    /// `watchdeck proxy` through the system's ssh: `ssh://deploy@web-1`.
    Ssh(SshHost),
}

impl Address {
    /// What a configured address means on a machine whose own Agent is on `local`.
    #[must_use]
    pub fn from_config(address: &config::Address, local: impl FnOnce() -> PathBuf) -> Self {
        match address {
            config::Address::Local => Self::Unix(local()),
            config::Address::Unix(path) => Self::Unix(path.clone()),
            config::Address::Ws(at) => Self::Ws(*at),
            config::Address::Wss(at) => Self::Wss(at.clone()),
            config::Address::Ssh(host) => Self::Ssh(host.clone()),
        }
    }

    /// Whether the way there may carry little, so that what is sent is better packed.
    #[must_use]
    pub const fn may_be_thin(&self) -> bool {
        match self {
            Self::Unix(_) => false,
            // A loopback port may be the end of a tunnel.
            Self::Ws(_) | Self::Wss(_) | Self::Ssh(_) => true,
        }
    }
}

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.parse()? {
            config::Address::Local => Err(AddressError::Unknown(text.to_owned())),
            config::Address::Unix(path) => Ok(Self::Unix(path)),
            config::Address::Ws(at) => Ok(Self::Ws(at)),
            config::Address::Wss(at) => Ok(Self::Wss(at)),
            config::Address::Ssh(host) => Ok(Self::Ssh(host)),
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unix(path) => write!(f, "unix:{}", path.display()),
            Self::Ws(at) => write!(f, "ws://{at}"),
            Self::Wss(at) => write!(f, "wss://{at}"),
            Self::Ssh(host) => write!(f, "ssh://{host}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_those_of_the_configuration_without_local() {
        for text in ["unix:/run/a.sock", "ws://[::1]:7117", "wss://web-1:7117", "ssh://a@b:22"] {
            let address: Address = text.parse().unwrap();
            assert_eq!(address.to_string(), text);
            let configured = text.parse().unwrap();
            assert_eq!(Address::from_config(&configured, || "/x".into()), address);
        }
        assert!("local".parse::<Address>().is_err());
        let local = Address::from_config(&config::Address::Local, || "/x".into());
        assert_eq!(local, Address::Unix("/x".into()));
    }
}
