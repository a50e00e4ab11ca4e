//! logfmt: `level=error` among the key=value pairs that a line starts with.
//!
//! Only pairs may come before it (and a timestamp), and at least one more pair must be there: a
//! setting printed alone, a URL's query and a quoted message are no log levels.

use std::ops::Range;

use super::super::level::field_level;
use super::Found;
use super::body::Body;

/// Pairs looked at.
const PAIRS: usize = 24;

pub(super) fn find(body: &Body<'_>) -> Option<Found> {
    let text = body.text();
    if !text.contains('=') {
        return None;
    }
    let mut at = text.len() - skip_time(text).len();
    let (mut level, mut pairs) = (None, 0);
    while let Some(pair) = Pair::at(text, at).filter(|_| pairs < PAIRS) {
        pairs += 1;
        at = pair.end;
        level = level.or_else(|| Some((pair.level(text, pairs == 1)?, pair.value)));
        if level.is_some() && pairs > 1 {
            break;
        }
    }
    let (severity, value) = level.filter(|_| pairs > 1)?;
    let span = body.start + value.start..body.start + value.end;
    Some(Found { severity, by: "logfmt", span })
}

/// `text` after timestamps: tokens of digits and date punctuation.
fn skip_time(mut text: &str) -> &str {
    loop {
        text = text.trim_start();
        let token = text.split(' ').next().unwrap_or_default();
        let is_time = token.starts_with(|c: char| c.is_ascii_digit())
            && token.bytes().all(|b| b.is_ascii_digit() || b"-:./T+Z,".contains(&b));
        if !is_time {
            return text;
        }
        text = text.get(token.len()..).unwrap_or_default();
    }
}

/// One `key=value`; ranges are byte ranges in the text.
struct Pair {
    key: Range<usize>,
    value: Range<usize>,
    end: usize,
}

impl Pair {
    fn at(text: &str, at: usize) -> Option<Self> {
        let rest = text.get(at..)?;
        let start = at + (rest.len() - rest.trim_start_matches(' ').len());
        let rest = text.get(start..)?;
        let equals = rest.find(|c: char| !(c.is_ascii_alphanumeric() || "_.@-".contains(c)))?;
        if equals == 0 || rest.as_bytes().get(equals) != Some(&b'=') {
            return None;
        }
        let key = start..start + equals;
        let from = key.end + 1;
        let value = text.get(from..)?;
        let (value, end) = if value.starts_with('"') {
            let len = quoted(value)?;
            (from + 1..from + len - 1, from + len)
        } else {
            let len = value.find(' ').unwrap_or(value.len());
            (from..from + len, from + len)
        };
        Some(Self { key, value, end })
    }

    fn level(&self, text: &str, is_first: bool) -> Option<crate::proto::Severity> {
        let key = text.get(self.key.clone())?;
        let value = text.get(self.value.clone())?;
        match key {
            "level" | "lvl" | "severity" | "loglevel" | "log_level" | "log.level" | "levelname"
            | "Level" | "severity_text" => field_level(value),
            // Heroku's router: at=error code=H12 …
            "at" if is_first && value == "error" => field_level(value),
            _ => None,
        }
    }
}

/// Length of the quoted string that `text` starts with, quotes included.
fn quoted(text: &str) -> Option<usize> {
    let mut escaped = false;
    let inner = text.get(1..)?;
    let end = inner.bytes().position(|byte| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    })?;
    Some(end + 2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::Severity;

    #[test]
    fn a_level_among_pairs_counts_and_others_do_not() {
        for (line, expected) in [
            ("time=\"2024-05-01T10:00:00Z\" level=error msg=\"x\"", Some(Severity::Error)),
            ("level=warning ts=1 msg=x", Some(Severity::Warning)),
            ("ts=2024-05-01T10:00:00Z caller=a.go:1 lvl=eror", Some(Severity::Error)),
            ("2024-05-01T10:00:00Z level=\"info\" err=\"level=error\"", Some(Severity::Info)),
            ("msg=\"said \\\"level=error\\\" loudly\" level=debug", Some(Severity::Debug)),
            ("at=error code=H12 desc=\"Request timeout\"", Some(Severity::Error)),
            ("LOG_LEVEL=ERROR HOME=/root", None),
            ("level=error", None),
            ("GET /x?level=error&a=b", None),
            ("starting with level=error port=80", None),
            ("a=1 text level=error b=2", None),
            ("export level=error", None),
        ] {
            let found = find(&Body::of(line)).map(|found| found.severity);
            assert_eq!(found, expected, "{line}");
        }
    }
}
