//! Lines in order: a stack trace is one event, its head.

use crate::proto::Severity;

use super::classify::{Classification, Engine, Source};
use super::detect::{EXCEPTION, KUBERNETES, PANIC, TRACEBACK};
use super::rule::AlertRule;
use super::strip::stripped;

/// Where in an event the lines are.
///
/// A line that is no event, and before which none is open, leaves `Idle` as it is: the stream
/// scanner relies on it when it skips such lines.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Trace {
    /// In none.
    #[default]
    Idle,
    /// After the head of an event with a level. An exception that follows is its own.
    Head,
    /// After such a head and a blank line: only an exception is still its own.
    HeadBlank,
    /// In the trace of an exception.
    Frames,
    /// In a Python traceback, before the line that names the exception.
    Python,
    /// After that line; another traceback may be chained.
    PythonEnd,
    /// A chained traceback was announced.
    PythonChain,
    /// After a panic's line: the next one may be its message.
    Panic,
    /// In the rest of a panic.
    PanicFrames,
}

impl Trace {
    /// Its numbers in checkpoints.
    const NUMBERED: [Self; 9] = [
        Self::Idle,
        Self::Head,
        Self::HeadBlank,
        Self::Frames,
        Self::Python,
        Self::PythonEnd,
        Self::PythonChain,
        Self::Panic,
        Self::PanicFrames,
    ];

    /// The number that stands for it in a checkpoint.
    pub(super) fn number(self) -> u8 {
        Self::NUMBERED.iter().position(|trace| *trace == self).unwrap_or_default() as u8
    }

    /// What a number in a checkpoint stands for.
    pub(super) fn of_number(number: u8) -> Option<Self> {
        Self::NUMBERED.get(usize::from(number)).copied()
    }

    pub(super) fn is_idle(self) -> bool {
        self == Self::Idle
    }

    /// Judges the next line of stripped text and says where that leads.
    pub(super) fn step(self, engine: &Engine, text: &str) -> (Classification, Self) {
        if text.trim().is_empty() {
            return (Classification::NONE, self.after_blank());
        }
        let (found, is_event) = engine.judge(text);
        if is_event {
            self.after_event(found, text)
        } else if found.is_continuation() {
            (found, self.after_continuation(text))
        } else if found.severity != Severity::Other {
            (found, Self::Idle)
        } else {
            self.after_text(found, text)
        }
    }

    /// After a line that is an event by itself.
    fn after_event(self, found: Classification, text: &str) -> (Classification, Self) {
        match self.inside(&found, text) {
            Some(next) => (Classification::continuation(), next),
            None => {
                let next = opened_by(&found, text);
                (found, next)
            }
        }
    }

    /// Where a line leads that looks like an event but belongs to the open one, if it does.
    fn inside(self, found: &Classification, text: &str) -> Option<Self> {
        if self.is_idle() || found.is_by_rule() {
            return None;
        }
        let is_indented = text.starts_with([' ', '\t']);
        match self {
            Self::Python if !is_indented && !is_structured(found) => Some(Self::PythonEnd),
            Self::Panic if !is_structured(found) && !found.is_by(&[PANIC]) => {
                Some(Self::PanicFrames)
            }
            Self::Head | Self::HeadBlank if found.is_by(&[TRACEBACK]) => Some(Self::Python),
            Self::Head | Self::HeadBlank if found.is_by(&[EXCEPTION]) => Some(Self::Frames),
            Self::PythonChain if found.is_by(&[TRACEBACK]) => Some(Self::Python),
            Self::HeadBlank => None,
            _ if is_indented && !is_structured(found) && !is_log_line(text) => Some(self),
            _ => None,
        }
    }

    fn after_continuation(self, text: &str) -> Self {
        match self {
            Self::Python | Self::PythonEnd
                if text.starts_with("During handling") || text.starts_with("The above") =>
            {
                Self::PythonChain
            }
            Self::Panic => Self::PanicFrames,
            Self::Head if text.trim_start().starts_with("at ") => Self::Frames,
            state => state,
        }
    }

    /// After a line that says nothing of itself.
    fn after_text(self, found: Classification, text: &str) -> (Classification, Self) {
        let next = match self {
            Self::Idle | Self::HeadBlank => return (found, Self::Idle),
            _ if text.starts_with([' ', '\t']) => self,
            Self::Python => Self::PythonEnd,
            Self::Panic => Self::PanicFrames,
            Self::PanicFrames if is_go_frame(text) => self,
            _ => return (found, Self::Idle),
        };
        (Classification::continuation(), next)
    }

    fn after_blank(self) -> Self {
        match self {
            Self::PythonEnd | Self::PythonChain | Self::Panic | Self::PanicFrames => self,
            Self::Head => Self::HeadBlank,
            _ => Self::Idle,
        }
    }
}

fn opened_by(found: &Classification, text: &str) -> Trace {
    if text.contains("Traceback (most recent call last)") {
        Trace::Python
    } else if text.contains("panicked at ") || text.trim_start().starts_with("panic: ") {
        Trace::Panic
    } else if is_bare(found) {
        Trace::Frames
    } else {
        Trace::Head
    }
}

fn is_bare(found: &Classification) -> bool {
    found.is_by(&[EXCEPTION, TRACEBACK])
}

/// Whether the level is a field, so that the line is a log line of its own.
fn is_structured(found: &Classification) -> bool {
    let fields =
        ["syslog", "json", "logfmt", "glog", "logcat", "capnslog", "mongodb", "redis", KUBERNETES];
    found.is_by(&fields)
}

/// Whether an indented line is a log line nevertheless: a padded level (` WARN`) or a time first.
fn is_log_line(text: &str) -> bool {
    let body = text.trim_start();
    let indent = text.len() - body.len();
    let shouts = body.bytes().take_while(u8::is_ascii_uppercase).count() >= 4;
    body.starts_with(|c: char| c.is_ascii_digit()) || (indent == 1 && shouts)
}

/// `main.main()`, `exit status 2`, `[signal SIGSEGV …]`: what Go prints after a panic.
fn is_go_frame(text: &str) -> bool {
    text.ends_with(')') && text.contains('(') && !text.contains(": ")
        || text.starts_with("exit status ")
        || text.starts_with("[signal ")
}

/// Classifies the lines of a file, or the rows of a screen, in order.
///
/// Lines that belong to the event before them get [`Severity::Other`] and the detector
/// `continuation`.
#[derive(Debug, Clone)]
pub struct Sequence {
    engine: Engine,
    trace: Trace,
}

impl Sequence {
    /// Starts before the first line.
    #[must_use]
    pub const fn new(engine: Engine) -> Self {
        Self { engine, trace: Trace::Idle }
    }

    /// Classifies the next line, given without its line end; ANSI is allowed. The span is a byte
    /// range in the line's stripped text.
    #[allow(clippy::should_implement_trait)]
    pub fn next(&mut self, line: &str) -> Classification {
        let (found, next) = self.trace.step(&self.engine, &stripped(line));
        self.trace = next;
        found
    }

    /// The user's rule that decided, if one did.
    #[must_use]
    pub fn rule(&self, source: &Source) -> Option<&AlertRule> {
        self.engine.rule(source)
    }
}
