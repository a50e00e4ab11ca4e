//! Alerts: which lines of a Session are errors and warnings, counted exactly. Pure: no tokio, no
//! I/O, no clock.
//!
//! ```text
//! bytes ─ Scanner ─┬─ tty       escape sequences out, lines assembled, alternate screen, repaints
//!                  ├─ echo      what operators typed is not an event
//!                  ├─ hints     lines that cannot be an event are skipped a chunk at a time
//!                  └─ Sequence  stack traces count once, with their head
//!                       └─ Engine   one line: user rules, then the detectors of `detect`
//! ```
//!
//! Three readers, one verdict: [`Engine`] judges a single line, [`Sequence`] a file or the rows of
//! a screen, [`Scanner`] a live stream of bytes.

mod classify;
mod detect;
mod echo;
mod hints;
mod level;
mod line;
mod repaint;
mod rule;
mod ruleset;
mod scanner;
mod sequence;
mod strip;
mod tty;

pub use classify::{Classification, Engine, Source};
pub use rule::{AlertRule, RuleSeverity, Sample, Scope};
pub use ruleset::{RuleError, RuleSet, SampleFailure};
pub use scanner::{AlertEvent, Scanner};
pub use sequence::Sequence;

/// The text of one line of terminal output as the detectors see it: escape sequences out, what a
/// carriage return overwrote gone, invalid UTF-8 replaced, without blanks at the end.
#[must_use]
pub fn plain_line(bytes: &[u8]) -> String {
    strip::stripped(&String::from_utf8_lossy(bytes)).trim_end().to_owned()
}
