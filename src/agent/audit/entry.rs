//! What is written of one happening. Never what was typed or shown, no arguments and no environments: they may
//! hold secrets.

use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;
use serde_json::Value;

use super::chain::Fields;
use crate::agent::peer::{Peer, Who};
use crate::agent::session::Session;
use crate::proto::SessionId;

/// What the first line after a hard end says.
pub const RECOVERED: &str = "recovered";
/// Longest text of a field in characters.
const TEXT_MAX: usize = 256;

/// Who did it and from where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct By {
    who: String,
    token_id: Option<String>,
    from: String,
    client: Option<String>,
}

impl By {
    /// The other end of a connection, which calls itself `client`.
    #[must_use]
    pub fn peer(peer: &Peer, client: &str) -> Self {
        let (token_id, from) = match &peer.who {
            Who::Uid(_) => (None, format!("unix {}", peer.from)),
            Who::Token { id, .. } => (Some(id.clone()), peer.from.clone()),
        };
        Self { who: peer.who.to_string(), token_id, from, client: Some(client.to_owned()) }
    }

    /// Somebody who proved nothing.
    #[must_use]
    pub fn stranger(from: std::net::SocketAddr) -> Self {
        Self { who: "nobody".to_owned(), token_id: None, from: from.to_string(), client: None }
    }
}

/// A Session as it was called then.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct On {
    /// Its id.
    pub id: SessionId,
    /// Its name.
    pub name: String,
}

impl On {
    /// This Session.
    #[must_use]
    pub fn session(session: &Session) -> Self {
        Self { id: session.id(), name: session.name() }
    }
}

/// One happening.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    fields: Fields,
}

impl Entry {
    /// It happened now.
    #[must_use]
    pub fn now(what: &str) -> Self {
        Self::at(what, Utc::now())
    }

    /// It happened then.
    #[must_use]
    pub fn at(what: &str, time: DateTime<Utc>) -> Self {
        let entry = Self { fields: Vec::new() };
        let time = time.to_rfc3339_opts(SecondsFormat::Micros, true);
        entry.with("time", time).with("what", what)
    }

    /// Who did it.
    #[must_use]
    pub fn by(self, by: &By) -> Self {
        let entry = self.with("who", &by.who).with("from", &by.from);
        let entry = match &by.token_id {
            Some(id) => entry.with("token_id", id),
            None => entry,
        };
        match &by.client {
            Some(client) => entry.with("client", client),
            None => entry,
        }
    }

    /// The Session that it was about.
    #[must_use]
    pub fn on(self, on: Option<&On>) -> Self {
        match on {
            Some(On { id, name }) => self.with("session", name).with("session_id", id),
            None => self,
        }
    }

    /// One more field; a long text is cut.
    #[must_use]
    pub fn with(mut self, key: &'static str, value: impl Serialize) -> Self {
        let value = match serde_json::to_value(value).unwrap_or_default() {
            Value::String(text) if text.chars().nth(TEXT_MAX).is_some() => {
                Value::String(text.chars().take(TEXT_MAX).chain(['…']).collect())
            }
            value => value,
        };
        self.fields.push((key, value));
        self
    }

    /// Its fields, in the order they are written.
    #[must_use]
    pub const fn fields(&self) -> &Fields {
        &self.fields
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_tells_who_and_from_where() {
        let peer = Peer::of_own_user(1000, Some(7));
        let entry = Entry::now("kill").by(&By::peer(&peer, "ada@desk")).with("signal", "TERM");
        let fields: Vec<_> = entry.fields()[2..]
            .iter()
            .map(|(key, value)| (*key, value.as_str().unwrap()))
            .collect();
        let told = [
            ("who", "uid 1000"),
            ("from", "unix pid 7"),
            ("client", "ada@desk"),
            ("signal", "TERM"),
        ];
        assert_eq!(fields, told);
        let long = Entry::now("x").with("long", "y".repeat(1000));
        let (_, long) = &long.fields()[2];
        assert_eq!(long.as_str().map(|text| text.chars().count()), Some(257));
    }
}
