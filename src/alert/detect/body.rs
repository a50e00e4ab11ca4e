//! Carriers: what a collector puts before a program's own line.

use std::sync::LazyLock;

use super::super::level::level;
use super::pattern::Pattern;

/// Carriers that may stand before each other (a syslog line inside a compose log).
const NESTING: usize = 3;

/// A line, and where the program's own text starts in it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Body<'a> {
    /// The whole line; spans refer to it.
    pub line: &'a str,
    /// Byte index of the program's own text.
    pub start: usize,
    /// A carrier gave a date, so the text is a log line.
    pub dated: bool,
}

impl<'a> Body<'a> {
    /// Splits carriers off `line`.
    pub(super) fn of(line: &'a str) -> Self {
        let mut body = Self { line, start: 0, dated: false };
        for _ in 0..NESTING {
            let Some((len, dated)) = carrier(body.text()) else { break };
            body.start += len;
            body.dated |= dated;
        }
        body
    }

    /// The program's own text.
    pub(super) fn text(&self) -> &'a str {
        self.line.get(self.start..).unwrap_or_default()
    }
}

/// Docker compose and foreman (`web-1  | `), kubectl and stern (`[pod/x/y] `), concurrently
/// (`[0] `), without a date.
static NAMED: LazyLock<Pattern> = LazyLock::new(|| {
    Pattern::new(r"^(?:[A-Za-z][A-Za-z0-9_.\-]* *\| |\[pod/[^\]]+\] |\[[0-9]{1,2}\] )")
});

/// CRI (`TIME stdout F `), syslog and journalctl (`TIME host prog[pid]: `), docker's `-t`
/// (nanoseconds), foreman (`TIME web.1 | `), with a date.
static DATED: LazyLock<Pattern> = LazyLock::new(|| {
    Pattern::new(concat!(
        r"^(?:",
        r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(?:Z|[+-][0-9:]{4,6}) std(?:out|err) [FP] ",
        r"|(?:[A-Z][a-z]{2} [ 0-9][0-9] [0-9:]{8}(?:\.[0-9]+)?|",
        r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(?:Z|[+-][0-9:]{4,6})) ",
        r"[A-Za-z0-9_.:\-]+ [A-Za-z0-9_./@()\-]+(?:\[[0-9]+\])?: ",
        r"|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\.[0-9]{9}Z ",
        r"|[0-9]{2}:[0-9]{2}:[0-9]{2} [a-z][a-z0-9_\-]*\.[0-9]{1,3} +\| ",
        r")",
    ))
});

/// Length of the carrier that `text` starts with, and whether it holds a date.
fn carrier(text: &str) -> Option<(usize, bool)> {
    match text.as_bytes().first()? {
        b'0'..=b'9' => Some((DATED.find(text)?.end, true)),
        b'[' => Some((NAMED.find(text)?.end, false)),
        b'A'..=b'Z' | b'a'..=b'z' => {
            if let Some(found) = DATED.find(text) {
                return Some((found.end, true));
            }
            let found = NAMED.find(text)?;
            let name = text.get(found.clone())?.trim_end_matches([' ', '|']);
            level(name).is_none().then_some((found.end, false))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn carriers_come_off_in_layers() {
        for (line, text) in [
            ("Nov 21 05:52:01 web1 sshd[812]: error: PAM", "error: PAM"),
            ("2024-05-01T10:00:00.123456+02:00 db1 kernel: oops", "oops"),
            ("web-1  | Nov 21 05:52:01 h cron[1]: x", "x"),
            ("2024-05-01T10:00:00.123456789Z stderr F x", "x"),
            ("2024-05-01T10:00:00.123456789Z {\"a\":1}", "{\"a\":1}"),
            ("[pod/api-0/api] x", "x"),
            ("10:00:00 web.1  | x", "x"),
            ("ERROR | x", "ERROR | x"),
            ("2024-05-01 10:00:00 plain", "2024-05-01 10:00:00 plain"),
        ] {
            assert_eq!(Body::of(line).text(), text, "{line}");
        }
    }
}
