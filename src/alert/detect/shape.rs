//! Crashes and failures that carry no level: known shapes, one row each.
//!
//! A new shape is a new row. Patterns are searched in the program's text and in its message, so
//! `^` is the start of either (the message starts after times and brackets). A row needs a hint in `hints.rs`; a test generates lines from every
//! pattern and fails if the stream scanner would overlook one.

use std::sync::LazyLock;

use regex::{Regex, RegexSet};

use crate::proto::Severity::{self, Error, Warning};

use super::body::Body;
use super::{Found, ours, ours_set, says_nothing};

/// A bare exception line.
pub(in crate::alert) const EXCEPTION: &str = "exception";
/// A Rust or Go panic.
pub(in crate::alert) const PANIC: &str = "panic";
/// The head of a Python traceback.
pub(in crate::alert) const TRACEBACK: &str = "traceback";

/// Name, severity, pattern. The first row that matches names the finding.
const SHAPES: &[(&str, Severity, &str)] = &[
    (PANIC, Error, r"\bpanicked at [A-Za-z0-9_./'\\<]|^panic: |^fatal error: [a-z]"),
    (TRACEBACK, Error, r"\bTraceback \(most recent call last\)"),
    (EXCEPTION, Error, r#"^Exception in (?:thread "|Tkinter|callback|ASGI)"#),
    (
        EXCEPTION,
        Error,
        r"^(?:[A-Za-z_$][A-Za-z0-9_$]*\.)*[A-Z][A-Za-z0-9_$]*(?:Error|Exception|Fault): ",
    ),
    (EXCEPTION, Error, r"^(?:[a-z][A-Za-z0-9_$]*\.)+[A-Z][A-Za-z0-9_$]*(?:Error|Exception):?$"),
    (
        EXCEPTION,
        Error,
        r"^(?:AssertionError|KeyboardInterrupt|MemoryError|RecursionError|StackOverflowError)$",
    ),
    (
        EXCEPTION,
        Error,
        r"^[A-Z][A-Za-z0-9]*(?:::[A-Z][A-Za-z0-9]*)+ \(|^\*\* \([A-Z][A-Za-z0-9.]*(?:Error|Exception)?\) ",
    ),
    (
        "unhandled",
        Error,
        r"\b(?:[Uu]nhandled|[Uu]ncaught) (?:[A-Za-z]{1,12} ){0,2}(?:[Ee]xception|[Ee]rror|[Rr]ejection)|^Uncaught [A-Z][A-Za-z]*Error\b|\bUnhandledPromiseRejection",
    ),
    (
        "segfault",
        Error,
        r"\bSegmentation fault\b|\bsegfault at [0-9a-f]|\(core dumped\)|\bdumped core\b",
    ),
    (
        "abort",
        Error,
        r"^terminate called (?:after|without)|: Assertion .+ failed\.$|^Assertion failed: |^\*\*\* (?:stack smashing|buffer overflow) detected|^(?:double free|free\(\): invalid)",
    ),
    (
        "kernel",
        Error,
        r"\b[Oo]ut of memory: Kill|Kernel panic - not syncing|\bkernel BUG at |^BUG: |\bOops: |\bgeneral protection fault\b",
    ),
    (
        "kernel",
        Error,
        r"\bI/O error, dev |\bBuffer I/O error on |\b[Mm]etadata I/O error|\b(?:EXT4|BTRFS|EXT3)-fs error\b|\bBTRFS (?:error|critical) |\[Hardware Error\]|\bblocked for more than [0-9]+ seconds",
    ),
    ("kernel", Warning, r"\b(?:EXT4|EXT3)-fs warning\b|\bBTRFS warning "),
    (
        "compiler",
        Error,
        r"^(?:[A-Za-z]:)?[^\s:][^:]{0,200}[:(][0-9]+[,:)](?:[0-9]+[:)]{0,2})?:? (?:- )?(?:fatal )?error(?:[: ]|$)",
    ),
    (
        "compiler",
        Warning,
        r"^(?:[A-Za-z]:)?[^\s:][^:]{0,200}[:(][0-9]+[,:)](?:[0-9]+[:)]{0,2})?:? (?:- )?(?:[A-Z][A-Za-z]*)?[Ww]arning(?:[: ]|$)",
    ),
    ("compiler", Error, r"^error\[[A-Z][0-9]{4}\]|^[0-9]+:[0-9]+ +error  "),
    ("compiler", Warning, r"^[0-9]+:[0-9]+ +warning  "),
    ("linker", Error, r"\bundefined reference to [`']|\bundefined symbol: |^\S*ld: cannot find "),
    (
        "make",
        Error,
        r"^g?make(?:\[[0-9]+\])?: \*\*\* |^CMake Error\b|^ninja: build stopped|^FAILED: ",
    ),
    ("make", Warning, r"^CMake (?:Deprecation )?Warning\b"),
    ("php", Error, r"\bPHP (?:Fatal|Parse|Recoverable fatal|Core) error: "),
    ("php", Warning, r"\bPHP (?:Warning|Deprecated): "),
    (
        "test",
        Error,
        r"^ *--- FAIL: |^FAIL(?:\t|: | +\S)|^test \S.* \.\.\. FAILED$|^test result: FAILED|^FAILED \S|^ERROR \S+::|^not ok [0-9]",
    ),
    ("test", Error, r"^\S+::\S+ (?:FAILED|ERROR)(?: +\[ *[0-9]+%\])?$"),
    (
        "build",
        Error,
        r"^BUILD FAIL|^Build FAILED|^FAILURE: |^> Task \S+ FAILED|^error Command failed|^ ?ERR_PNPM_|^ ?ELIFECYCLE ",
    ),
    ("ansible", Error, r"^failed: \["),
    (
        "client",
        Error,
        r"^(?:docker: )?Error response from daemon|^Error from server|^Unable to connect to the server|^curl: \([0-9]+\) |^ssh: connect to host ",
    ),
    (
        "client",
        Error,
        r"^(?:(?:[Ff]atal|[Pp]arse|[Ss]yntax|[Rr]untime|[Ii]nternal|[Rr]sync|rsync|[Ss]ystem|[Uu]nexpected|[Cc]onnection|[Nn]etwork|[Cc]onfiguration) error:? )\S",
    ),
    ("git", Error, r"^ ?! \[(?:remote )?rejected\]|^CONFLICT \("),
    ("service", Warning, r"^\S+\.(?:service|timer|mount|socket|scope): Failed with result '"),
    ("service", Error, r"^(?:[Ff]ailed|[Uu]nable) to [a-z]|^\[FAILED\] "),
    (
        "service",
        Error,
        r"\bexited with (?:error |exit )?(?:code|status):? [1-9]|\bTask timed out after [0-9]",
    ),
    ("kubernetes", Warning, r"(?:^|\s)Warning\s+[A-Z][A-Za-z]+\s+(?:[a-z]+/\S|[0-9]+[smhd])"),
    ("erlang", Error, r"^=(?:ERROR|CRASH|SUPERVISOR) REPORT===="),
    ("erlang", Warning, r"^=WARNING REPORT===="),
    ("oracle", Error, r"^(?:ORA|TNS|PLS|RMAN)-[0-9]{4,5}: "),
    (
        "errno",
        Error,
        r"^[A-Za-z][A-Za-z0-9_.\-/]{0,40}: .*: (?:No such file or directory|Permission denied|No space left on device|Read-only file system|Input/output error|Cannot allocate memory|Too many open files|Connection refused)$",
    ),
    (
        "shell",
        Error,
        r"^\S+: line [0-9]+: .*: (?:command not found|unbound variable|syntax error.*)$",
    ),
];

static SET: LazyLock<RegexSet> = LazyLock::new(|| ours_set(SHAPES.iter().map(|shape| shape.2)));
static EACH: LazyLock<Vec<Regex>> =
    LazyLock::new(|| SHAPES.iter().map(|shape| ours(shape.2)).collect());

/// The first shape found in the program's text, or else in the message, which starts at byte
/// `message` of the line.
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
