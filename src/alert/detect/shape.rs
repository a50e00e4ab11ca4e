//! Crashes and failures that carry no level: known shapes.

use std::sync::LazyLock;

use super::body::Body;
use super::pattern::Table;
use super::{Found, says_nothing};

mod table;

use table::{ANYWHERE, AT_START, Shape};
pub(in crate::alert) use table::{EXCEPTION, KUBERNETES, PANIC, TRACEBACK};

static START_TABLE: LazyLock<Table> = LazyLock::new(|| Table::new(AT_START.iter().map(|s| s.2)));
static ANYWHERE_TABLE: LazyLock<Table> = LazyLock::new(|| Table::new(ANYWHERE.iter().map(|s| s.2)));

/// The first shape found in the program's text. `message` is the byte of the line where its message
/// starts, after times and brackets; a pattern's `^` is the start of either.
pub(super) fn find(body: &Body<'_>, message: usize) -> Option<Found> {
    let at_start = |start| find_in(&START_TABLE, AT_START, body.line, start);
    at_start(body.start)
        .or_else(|| (message > body.start).then(|| at_start(message)).flatten())
        .or_else(|| find_in(&ANYWHERE_TABLE, ANYWHERE, body.line, body.start))
}

fn find_in(table: &Table, shapes: &[Shape], line: &str, start: usize) -> Option<Found> {
    let text = line.get(start..)?;
    let (index, pattern) = table.first(text)?;
    let (by, severity, _) = *shapes.get(index)?;
    let matched = pattern.find(text)?;
    let (label, after) = text.split_at_checked(matched.end)?;
    if label.ends_with(' ') && says_nothing(after) {
        return None;
    }
    Some(Found { severity, by, span: start + matched.start..start + matched.end })
}

/// Every pattern, for the test that holds the hints against them.
#[cfg(test)]
pub(in crate::alert) fn patterns() -> impl Iterator<Item = &'static str> {
    AT_START.iter().chain(ANYWHERE).map(|shape| shape.2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_at_the_start_are_anchored() {
        for (name, _, pattern) in AT_START {
            assert!(pattern.starts_with('^'), "{name}: {pattern}");
        }
    }
}
