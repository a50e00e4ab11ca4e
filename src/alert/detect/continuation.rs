//! Lines that belong to the event before them by their very shape: stack frames, causes, compiler
//! gutters. They are never events, whatever words they hold.

use std::sync::LazyLock;

use crate::proto::Severity;

use super::Found;
use super::body::Body;
use super::pattern::Pattern;

/// The detector's name.
pub(in crate::alert) const NAME: &str = "continuation";

static SHAPES: LazyLock<Pattern> = LazyLock::new(|| {
    Pattern::new(concat!(
        // JVM, .NET, Node
        r"^\s+at \S|^\s*(?:Caused by|Suppressed):|^\s*\.{3} [0-9]+ (?:more|common frames)",
        r"|^\s*--- End of ",
        // Python, pytest
        r#"|^\s+File ".*", line [0-9]+|^During handling of the above exception"#,
        r"|^The above exception was the direct cause|^E {3,}\S",
        // Go
        r"|^goroutine [0-9]+ \[|^created by \S+|^\s+\S+\.go:[0-9]+ \+0x",
        // Rust backtraces and diagnostics
        r"|^stack backtrace:|^ +[0-9]+: +[0-9A-Za-z<_]|^\s*(?:= )?(?:note|help): |^ *--> ",
        r"|^ +[0-9]* *\| |^[0-9]+ +\| {2}|^ +[0-9]* *\|$",
        // Ruby, PHP, gdb
        r"|^\s+from \S+:[0-9]+:in |^#[0-9]+ +(?:0x|/|\{main\}|\S+\()|^\[stacktrace\]|^Stack trace:",
        // PostgreSQL's client, kernel
        r"|^(?:DETAIL|HINT|CONTEXT|QUERY|LINE [0-9]+): |^Call Trace:|^\s+\^",
    ))
});

pub(super) fn find(body: &Body<'_>) -> Option<Found> {
    let found = SHAPES.find(body.text())?;
    let span = body.start + found.start..body.start + found.end;
    Some(Found { severity: Severity::Other, by: NAME, span })
}
