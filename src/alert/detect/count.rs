//! Non-zero counts in summaries: `3 errors`, `2 failed`, `Failures: 1`.

use std::ops::Range;
use std::sync::LazyLock;

use crate::proto::Severity;

use super::Found;
use super::body::Body;
use super::pattern::Pattern;

/// What may follow a count for it to be a summary and not a story ("3 failed attempts").
macro_rules! end {
    () => {
        concat!(
            r"(?:$|[,;:!)\]\}]|\.(?: |$)| (?:[/|=]|·)",
            r"| +(?:in|and|generated|found|emitted|occurred|due|with|reported|total)\b)",
        )
    };
}

/// The number is the one group that matched.
static ERRORS: LazyLock<Pattern> = LazyLock::new(|| {
    Pattern::new(concat!(
        r"(?:^|[ (\[,=*]|✖|×)([1-9][0-9]{0,6}) ",
        r"(?:(?:fatal |previous |compile |compilation |syntax |test )?(?i:errors?)(?:\(s\))?",
        r"|(?i:failures?)|(?:(?:tests?|examples?|specs?|jobs?|tasks?) )?failed)",
        end!(),
        r"|Tests run: [0-9]+, Failures: ([1-9][0-9]*)",
        r"|Tests run: [0-9]+, Failures: 0, Errors: ([1-9][0-9]*)",
        r"|\bok=[0-9]+ .*\b(?:unreachable|failed)=([1-9][0-9]*)",
    ))
});

static WARNINGS: LazyLock<Pattern> = LazyLock::new(|| {
    Pattern::new(concat!(r"(?:^|[ (\[,=*]|✖|×)([1-9][0-9]{0,6}) (?i:warnings?)(?:\(s\))?", end!(),))
});

pub(super) fn find(body: &Body<'_>) -> Option<Found> {
    let counted = |pattern: &Pattern, severity| {
        let count = |(whole, number)| found(body, &whole, &number, severity);
        pattern.groups(body.text()).find_map(count)
    };
    counted(&ERRORS, Severity::Error).or_else(|| counted(&WARNINGS, Severity::Warning))
}

fn found(
    body: &Body<'_>,
    whole: &Range<usize>,
    number: &Range<usize>,
    severity: Severity,
) -> Option<Found> {
    let digits = body.text().get(number.clone())?;
    // "500 error" is an HTTP status, and "Mar 11 2024 errors" a file of that year.
    let is_status = digits.len() == 3 && digits.starts_with(['4', '5']);
    let is_year = digits.len() == 4 && digits.starts_with("20");
    let span = body.start + number.start..body.start + whole.end;
    (!is_status && !is_year).then_some(Found { severity, by: "count", span })
}
