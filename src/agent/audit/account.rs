//! What of each request is written down. No wildcard arm: a new request must be decided here, too.

use serde_json::Value;

use crate::proto::{Request, Role};

/// How a request is written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// A line for each, with how it went.
    Each,
    /// It opens, changes or ends a channel; its line tells which.
    Channel,
    /// It shows what a Session shows: counted.
    Look,
    /// It types without being attached, this many bytes or keys: counted.
    Input(u64),
    /// Only when it was denied.
    Not,
}

/// What of a request is written down.
#[derive(Debug, Clone, PartialEq)]
pub struct Account {
    /// Its name on the wire.
    pub name: &'static str,
    /// How.
    pub how: How,
    /// More of it.
    pub details: Vec<(&'static str, Value)>,
    /// The channel that it is about.
    pub channel: Option<u32>,
    /// The role that it wants.
    pub role: Option<Role>,
}

impl Account {
    fn new(name: &'static str, how: How) -> Self {
        Self { name, how, details: Vec::new(), channel: None, role: None }
    }

    fn with(mut self, key: &'static str, value: impl Into<Value>) -> Self {
        self.details.push((key, value.into()));
        self
    }

    fn channel(name: &'static str, channel: u32) -> Self {
        Self { channel: Some(channel), ..Self::new(name, How::Channel) }
    }

    /// Decides.
    #[must_use]
    pub fn of(request: &Request) -> Self {
        let each = |name| Self::new(name, How::Each);
        let look = |name| Self::new(name, How::Look);
        let not = |name| Self::new(name, How::Not);
        match request {
            Request::Ping => not("ping"),
            Request::AgentInfo => not("agent_info"),
            Request::ListSessions => not("list_sessions"),
            Request::GetSession { .. } => not("get_session"),
            Request::ActiveSession => not("active_session"),
            Request::Viewport { .. } => not("viewport"),
            Request::Refresh { .. } => not("refresh"),
            Request::MarkSeen { .. } => not("mark_seen"),
            Request::Subscribe => not("subscribe"),
            Request::Screen { .. } => look("screen"),
            Request::History { .. } => look("history"),
            Request::Search { .. } => look("search"),
            Request::Locate { .. } => look("locate"),
            Request::Alerts { .. } => look("alerts"),
            Request::Grep { .. } => look("grep"),
            Request::Wait { .. } => look("wait"),
            Request::SendText { text, .. } => {
                Self::new("send_text", How::Input(length(text.len())))
            }
            Request::SendKeys { keys, .. } => {
                Self::new("send_keys", How::Input(length(keys.len())))
            }
            Request::Attach { role, .. } => {
                Self { role: Some(*role), ..Self::new("attach", How::Channel) }
            }
            Request::Tail { follow, .. } => Self::new("tail", How::Channel).with("follow", *follow),
            Request::Detach { channel } => Self::channel("detach", *channel),
            Request::SetRole { channel, role } => {
                Self { role: Some(*role), ..Self::channel("set_role", *channel) }
            }
            Request::CreateSession { spec } => {
                // The program alone: arguments and environments hold passwords.
                let program = spec.command.first().map_or("(shell)", String::as_str);
                let arguments = length(spec.command.len().saturating_sub(1));
                each("create_session").with("program", program).with("arguments", arguments)
            }
            Request::Rename { name, .. } => each("rename").with("to", name.as_str()),
            Request::Resize { size, .. } => each("resize").with("size", size.to_string()),
            Request::Signal { signal, .. } => each("signal").with("signal", signal.name()),
            Request::Kill { .. } => each("kill"),
            Request::Remove { .. } => each("remove"),
            Request::Upgrade { program } => each("upgrade").with("program", program.as_str()),
            Request::ReloadConfig => each("reload_config"),
            Request::Shutdown => each("shutdown"),
        }
    }
}

fn length(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::{Begin, SpawnSpec};

    #[test]
    fn names_are_those_of_the_wire_and_contents_are_not_kept() {
        let session = || "s".to_owned();
        let secret = || "hunter2".to_owned();
        let spec = SpawnSpec {
            command: vec!["mysql".to_owned(), secret()],
            env: [("PASSWORD".to_owned(), secret())].into(),
            ..SpawnSpec::default()
        };
        let pattern = secret();
        for request in [
            Request::CreateSession { spec },
            Request::SendText { session: session(), text: secret(), enter: true, paste: false },
            Request::Grep { session: session(), pattern, ignore_case: false, limit: 1 },
            Request::Tail { session: session(), from: Begin::Now, follow: true, timed: false },
            Request::Kill { session: session() },
            Request::Shutdown,
        ] {
            let account = Account::of(&request);
            let wire = serde_json::to_value(&request).unwrap();
            assert_eq!(wire["op"], account.name);
            assert!(!format!("{account:?}").contains("hunter2"), "{account:?}");
        }
    }
}
