//! The shapes, one row each: name, severity, pattern.
//!
//! The first row that matches names the finding. A new shape is a new row here and, where none of
//! its words is there yet, a hint in `hints.rs`.

use crate::proto::Severity::{self, Error, Warning};

/// Name, severity, pattern.
pub(super) type Shape = (&'static str, Severity, &'static str);

/// A bare exception line.
pub(in crate::alert) const EXCEPTION: &str = "exception";
/// A Rust or Go panic.
pub(in crate::alert) const PANIC: &str = "panic";
/// The head of a Python traceback.
pub(in crate::alert) const TRACEBACK: &str = "traceback";
/// An event in the columns of `kubectl get events`.
pub(in crate::alert) const KUBERNETES: &str = "kubernetes";

/// A place in a source file: `path:line:column: `, `path(line,column): `.
macro_rules! path {
    () => {
        r"^[^\s][^:(]*(?::[^0-9][^:(]*)?[:(][0-9]+[,:)](?:[0-9]+[:)]*)?:? (?:- )?"
    };
}

/// A program's name, or none.
macro_rules! program {
    () => {
        r"^(?:[A-Za-z0-9_\-]+: )?"
    };
}

/// The rest of "syntax error: …".
macro_rules! error {
    () => {
        r" [Ee]rror(?:: | on | near | at )\S"
    };
}

/// A command's name and what it could not do.
macro_rules! command {
    () => {
        r"^[A-Za-z][A-Za-z0-9_.\-/]*: .*: "
    };
}

/// Shapes that a message starts with; every alternative begins with `^`.
pub(super) const AT_START: &[Shape] = &[
    // Languages
    (PANIC, Error, r"^panic: |^fatal error: [a-z]"),
    (EXCEPTION, Error, r#"^Exception in (?:thread "|Tkinter|callback|ASGI)"#),
    (EXCEPTION, Error, r"^(?:[A-Za-z_$][\w$]*\.)*[A-Z][\w$]*(?:Error|Exception|Fault): "),
    (EXCEPTION, Error, r"^(?:[a-z][\w$]*\.)+[A-Z][\w$]*(?:Error|Exception):?$"),
    (EXCEPTION, Error, r"^(?:Assertion|Memory|Recursion|StackOverflow)Error$"),
    (EXCEPTION, Error, r"^[A-Z][A-Za-z0-9]*(?:::[A-Z][A-Za-z0-9]*)+ \("),
    (EXCEPTION, Error, r"^\S+\.rb:[0-9]+:in .*\([A-Z][A-Za-z:]*(?:Error|Exception)\)$"),
    (EXCEPTION, Error, r"^\*\* \([A-Z][A-Za-z0-9.]*(?:Error|Exception)\) |^\*\* \(EXIT"),
    ("unhandled", Error, r"^Uncaught [A-Z][A-Za-z]*Error\b|^\(node:[0-9]+\) Unhandled"),
    ("warning", Warning, r"^(?:\(node:[0-9]+\) )?(?:\[[A-Z0-9]+\] )?[A-Z][A-Za-z]+Warning: "),
    ("erlang", Error, r"^=(?:ERROR|CRASH|SUPERVISOR) REPORT===="),
    ("erlang", Warning, r"^=WARNING REPORT===="),
    // Processes and services
    ("abort", Error, r"^terminate called (?:after|without)|^\*\*\* stack smashing detected"),
    ("abort", Error, r"^double free or corruption|^free\(\): invalid|^malloc\(\): corrupted"),
    ("abort", Error, r"^Assertion failed: |^# A fatal error has been detected by "),
    ("kernel", Error, r"^BUG: "),
    ("service", Warning, r"^\S+\.(?:service|timer|mount|socket|scope): Failed with result '"),
    ("service", Error, r"^(?:[Ff]ailed|[Uu]nable) to [a-z]|^\[FAILED\] "),
    ("service", Error, r"^Job for \S+ failed because "),
    ("oracle", Error, r"^(?:ORA|TNS|PLS|RMAN)-[0-9]+: "),
    // Compilers
    ("compiler", Error, concat!(path!(), r"(?:fatal )?error(?:[: ]|$)")),
    ("compiler", Warning, concat!(path!(), r"(?:[A-Z][A-Za-z]*)?[Ww]arning(?:[: ]|$)")),
    ("compiler", Error, r"^\S+\.go:[0-9]+:[0-9]+: "),
    ("compiler", Error, r"^error\[[A-Z][0-9]+\]|^[0-9]+:[0-9]+ +error  "),
    ("compiler", Warning, r"^[0-9]+:[0-9]+ +warning  "),
    ("linker", Error, r"^\S*ld: cannot find "),
    // Build tools
    ("make", Error, r"^g?make(?:\[[0-9]+\])?: \*\*\* |^ninja: build stopped|^FAILED: "),
    ("make", Error, r"^CMake Error\b"),
    ("make", Warning, r"^CMake (?:Deprecation )?Warning\b"),
    ("build", Error, r"^BUILD FAIL|^Build FAILED|^FAILURE: |^> Task \S+ FAILED"),
    ("build", Error, r"^npm (?:ERR!|error) |^ ?ERR_PNPM_|^ ?ELIFECYCLE "),
    ("build", Error, r"^Module not found: Error|^##\[error\]|^::error[: ]"),
    ("build", Warning, r"^##\[warning\]|^::warning[: ]|^npm (?:WARN|warn) "),
    ("build", Warning, r#"^warning (?:" > |[^\s"]*[.@/][^\s"]*[: ])"#),
    // Tests
    ("test", Error, r"^ *--- FAIL: |^FAIL(?:\t|: | +\S)|^not ok [0-9]"),
    ("test", Error, r"^test \S.* \.\.\. FAILED$|^test result: FAILED|^FAILED \S|^ERROR \S+::"),
    ("test", Error, r"^\S+::\S+ (?:FAILED|ERROR)(?: +\[ *[0-9]+%\])?$"),
    // Command-line clients
    ("client", Error, r"^(?:docker: )?Error response from daemon|^Error from server"),
    ("client", Error, r"^Unable to connect to the server|^The connection to the server .* refused"),
    ("client", Error, r"^curl: \([0-9]+\) |^ssh: connect to host |^dpkg: error "),
    ("client", Error, r"^Host key verification failed|^tar: Exiting with failure"),
    ("client", Error, r"^[A-Za-z][\w.\-]*: (?:unable to|failed to|cannot|could not) [a-z]"),
    ("client", Error, r"^failed: \[|^ ?! \[(?:remote )?rejected\]|^CONFLICT \("),
    ("client", Error, concat!(program!(), "(?:[Ff]atal|[Pp]arse|[Ss]yntax|[Rr]untime)", error!())),
    ("client", Error, concat!(program!(), "(?:[Ii]nternal(?: server)?|[Ss]ystem)", error!())),
    ("client", Error, concat!(program!(), "(?:TLS|SSL|I/O|Database|[Ss]erver|rsync)", error!())),
    ("client", Error, concat!(program!(), "(?:[Uu]nexpected|[Cc]onnection|[Nn]etwork)", error!())),
    // The last words of errno messages (errno(3))
    ("errno", Error, concat!(command!(), "(?:No such file or directory|Permission denied)$")),
    ("errno", Error, concat!(command!(), "(?:No space left on device|Read-only file system)$")),
    ("errno", Error, concat!(command!(), "(?:Input/output error|Cannot allocate memory)$")),
    ("errno", Error, concat!(command!(), "(?:Too many open files|Connection refused)$")),
    ("errno", Error, concat!(command!(), "(?:Connection timed out|No route to host)$")),
    ("errno", Error, concat!(command!(), "(?:Address already in use|Broken pipe)$")),
    ("errno", Error, concat!(command!(), "Resource temporarily unavailable$")),
    ("shell", Error, r"^\S+: line [0-9]+: .*: (?:command not found|unbound variable)$"),
    ("shell", Error, r"^\S+: line [0-9]+: syntax error"),
];

/// Shapes that may stand anywhere in a program's text.
pub(super) const ANYWHERE: &[Shape] = &[
    (PANIC, Error, r"\bpanicked at [A-Za-z0-9_./'\\<]"),
    (TRACEBACK, Error, r"\bTraceback \(most recent call last\)"),
    ("unhandled", Error, r"\b[Uu]n(?:handled|caught) (?:[A-Za-z]+ )?(?:[Ee]xception|[Ee]rror)"),
    ("unhandled", Error, r"\b[Uu]nhandled ?[Pp]romise ?[Rr]ejection"),
    ("php", Error, r"\bPHP (?:Fatal|Parse|Recoverable fatal|Core) error: "),
    ("php", Warning, r"\bPHP (?:Warning|Deprecated): "),
    ("segfault", Error, r"\bSegmentation fault\b|\bsegfault at [0-9a-f]"),
    ("segfault", Error, r"\(core dumped\)|\bdumped core\b"),
    ("abort", Error, r": Assertion .+ failed\.$"),
    ("exit", Error, r"\bexited with (?:error |exit )?(?:code|status):? [1-9]"),
    ("exit", Error, r"\bTask timed out after [0-9]"),
    ("kernel", Error, r"\b[Oo]ut of memory: Kill|Kernel panic - not syncing|\bkernel BUG at "),
    ("kernel", Error, r"\bOops: |\bgeneral protection fault\b|\[Hardware Error\]"),
    ("kernel", Error, r"\bI/O error, dev |\bBuffer I/O error on |\b[Mm]etadata I/O error"),
    ("kernel", Error, r"\b(?:EXT3|EXT4|BTRFS)-fs error\b|\bBTRFS (?:error|critical) "),
    ("kernel", Error, r"\bblocked for more than [0-9]+ seconds"),
    ("kernel", Warning, r"\b(?:EXT4|EXT3)-fs warning\b|\bBTRFS warning "),
    ("linker", Error, r"\bundefined reference to [`']|\bundefined symbol: "),
    (KUBERNETES, Warning, r"(?:^|\s)Warning\s+[A-Z][A-Za-z]+\s+(?:[a-z]+/\S|[0-9]+[smhd])"),
];
