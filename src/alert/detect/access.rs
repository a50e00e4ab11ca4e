//! HTTP access logs: a status of 500 or more is an error, every other request is nothing, whatever
//! its path says.

use std::sync::LazyLock;

use crate::proto::Severity;

use super::Found;
use super::body::Body;
use super::pattern::Pattern;

/// Each alternative has the status as its one group.
static REQUEST: LazyLock<Pattern> = LazyLock::new(|| {
    Pattern::new(concat!(
        // Common log format, its kin, Envoy, uvicorn: "GET /path HTTP/1.1" 500
        r#""[A-Z]{3,10} \S+(?: HTTP/[0-9.]+)?" ([1-5][0-9]{2})(?: |$)"#,
        // HAProxy: timers, then the status
        r"|(?: |/)-?[0-9]+/-?[0-9]+/-?[0-9]+/\+?[0-9]+ ([1-5][0-9]{2}) \+?[0-9]+ ",
        // gin
        r"|\| +([1-5][0-9]{2}) \| .* \| +[A-Z]{3,10} ",
        // morgan and other one-liners: GET /path 500 12 ms
        r"|^(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS) /\S* ([1-5][0-9]{2})(?: |$)",
        // Rails
        r"|^Completed ([1-5][0-9]{2}) [A-Z]",
    ))
});

pub(super) fn find(body: &Body<'_>) -> Option<Found> {
    let text = body.text();
    let (_, status) = REQUEST.groups(text).next()?;
    let failed = text.get(status.clone())?.starts_with('5');
    let severity = if failed { Severity::Error } else { Severity::Other };
    let span = body.start + status.start..body.start + status.end;
    Some(Found { severity, by: "access", span })
}
