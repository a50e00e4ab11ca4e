//! The names programs give to severities.

use crate::proto::Severity;

/// Longest name in the table, in bytes.
const LONGEST: usize = 13;

/// The severity a level name stands for, in any letter case.
///
/// The names are those of syslog (RFC 5424), log4j, `java.util.logging`, Python, .NET, Go's zap,
/// logrus and zerolog, and their three and four letter short forms.
pub(super) fn level(word: &str) -> Option<Severity> {
    let mut lower = [0u8; LONGEST];
    let lower = lower.get_mut(..word.len())?;
    lower.copy_from_slice(word.as_bytes());
    lower.make_ascii_lowercase();
    Some(match &*lower {
        b"error" | b"err" | b"eror" | b"erro" | b"severe" | b"fail" | b"failure" | b"fatal"
        | b"fata" | b"ftl" | b"critical" | b"crit" | b"crt" | b"panic" | b"pani" | b"dpanic"
        | b"emerg" | b"emergency" | b"alert" => Severity::Error,
        b"warning" | b"warn" | b"wrn" => Severity::Warning,
        b"info" | b"inf" | b"information" | b"informational" | b"notice" | b"note" | b"log"
        | b"config" | b"hint" | b"detail" | b"statement" | b"audit" | b"success" => Severity::Info,
        b"debug" | b"dbg" | b"dbug" | b"debu" | b"debg" | b"trace" | b"trc" | b"trce" | b"trac"
        | b"verbose" | b"verb" | b"vrb" | b"fine" | b"finer" | b"finest" | b"silly" | b"spam" => {
            Severity::Debug
        }
        _ => return None,
    })
}

/// Whether a level name is also a common word that starts sentences and headings, so that it needs
/// punctuation or a timestamp beside it before it is believed.
pub(super) fn is_everyday_word(word: &str) -> bool {
    const EVERYDAY: [&str; 14] = [
        "alert",
        "fail",
        "failure",
        "panic",
        "note",
        "notice",
        "log",
        "config",
        "hint",
        "detail",
        "statement",
        "audit",
        "success",
        "fine",
    ];
    EVERYDAY.iter().any(|every| word.eq_ignore_ascii_case(every))
}

/// The severity of a level name or letter in a field that holds nothing but a level (JSON
/// `"level":"E"`, logfmt `lvl=eror`). Surrounding blanks are allowed.
pub(super) fn field_level(value: &str) -> Option<Severity> {
    let value = value.trim_matches(' ');
    match value {
        "E" | "e" | "F" | "C" => Some(Severity::Error),
        "W" | "w" => Some(Severity::Warning),
        "I" | "i" | "N" => Some(Severity::Info),
        "D" | "d" | "T" | "V" | "D1" | "D2" | "D3" | "D4" | "D5" => Some(Severity::Debug),
        _ => level(value),
    }
}

/// The severity of a syslog number, 0 (emergency) to 7 (debug): RFC 5424, section 6.2.1.
pub(super) fn syslog_number(number: i64) -> Option<Severity> {
    match number {
        0..=3 => Some(Severity::Error),
        4 => Some(Severity::Warning),
        5 | 6 => Some(Severity::Info),
        7 => Some(Severity::Debug),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vendors_and_short_forms_are_known() {
        for (word, severity) in [
            ("Warn", Severity::Warning),
            ("WRN", Severity::Warning),
            ("Information", Severity::Info),
            ("SEVERE", Severity::Error),
            ("FTL", Severity::Error),
            ("eror", Severity::Error),
            ("emerg", Severity::Error),
            ("FAILURE", Severity::Error),
            ("dbug", Severity::Debug),
        ] {
            assert_eq!(level(word), Some(severity), "{word}");
        }
        for word in ["", "errno", "ok", "informationalist", "ünknown", "warned"] {
            assert_eq!(level(word), None, "{word}");
        }
    }

    #[test]
    fn syslog_emergency_is_the_worst() {
        assert_eq!(syslog_number(0), Some(Severity::Error));
        assert_eq!(syslog_number(7), Some(Severity::Debug));
        assert_eq!(syslog_number(8), None);
    }
}
