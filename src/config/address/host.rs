//! Host names and IP addresses, with and without a port.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::str::FromStr;

use super::AddressError;

/// Longest host name in bytes (RFC 1035, section 2.3.4).
const MAX_NAME: usize = 253;

/// A DNS name or an IP address, in lower case and without brackets.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct HostName(String);

impl HostName {
    /// The name as a resolver or a certificate has it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for HostName {
    type Err = AddressError;

    /// Reads a host as it stands in a URL: IPv6 addresses may have their brackets.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        let name = bare.unwrap_or(text).to_ascii_lowercase();
        let is_v6 = name.parse::<Ipv6Addr>().is_ok();
        let good = is_v6 || (bare.is_none() && (is_dns_name(&name) || is_v4(&name)));
        match good {
            true => Ok(Self(name)),
            false => Err(AddressError::NoHost(text.to_owned())),
        }
    }
}

fn is_v4(name: &str) -> bool {
    name.parse::<IpAddr>().is_ok()
}

/// Letters, digits, dashes and, as some names have them, underscores; no label is empty or begins
/// with a dash.
fn is_dns_name(name: &str) -> bool {
    let is_label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    };
    name.len() <= MAX_NAME && name.strip_suffix('.').unwrap_or(name).split('.').all(is_label)
}

/// As it stands in a URL.
impl fmt::Display for HostName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.contains(':') {
            true => write!(f, "[{}]", self.0),
            false => f.write_str(&self.0),
        }
    }
}

/// `HOST:PORT`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct HostPort {
    /// Name or address.
    pub host: HostName,
    /// TCP port.
    pub port: u16,
}

impl FromStr for HostPort {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.contains('@') {
            return Err(AddressError::Credential);
        }
        let wrong = || AddressError::NoHostPort(text.to_owned());
        let (host, port) = text.rsplit_once(':').ok_or_else(wrong)?;
        // An address without its brackets would lend its last group to the port.
        if host.contains(':') && !host.starts_with('[') {
            return Err(wrong());
        }
        let port = port.parse().ok().filter(|port| *port != 0).ok_or_else(wrong)?;
        Ok(Self { host: host.parse().map_err(|_| wrong())?, port })
    }
}

impl fmt::Display for HostPort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_with_ports() {
        for (text, written) in [
            ("web-1:7373", "web-1:7373"),
            ("WEB.Example.:1", "web.example.:1"),
            ("a_b.c:65535", "a_b.c:65535"),
            ("[::1]:80", "[::1]:80"),
            ("127.0.0.1:80", "127.0.0.1:80"),
        ] {
            assert_eq!(text.parse::<HostPort>().unwrap().to_string(), written);
        }
        let long = format!("{}:80", "a.".repeat(130));
        for text in [
            "",
            ":80",
            "web-1",
            "web-1:",
            "web-1:0",
            "web-1:65536",
            "web-1:80/x",
            "-web:80",
            "a..b:80",
            "a b:80",
            "::1:80",
            "[web-1]:80",
            "[::1:80",
            "a\u{202e}b:80",
            "a%:80",
            &long,
        ] {
            assert!(text.parse::<HostPort>().is_err(), "{text}");
        }
    }
}
