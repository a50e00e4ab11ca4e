//! Syslog priority `<PRI>` at the start of a line (RFC 5424, 6.2.1; RFC 3164, 4.1.1; sd-daemon(3)).

use super::super::level::syslog_number;
use super::Found;

/// Highest priority: facility 23, severity 7.
const HIGHEST: u16 = 191;

pub(super) fn find(line: &str) -> Option<Found> {
    let digits = line.strip_prefix('<')?.split_once('>')?.0;
    if digits.len() > 3 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let priority: u16 = digits.parse().ok().filter(|&priority| priority <= HIGHEST)?;
    let severity = syslog_number(i64::from(priority % 8))?;
    Some(Found { severity, by: "syslog", span: 0..digits.len() + 2 })
}
