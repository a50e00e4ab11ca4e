//! Whom ssh is asked to reach.

use std::fmt;
use std::str::FromStr;

use super::{AddressError, HostName};

/// Longest user or host name that is taken, in bytes.
const MAX_NAME: usize = 255;

/// `[USER@]HOST[:PORT]`. The host may be an alias in ssh_config(5).
///
/// What ssh is given could begin with a dash and be taken for an option, or reach a shell through a
/// `ProxyCommand`'s `%h` and `%r` (reliability threat T30). So names are letters, digits and a few
/// signs that no shell knows, and never begin with a dash.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SshHost {
    user: Option<String>,
    host: String,
    port: Option<u16>,
}

impl SshHost {
    /// The user, if it is not ssh's to know.
    #[must_use]
    pub fn user(&self) -> Option<&str> {
        self.user.as_deref()
    }

    /// The host as ssh takes it: IPv6 addresses without brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port, if it is not ssh's to know.
    #[must_use]
    pub const fn port(&self) -> Option<u16> {
        self.port
    }
}

impl FromStr for SshHost {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || AddressError::NoSshHost(text.to_owned());
        let (user, rest) = match text.rsplit_once('@') {
            Some((user, rest)) => (Some(user), rest),
            None => (None, text),
        };
        if !user.is_none_or(is_user) {
            return Err(wrong());
        }
        let (host, port) = host_and_port(rest).ok_or_else(wrong)?;
        let port = port.map(|port| port.parse().ok().filter(|port| *port != 0).ok_or_else(wrong));
        Ok(Self { user: user.map(str::to_owned), host, port: port.transpose()? })
    }
}

fn host_and_port(text: &str) -> Option<(String, Option<&str>)> {
    if let Some(rest) = text.strip_prefix('[') {
        let (address, rest) = rest.split_once(']')?;
        let address: HostName = format!("[{address}]").parse().ok()?;
        let port = if rest.is_empty() { None } else { Some(rest.strip_prefix(':')?) };
        return Some((address.as_str().to_owned(), port));
    }
    let (host, port) = match text.split_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (text, None),
    };
    is_name(host, b"._-").then(|| (host.to_owned(), port))
}

/// `+` and `@` stand in the names of some directories' users.
fn is_user(user: &str) -> bool {
    is_name(user, b"._-+@")
}

fn is_name(name: &str, signs: &[u8]) -> bool {
    !name.is_empty()
        && name.len() <= MAX_NAME
        && !name.starts_with('-')
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || signs.contains(&byte))
}

impl fmt::Display for SshHost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(user) = &self.user {
            write!(f, "{user}@")?;
        }
        match self.host.contains(':') {
            true => write!(f, "[{}]", self.host)?,
            false => f.write_str(&self.host)?,
        }
        self.port.map_or(Ok(()), |port| write!(f, ":{port}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_for_ssh() {
        for text in ["web-1", "deploy@web-1", "a@b@web_1.example:22", "[fe80::1]:22", "x@[::1]"] {
            assert_eq!(text.parse::<SshHost>().unwrap().to_string(), text);
        }
        let host: SshHost = "ops@[FE80::1]:2222".parse().unwrap();
        assert_eq!((host.user(), host.host(), host.port()), (Some("ops"), "fe80::1", Some(2222)));
    }

    #[test]
    fn what_could_become_an_option_or_a_command_is_refused() {
        for text in [
            "",
            "@web-1",
            "-oProxyCommand=x",
            "-web",
            "-l@web-1",
            "a@-web",
            "web-1:0",
            "web-1:70000",
            "web-1:-1",
            "web-1:",
            "web 1",
            "web-1;id",
            "$(id)@web-1",
            "`id`",
            "a|b",
            "a&b",
            "web-1\n-oX",
            "web-1\0",
            "%h",
            "~/x",
            "a/b",
            "a\\b",
            "'a'",
            "\"a\"",
            "wéb",
            "[::1",
            "[web-1]",
            "::1",
            "[::1]x",
        ] {
            assert!(text.parse::<SshHost>().is_err(), "{text:?}");
        }
        assert!("a".repeat(256).parse::<SshHost>().is_err());
    }
}
