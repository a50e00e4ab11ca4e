//! A deploy that never ends: steps, a progress bar drawn with carriage returns, a failure at times.

use chrono::{DateTime, Utc};

use super::dice::{Dice, Schedule};
use super::{Beat, Generator};
use crate::proto::Winsize;

const STEPS: [&str; 6] =
    ["fetch sources", "compile", "run tests", "build image", "push image", "roll out"];
/// Most cells of the progress bar.
const BAR_MAX: usize = 28;
/// Cells of its line beside the bar; the last column stays free, so that the line never wraps.
const BESIDE_BAR: usize = 26;

const GREEN: &str = "\x1b[32m";
const RED: &str = "\x1b[31m";
const BOLD: &str = "\x1b[1m";
const DIM: &str = "\x1b[2m";
const RESET: &str = "\x1b[0m";

/// See the module. Asks `size` before each step of the bar, so that it fits on its line.
#[derive(Debug)]
pub struct Deploy<S> {
    size: S,
    dice: Dice,
    release: u64,
    stage: Stage,
    failure: Schedule,
}

/// What the next beat shows.
#[derive(Debug, Clone, Copy)]
enum Stage {
    Headline,
    Progress { step: usize, percent: u64 },
    StepDone { step: usize },
    Failed,
    Finished,
}

impl<S: FnMut() -> Winsize> Deploy<S> {
    /// Deploys that go the same way for the same seed.
    pub fn new(seed: u64, size: S) -> Self {
        Self {
            size,
            dice: Dice::new(seed),
            release: 118,
            stage: Stage::Headline,
            failure: Schedule::new(2, 3, 5),
        }
    }

    fn headline(&mut self, now: DateTime<Utc>) -> Beat {
        self.release += 1;
        self.stage = Stage::Progress { step: 0, percent: 0 };
        let text = format!(
            "\n{BOLD}deploy shop 4.2.{} to production{RESET}  {DIM}{}{RESET}\n",
            self.release,
            now.format("%H:%M:%S")
        );
        Beat::new(text, 600)
    }

    fn progress(&mut self, step: usize, percent: u64) -> Beat {
        let percent = percent.min(100);
        let cells = usize::from((self.size)().cols).saturating_sub(BESIDE_BAR).min(BAR_MAX);
        let filled = percent as usize * cells / 100;
        let bar = "#".repeat(filled) + &".".repeat(cells - filled);
        let text = format!("\r  {:<14} [{bar}] {percent:>3}%", name(step));
        let last = step + 1 == STEPS.len();
        self.stage = match percent {
            100 => Stage::StepDone { step },
            60.. if last && self.failure.due(&mut self.dice) => Stage::Failed,
            _ => Stage::Progress { step, percent: percent + self.dice.between(3, 14) },
        };
        Beat::new(text, self.dice.between(60, 240))
    }

    fn step_done(&mut self, step: usize) -> Beat {
        self.stage = match step + 1 {
            next if next < STEPS.len() => Stage::Progress { step: next, percent: 0 },
            _ => Stage::Finished,
        };
        let tenths = self.dice.between(8, 95);
        let text = format!(
            "\r\x1b[K  {:<14} {GREEN}ok{RESET} {DIM}{}.{} s{RESET}\n",
            name(step),
            tenths / 10,
            tenths % 10
        );
        Beat::new(text, 300)
    }

    fn failed(&mut self) -> Beat {
        self.stage = Stage::Headline;
        let host = self.dice.between(1, 8);
        let text = format!(
            "\r\x1b[K  {:<14} {RED}failed{RESET}\n\
             ERROR: health check of web-{host} answered 503 three times in a row\n\
             rolling back to 4.2.{} ... done\n",
            name(STEPS.len() - 1),
            self.release - 1
        );
        Beat::new(text, 9000)
    }

    fn finished(&mut self) -> Beat {
        self.stage = Stage::Headline;
        let text = format!("{GREEN}4.2.{} is live on 8 hosts, 0 failed{RESET}\n", self.release);
        Beat::new(text, 9000)
    }
}

fn name(step: usize) -> &'static str {
    STEPS.get(step).copied().unwrap_or("step")
}

impl<S: FnMut() -> Winsize> Generator for Deploy<S> {
    fn next(&mut self, now: DateTime<Utc>) -> Beat {
        match self.stage {
            Stage::Headline => self.headline(now),
            Stage::Progress { step, percent } => self.progress(step, percent),
            Stage::StepDone { step } => self.step_done(step),
            Stage::Failed => self.failed(),
            Stage::Finished => self.finished(),
        }
    }
}
