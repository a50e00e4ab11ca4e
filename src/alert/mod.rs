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
