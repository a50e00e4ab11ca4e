//! The detectors: what a line says of its own severity.
//!
//! The order is the point. A structured field is asked first and a found level is final, so text
//! never overrides it; then a level token in header position; then the shapes of crashes and failed
//! builds, which carry no level at all; last, non-zero counts. A bare word anywhere is nothing.

mod access;
mod body;
mod continuation;
mod count;
mod header;
mod json;
mod letters;
mod logfmt;
mod pattern;
mod priority;
mod shape;

use std::ops::Range;

use crate::proto::Severity;

use body::Body;

pub(super) use continuation::NAME as CONTINUATION;
#[cfg(test)]
pub(super) use shape::patterns;
pub(super) use shape::{EXCEPTION, KUBERNETES, PANIC, TRACEBACK};

/// What a detector found in a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub severity: Severity,
    /// The detector's name.
    pub by: &'static str,
    /// Byte range in the line that decided.
    pub span: Range<usize>,
}

/// The first detector's finding. `line` is one line of stripped text.
pub(super) fn detect(line: &str) -> Option<Found> {
    let line = line.trim_end();
    if let Some(found) = priority::find(line) {
        return Some(found);
    }
    let body = Body::of(line);
    structured(&body).or_else(|| unstructured(&body))
}

fn structured(body: &Body<'_>) -> Option<Found> {
    json::find(body).or_else(|| letters::find(body)).or_else(|| logfmt::find(body))
}

fn unstructured(body: &Body<'_>) -> Option<Found> {
    if let Some(found) = continuation::find(body) {
        return Some(found);
    }
    let header = header::read(body);
    header
        .level
        .or_else(|| access::find(body))
        .or_else(|| shape::find(body, header.message))
        .or_else(|| count::find(body))
}

/// Whether the text after a label says that there is nothing to report (`error: none`), or is a
/// value of a setting (`error: true`) rather than a message.
fn says_nothing(after: &str) -> bool {
    const NOTHING: [&str; 18] = [
        "0", "no", "none", "null", "nil", "false", "true", "yes", "n/a", "-", "[]", "{}", "{", "[",
        "\"\"", "''", "|", "ok",
    ];
    let value = after.trim().trim_end_matches([',', ';', '.']);
    value.chars().all(|c| c == '0') && !value.is_empty()
        || NOTHING.iter().any(|nothing| value.eq_ignore_ascii_case(nothing))
}

#[cfg(test)]
mod tests;
