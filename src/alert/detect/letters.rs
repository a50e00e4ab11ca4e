//! Formats whose level is one letter, sign or digit at a fixed place.

use std::sync::LazyLock;

use crate::proto::Severity;

use super::super::level::syslog_number;
use super::Found;
use super::body::Body;
use super::pattern::Table;

/// One format: its first group is the level.
struct Format {
    name: &'static str,
    pattern: &'static str,
}

const FORMATS: [Format; 11] = [
    // glog and klog: Lmmdd hh:mm:ss.uuuuuu threadid file:line]; CockroachDB: Lyymmdd.
    Format {
        name: "glog",
        pattern: r"^([IWEF])(?:[0-9]{4}|[0-9]{6}|[0-9]{8}) [0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)? +[0-9]+ \S+:[0-9]+",
    },
    Format {
        name: "logcat",
        pattern: r"^(?:[0-9]{4}-)?[0-9]{2}-[0-9]{2} [0-9:]{8}\.[0-9]{3} +[0-9]+ +[0-9]+ ([VDIWEFA]) ",
    },
    Format {
        name: "logcat",
        pattern: r"^(?:[0-9]{2}-[0-9]{2} [0-9:]{8}\.[0-9]{3} )?([VDIWEFA])/[^\s(:/]+ *(?:\( *[0-9]+\))?: ",
    },
    // etcd's capnslog.
    Format {
        name: "capnslog",
        pattern: r"^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:]{8}\.[0-9]+ ([CEWNIDT]) \| ",
    },
    // MongoDB up to 4.2.
    Format {
        name: "mongodb",
        pattern: r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T\S+ ([FEWID])[1-5]? +[A-Z]{2,} +\[",
    },
    Format {
        name: "redis",
        pattern: r"^[0-9]+:[XCSM] [0-9]{2} [A-Z][a-z]{2} (?:[0-9]{4} )?[0-9:]{8}(?:\.[0-9]+)? ([.\-*#]) ",
    },
    Format {
        name: "xorg",
        pattern: r"^\[ *[0-9]+\.[0-9]+\] \((EE|WW|II|NI|\*\*|==|--|\+\+|!!|\?\?)\)",
    },
    // Cisco IOS: %FACILITY-SEVERITY-MNEMONIC: text
    Format { name: "cisco", pattern: r"^[^%]*%[A-Z][A-Z0-9_]*-([0-7])-[A-Z0-9_]+: " },
    // Ruby's Logger.
    Format { name: "ruby", pattern: r"^([DIWEFA]), \[[0-9]{4}-" },
    // CUPS.
    Format { name: "cups", pattern: r"^([EWIDC]) \[[0-9]{2}/[A-Z][a-z]{2}/" },
    // apt and kotlinc.
    Format { name: "letter", pattern: r"^([EWN]): [A-Z]|^([ew]): (?:file://)?/?\S+\.kts?\b" },
];

static TABLE: LazyLock<Table> = LazyLock::new(|| Table::new(FORMATS.iter().map(|f| f.pattern)));

pub(super) fn find(body: &Body<'_>) -> Option<Found> {
    let text = body.text();
    let (index, pattern) = TABLE.first(text)?;
    let (_, level) = pattern.groups(text).next()?;
    let span = body.start + level.start..body.start + level.end;
    Some(Found { severity: severity(text.get(level)?), by: FORMATS.get(index)?.name, span })
}

fn severity(level: &str) -> Severity {
    match level {
        "E" | "F" | "C" | "A" | "EE" | "e" => Severity::Error,
        "W" | "WW" | "w" | "#" => Severity::Warning,
        "D" | "T" | "V" | "." | "-" => Severity::Debug,
        digit => digit.parse().ok().and_then(syslog_number).unwrap_or(Severity::Info),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_format_is_read_by_its_letter() {
        use Severity::{Debug, Error, Info, Warning};
        for (line, by, severity) in [
            ("E0629 12:34:56.123456  123 file.go:1] x", "glog", Error),
            ("I0629 12:34:56.123456 123 trace.go:1] ERROR", "glog", Info),
            ("W20240629 12:34:56.123456 123 a.cc:9] x", "glog", Warning),
            ("06-29 12:34:56.123  1234  5678 E ActivityManager: ANR", "logcat", Error),
            ("W/System.err( 123): java.io", "logcat", Warning),
            ("2024-06-29 12:34:56.123456 E | etcdserver: x", "capnslog", Error),
            ("2024-06-29T12:34:56.123+0000 W NETWORK  [conn1] x", "mongodb", Warning),
            ("812:M 29 Jun 2024 12:34:56.123 # x", "redis", Warning),
            ("812:M 29 Jun 2024 12:34:56.123 . x", "redis", Debug),
            ("[    12.345] (EE) x", "xorg", Error),
            ("Jun 29 12:34:56 sw1 100: %LINK-3-UPDOWN: x", "cisco", Error),
            ("%SYS-5-CONFIG_I: x", "cisco", Info),
            ("E: Unable to locate package x", "letter", Error),
        ] {
            let found = find(&Body::of(line)).expect(line);
            assert_eq!((found.by, found.severity), (by, severity), "{line}");
        }
        for line in ["Error/x: y", "E0629 is a part number", "GET /E/x: ", "50%-3-X"] {
            assert_eq!(find(&Body::of(line)), None, "{line}");
        }
    }
}
