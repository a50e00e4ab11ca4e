//! Values as they are written on the command line.

use std::str::FromStr;
use std::time::Duration;

use crate::proto::{Begin, Offset, Role};

/// Names a Session: `machine/name`, `name`, or an id. An id is a name like any other here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRef {
    /// The part before the slash.
    pub machine: Option<String>,
    /// Name or id.
    pub session: String,
}

impl FromStr for SessionRef {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (machine, session) = match text.split_once('/') {
            Some((machine, session)) => (Some(machine), session),
            None => (None, text),
        };
        if session.is_empty() || machine == Some("") || session.contains('/') {
            return Err("write MACHINE/SESSION, SESSION or a session's id".to_owned());
        }
        Ok(Self { machine: machine.map(str::to_owned), session: session.to_owned() })
    }
}

/// A pair such as `KEY=VALUE`; the value may be empty and may contain `=`.
///
/// # Errors
/// There is no `=`, or nothing before it.
pub fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err("write KEY=VALUE".to_owned()),
    }
}

/// A duration: `500ms`, `30s`, `5m`, `2h`; a bare number is seconds, and may have a fraction.
///
/// # Errors
/// Not a number, an unknown unit, negative, or more than a thousand days.
pub fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || format!("`{text}` is not a duration; write for example 500ms, 30s, 5m or 2h");
    let split = text.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(text.len());
    let (number, unit) = text.split_at(split);
    let seconds = match unit {
        "ms" => 0.001,
        "" | "s" => 1.0,
        "m" => 60.0,
        "h" => 3600.0,
        _ => return Err(wrong()),
    };
    let number: f64 = number.parse().map_err(|_| wrong())?;
    let longest = 1000.0 * 24.0 * 3600.0;
    match number * seconds {
        total if (0.0..=longest).contains(&total) => Ok(Duration::from_secs_f64(total)),
        _ => Err(wrong()),
    }
}

/// How long something is valid: `12h`, `30d`, `52w`; at least a second.
///
/// # Errors
/// No such duration, or none at all.
pub fn life(text: &str) -> Result<Duration, String> {
    let days = |number: &str, days: u32| number.parse().ok().map(|n: u32| n.checked_mul(days));
    let count = match (text.strip_suffix('d'), text.strip_suffix('w')) {
        (Some(number), _) => days(number, 1),
        (_, Some(number)) => days(number, 7),
        _ => return duration(text).and_then(|life| positive(life, text)),
    };
    let wrong = || format!("`{text}` is not a duration; write for example 12h, 30d or 52w");
    let count = count.flatten().ok_or_else(wrong)?;
    positive(Duration::from_secs(u64::from(count) * 86_400), text)
}

fn positive(life: Duration, text: &str) -> Result<Duration, String> {
    match life >= Duration::from_secs(1) {
        true => Ok(life),
        false => Err(format!("`{text}` is over at once")),
    }
}

/// A role.
///
/// # Errors
/// None of the three.
pub fn role(text: &str) -> Result<Role, String> {
    let roles = [Role::Observer, Role::Operator, Role::Admin];
    let wrong = || format!("`{text}` is no role; write observer, operator or admin");
    roles.into_iter().find(|role| role.word() == text).ok_or_else(wrong)
}

/// A place to begin at: `screen`, `now`, `start` or a Log offset in bytes.
///
/// # Errors
/// None of these.
pub fn begin(text: &str) -> Result<Begin, String> {
    match text {
        "screen" => Ok(Begin::Screen),
        "now" => Ok(Begin::Now),
        "start" => Ok(Begin::Start),
        _ => text.parse::<Offset>().map(Begin::Offset).map_err(|_| {
            format!(
                "`{text}` is no place to begin at; write screen, now, start or an offset in bytes"
            )
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sessions_are_named_with_or_without_their_machine() {
        let read = |text: &str| text.parse::<SessionRef>().map(|r| (r.machine, r.session));
        assert_eq!(read("access"), Ok((None, "access".to_owned())));
        assert_eq!(read("web-1/access"), Ok((Some("web-1".to_owned()), "access".to_owned())));
        for wrong in ["", "/", "web-1/", "/access", "a/b/c"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn pairs() {
        assert_eq!(pair("A=b=c"), Ok(("A".to_owned(), "b=c".to_owned())));
        assert_eq!(pair("A="), Ok(("A".to_owned(), String::new())));
        assert!(pair("A").is_err() && pair("=b").is_err());
    }

    #[test]
    fn durations() {
        for (text, millis) in [
            ("500ms", 500),
            ("30s", 30_000),
            ("30", 30_000),
            ("1.5s", 1500),
            ("2m", 120_000),
            ("1h", 3_600_000),
        ] {
            assert_eq!(duration(text), Ok(Duration::from_millis(millis)), "{text}");
        }
        for wrong in ["", "s", "-1s", "1d", "1 s", "1e99s", "nan", "inf", "1001h30", "99999h"] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn lives() {
        let days = |days: u64| Ok(Duration::from_secs(days * 86_400));
        assert_eq!((life("30d"), life("52w"), life("48h")), (days(30), days(364), days(2)));
        for wrong in ["", "d", "0d", "-1d", "1.5d", "0s", "1ms", "99999999999d", "4294967295w", "x"]
        {
            assert!(life(wrong).is_err(), "{wrong}");
        }
        assert_eq!(role("admin"), Ok(Role::Admin));
        assert!(role("root").is_err() && role("Admin").is_err());
    }

    #[test]
    fn places_to_begin_at() {
        assert_eq!(begin("screen"), Ok(Begin::Screen));
        assert_eq!(begin("4096"), Ok(Begin::Offset(4096)));
        assert!(begin("-1").is_err() && begin("end").is_err());
    }
}
