//! Non-zero counts in summaries: `3 errors`, `2 failed`, `Failures: 1`.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use crate::proto::Severity;

use super::body::Body;
use super::{Found, ours};

/// What may follow a count for it to be a summary and not a story ("3 failed attempts").
macro_rules! end {
    () => {
        r"(?:$|[,;:!)\]\}]|\.(?: |$)| +(?:in|and|generated|found|emitted|occurred|due|with|reported|total)\b| [/|=·])"
    };
}

/// The number is the one group that matched.
static ERRORS: LazyLock<Regex> = LazyLock::new(|| {
    ours(concat!(
        r"(?:^|[ (\[✖×,=*])([1-9][0-9]{0,6}) ",
        r"(?:(?:fatal |previous |compile |compilation |syntax |test )?(?i-u:errors?)(?:\(s\))?",
        r"|(?i-u:failures?)|(?:(?:tests?|examples?|specs?|jobs?|tasks?) )?failed)",
        end!(),
        r"|Tests run: [0-9]+, Failures: ([1-9][0-9]*)",
        r"|Tests run: [0-9]+, Failures: 0, Errors: ([1-9][0-9]*)",
        r"|\bok=[0-9]+ .*\b(?:unreachable|failed)=([1-9][0-9]*)",
    ))
});

static WARNINGS: LazyLock<Regex> = LazyLock::new(|| {
    ours(concat!(r"(?:^|[ (\[✖×,=*])([1-9][0-9]{0,6}) (?i-u:warnings?)(?:\(s\))?", end!()))
});

pub(super) fn find(body: &Body<'_>) -> Option<Found> {
    let counted = |regex: &Regex, severity| {
        regex.captures_iter(body.text()).find_map(|captures| found(body, &captures, severity))
    };
    counted(&ERRORS, Severity::Error).or_else(|| counted(&WARNINGS, Severity::Warning))
}

fn found(body: &Body<'_>, captures: &Captures<'_>, severity: Severity) -> Option<Found> {
    let number = captures.iter().skip(1).flatten().next()?;
    // "500 error" is an HTTP status, and "Mar 11 2024 errors" a file of that year.
    let is_status = number.len() == 3 && number.as_str().starts_with(['4', '5']);
    let is_year = number.len() == 4 && number.as_str().starts_with("20");
    let span = body.start + number.start()..body.start + captures.get(0)?.end();
    (!is_status && !is_year).then_some(Found { severity, by: "count", span })
}
