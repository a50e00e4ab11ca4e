//! JSON lines: the level key of the top-level object.
//!
//! The line is parsed, not searched, so nested objects and strings that hold JSON say nothing, and
//! the level may come last. Keys and level names written with escapes are not taken for levels: no
//! logger writes them so, and the hints of the stream scanner rely on seeing them.

use std::fmt;
use std::ops::Range;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::proto::Severity;

use super::super::level::{field_level, syslog_number};
use super::Found;
use super::body::Body;

/// The finding in a line whose text is a JSON object. An object without a level is `Other`, for
/// good: its strings are not log lines.
pub(super) fn find(body: &Body<'_>) -> Option<Found> {
    let text = body.text().trim_start();
    let text = text.strip_prefix("@cee:").unwrap_or(text).trim_start();
    if !text.starts_with('{') {
        return None;
    }
    let mut fields = Fields::default();
    let complete = fields.read(text);
    let level = fields.level();
    if !complete && level.is_none() {
        return None;
    }
    let (severity, decisive) = level.unwrap_or_default();
    Some(Found { severity, by: "json", span: span_of(body.line, decisive) })
}

/// Where `part`, a slice of `line`, stands in it; empty where it does not.
fn span_of(line: &str, part: &str) -> Range<usize> {
    match (part.as_ptr() as usize).checked_sub(line.as_ptr() as usize) {
        Some(start) if start + part.len() <= line.len() => start..start + part.len(),
        _ => 0..0,
    }
}

/// How a numeric level is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scale {
    /// Key `level`: pino and bunyan 10–60, Monolog 100–600.
    Level,
    /// RFC 5424: 0 is the worst.
    Syslog,
    /// OpenTelemetry's SeverityNumber, 1–24.
    OpenTelemetry,
    /// Google Cloud's LogSeverity, 0–800; syslog below 8.
    Severity,
}

/// The top-level fields that bear on the level, in order of appearance.
#[derive(Debug, Default)]
struct Fields<'a> {
    /// The first named level: severity and where it was written.
    named: Option<(Severity, &'a str)>,
    /// The first number under a level key, and the key.
    number: Option<(Scale, i64, &'a str)>,
    /// Key `s`, MongoDB's, a level only beside `t` and `c`.
    mongo: Option<(Severity, &'a str)>,
    has_mongo_keys: u8,
    /// GELF: numbers under `level` are syslog's.
    is_gelf: bool,
    /// A Windows event: numbers under `Level` are 1 critical to 5 verbose.
    is_windows: bool,
}

impl<'a> Fields<'a> {
    /// Reads an object. Returns whether it was complete; what was read counts either way, since a
    /// long line is cut.
    fn read(&mut self, text: &'a str) -> bool {
        let mut json = serde_json::Deserializer::from_str(text);
        (&mut json).deserialize_map(self).is_ok() && json.end().is_ok()
    }

    fn take(&mut self, key: &'a str, value: &Scalar<'a>) {
        match key {
            "t" | "c" => self.has_mongo_keys += 1,
            "s" => self.mongo = self.mongo.or(named(value)),
            "short_message" => self.is_gelf = true,
            "EventID" | "ProviderName" | "Channel" | "EventId" | "ProviderId" => {
                self.is_windows = true;
            }
            _ => {
                let Some(scale) = scale(key) else { return };
                self.named = self.named.or_else(|| named(value));
                self.number = self.number.or_else(|| Some((scale, number(value)?, key)));
            }
        }
    }

    fn level(&self) -> Option<(Severity, &'a str)> {
        let mongo = self.mongo.filter(|_| self.has_mongo_keys == 2);
        self.named.or(mongo).or_else(|| {
            let (scale, number, key) = self.number?;
            Some((self.severity(scale, number)?, key))
        })
    }

    fn severity(&self, scale: Scale, number: i64) -> Option<Severity> {
        match scale {
            Scale::Level if self.is_windows => windows_number(number),
            Scale::Level if self.is_gelf => syslog_number(number),
            Scale::Level => level_number(number),
            Scale::Syslog => syslog_number(number),
            Scale::OpenTelemetry => opentelemetry_number(number),
            Scale::Severity => syslog_number(number).or_else(|| level_number(number)),
        }
    }
}

/// The keys that name a level, and the scale of numbers under them.
fn scale(key: &str) -> Option<Scale> {
    Some(match key {
        "level" | "Level" | "LEVEL" | "lvl" | "log_level" | "loglevel" | "logLevel"
        | "LogLevel" | "levelname" | "level_name" | "log.level" | "@level" | "@l" => Scale::Level,
        "severity" | "Severity" | "SEVERITY" | "severityText" | "severity_text"
        | "SeverityText" | "log.severity" => Scale::Severity,
        "PRIORITY" | "priority" | "syslog.severity" => Scale::Syslog,
        "severityNumber" | "severity_number" | "SeverityNumber" => Scale::OpenTelemetry,
        _ => return None,
    })
}

fn named<'a>(value: &Scalar<'a>) -> Option<(Severity, &'a str)> {
    match *value {
        Scalar::Text(text) => Some((field_level(text)?, text)),
        Scalar::Number(_) | Scalar::Else => None,
    }
}

fn number(value: &Scalar<'_>) -> Option<i64> {
    match value {
        Scalar::Number(number) => Some(*number),
        Scalar::Text(text) => text.parse().ok(),
        Scalar::Else => None,
    }
}

fn level_number(number: i64) -> Option<Severity> {
    Some(match number {
        10..=29 | 100..=199 => Severity::Debug,
        30..=39 | 200..=299 => Severity::Info,
        40..=49 | 300..=499 if number < 400 => Severity::Warning,
        50..=69 | 400..=899 => Severity::Error,
        _ => return None,
    })
}

fn windows_number(number: i64) -> Option<Severity> {
    Some(match number {
        1 | 2 => Severity::Error,
        3 => Severity::Warning,
        0 | 4 => Severity::Info,
        5 => Severity::Debug,
        _ => return None,
    })
}

fn opentelemetry_number(number: i64) -> Option<Severity> {
    Some(match number {
        1..=8 => Severity::Debug,
        9..=12 => Severity::Info,
        13..=16 => Severity::Warning,
        17..=24 => Severity::Error,
        _ => return None,
    })
}

impl<'de> Visitor<'de> for &mut Fields<'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<Scalar<'de>>()? {
            match key {
                Scalar::Text(key) => self.take(key, &map.next_value()?),
                Scalar::Number(_) | Scalar::Else => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}

/// A value as far as levels are concerned.
#[derive(Debug)]
enum Scalar<'a> {
    /// A string without escapes.
    Text(&'a str),
    Number(i64),
    Else,
}

impl<'de> Deserialize<'de> for Scalar<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ScalarVisitor)
    }
}

struct ScalarVisitor;

impl<'de> Visitor<'de> for ScalarVisitor {
    type Value = Scalar<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Scalar::Text(text))
    }

    fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
        Ok(Scalar::Else)
    }

    fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
        Ok(i64::try_from(number).map_or(Scalar::Else, Scalar::Number))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
        Ok(Scalar::Number(number))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(Scalar::Else)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(Scalar::Else)
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Scalar::Else)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Scalar::Else)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Scalar::Else)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn severity(line: &str) -> Option<Severity> {
        find(&Body::of(line)).map(|found| found.severity)
    }

    #[test]
    fn the_scale_follows_key_and_shape() {
        use Severity::{Debug, Error, Info, Other, Warning};
        for (line, expected) in [
            (r#"{"level":20,"msg":"x"}"#, Debug),
            (r#"{"level":40}"#, Warning),
            (r#"{"level":50}"#, Error),
            (r#"{"level":300,"level_name":"WARNING"}"#, Warning),
            (r#"{"PRIORITY":"0"}"#, Error),
            (r#"{"priority":4}"#, Warning),
            (r#"{"severityNumber":20}"#, Error),
            (r#"{"severityNumber":9}"#, Info),
            (r#"{"level":3,"short_message":"x","version":"1.1"}"#, Error),
            (r#"{"Level":2,"EventID":7}"#, Error),
            (r#"{"Level":3,"EventID":7}"#, Warning),
            (r#"{"severity":"ERROR"}"#, Error),
            (r#"{"t":{"$date":"x"},"s":"E","c":"NETWORK"}"#, Error),
            (r#"{"s":"E"}"#, Other),
            (r#"{"level":2}"#, Other),
        ] {
            assert_eq!(severity(line), Some(expected), "{line}");
        }
    }

    #[test]
    fn only_the_top_level_speaks_and_it_may_speak_last() {
        for (line, expected) in [
            (r#"{"policy":{"level":"error"},"level":"info"}"#, Some(Severity::Info)),
            (r#"{"policy":{"level":"error"}}"#, Some(Severity::Other)),
            (r#"{"err":null,"error":"","msg":"{\"level\":\"error\"}"}"#, Some(Severity::Other)),
            (r#"{"msg":"ERROR","level":"debug"}"#, Some(Severity::Debug)),
            (r#"{"level":"error","msg":"cut off"#, Some(Severity::Error)),
            (r#"{ not json"#, None),
            (r#"ERROR {"level":"info"}"#, None),
        ] {
            assert_eq!(severity(line), expected, "{line}");
        }
    }

    #[test]
    fn the_span_is_the_level() {
        let line = r#"api-1  | {"msg":"x","level":"error"}"#;
        let found = find(&Body::of(line)).unwrap();
        assert_eq!(&line[found.span], "error");
    }
}
