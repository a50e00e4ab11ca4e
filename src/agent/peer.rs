//! Who is on the other end of a connection, and what that entitles to.

use std::fmt;
use std::net::SocketAddr;

use crate::proto::Role;

/// Name and id of the token that an Agent makes for its own user's clients on a loopback port.
pub(super) const LOOPBACK: &str = "loopback";

/// The authenticated other end of a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peer {
    /// The most it may do: at first its credential's role, after the hellos the one it was granted.
    pub role: Role,
    /// Who it proved to be.
    pub who: Who,
    /// Where it came from: `pid 4711` of this machine, or an IP address and a port.
    pub from: String,
}

/// Who a peer proved to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// A user of this machine, told by the kernel.
    Uid(u32),
    /// Whoever holds this token.
    Token {
        /// Its name, chosen when it was made.
        name: String,
        /// Its id, never used again.
        id: String,
    },
}

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Uid(uid) => write!(f, "uid {uid}"),
            Self::Token { name, .. } => write!(f, "token {name}"),
        }
    }
}

impl Peer {
    /// A process of the user whom the Agent belongs to. It could do all by itself that the Agent can.
    #[must_use]
    pub fn of_own_user(uid: u32, pid: Option<i32>) -> Self {
        let from = pid.map_or_else(|| "this machine".to_owned(), |pid| format!("pid {pid}"));
        Self { role: Role::Admin, who: Who::Uid(uid), from }
    }

    /// Whoever could read the token file of the loopback port, which is private to the Agent's user.
    #[must_use]
    pub fn with_loopback_token(from: SocketAddr) -> Self {
        let who = Who::Token { name: LOOPBACK.to_owned(), id: LOOPBACK.to_owned() };
        Self { role: Role::Admin, who, from: from.to_string() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn peers_are_told_by_uid_or_token() {
        let local = Peer::of_own_user(1000, Some(7));
        assert_eq!((local.who.to_string().as_str(), local.from.as_str()), ("uid 1000", "pid 7"));
        let token = Who::Token { name: "ci-bot".to_owned(), id: "t1".to_owned() };
        assert_eq!(token.to_string(), "token ci-bot");
    }
}
