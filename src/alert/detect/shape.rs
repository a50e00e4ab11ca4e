//! Crashes and failures that carry no level: known shapes.

use std::sync::LazyLock;

use regex::{Regex, RegexSet};

use super::body::Body;
use super::{Found, ours, ours_set, says_nothing};

mod table;

use table::SHAPES;
pub(in crate::alert) use table::{EXCEPTION, KUBERNETES, PANIC, TRACEBACK};

static SET: LazyLock<RegexSet> = LazyLock::new(|| ours_set(SHAPES.iter().map(|shape| shape.2)));
static EACH: LazyLock<Vec<Regex>> =
    LazyLock::new(|| SHAPES.iter().map(|shape| ours(shape.2)).collect());

/// The first shape found in the program's text, or else in its message, which starts at byte
/// `message` of the line, after times and brackets. A pattern's `^` is the start of either.
pub(super) fn find(body: &Body<'_>, message: usize) -> Option<Found> {
    let at_message = || (message > body.start).then(|| find_from(body.line, message)).flatten();
    find_from(body.line, body.start).or_else(at_message)
}

fn find_from(line: &str, start: usize) -> Option<Found> {
    let text = line.get(start..)?;
    let index = SET.matches(text).into_iter().next()?;
    let (by, severity, _) = *SHAPES.get(index)?;
    let matched = EACH.get(index)?.find(text)?;
    let after = text.get(matched.end()..).unwrap_or_default();
    if matched.as_str().ends_with(' ') && says_nothing(after) {
        return None;
    }
    Some(Found { severity, by, span: start + matched.start()..start + matched.end() })
}

/// Every pattern, for the test that holds the hints against them.
#[cfg(test)]
pub(in crate::alert) fn patterns() -> impl Iterator<Item = &'static str> {
    SHAPES.iter().filter(|shape| shape.1.counts()).map(|shape| shape.2)
}
