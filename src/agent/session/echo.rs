//! What operators typed lately. A wait for a pattern must not be satisfied by the command that
//! somebody typed, where that can be told: a line of output that ends with a typed line is its echo,
//! once for each time it was typed.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::proto::Offset;

/// Typed lines remembered.
const LINES_MAX: usize = 64;
/// Bytes kept of a typed line.
const LINE_MAX: usize = 4096;

/// The newest typed lines of one Session.
#[derive(Debug, Default)]
pub struct Echoes {
    typed: Mutex<Typed>,
}

#[derive(Debug, Default)]
struct Typed {
    /// What was typed since the last Enter.
    line: Vec<u8>,
    lines: VecDeque<TypedLine>,
    next: u64,
}

#[derive(Debug, Clone)]
struct TypedLine {
    number: u64,
    /// The Log's end when Enter was typed.
    at: Offset,
    text: String,
}

impl Echoes {
    /// Bytes were typed when the Log ended at `at`.
    pub fn typed(&self, at: Offset, bytes: &[u8]) {
        let mut typed = self.state();
        for &byte in bytes {
            match byte {
                b'\r' | b'\n' => typed.enter(at),
                0x08 | 0x7f => drop(typed.line.pop()),
                // Ctrl-C and Ctrl-U throw the line away.
                0x03 | 0x15 => typed.line.clear(),
                0x20.. if typed.line.len() < LINE_MAX => typed.line.push(byte),
                _ => {}
            }
        }
    }

    /// Judges lines of output from `offset` on.
    #[must_use]
    pub fn filter(&self, offset: Offset) -> EchoFilter<'_> {
        EchoFilter { echoes: self, since: offset, expected: Vec::new(), next: 0 }
    }

    fn state(&self) -> MutexGuard<'_, Typed> {
        self.typed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Typed {
    fn enter(&mut self, at: Offset) {
        let text = String::from_utf8_lossy(&self.line).trim().to_owned();
        self.line.clear();
        if text.is_empty() {
            return;
        }
        if self.lines.len() == LINES_MAX {
            self.lines.pop_front();
        }
        self.lines.push_back(TypedLine { number: self.next, at, text });
        self.next += 1;
    }
}

/// One reader's account of which echoes it has seen already. Lines must be shown to it in order.
#[derive(Debug)]
pub struct EchoFilter<'a> {
    echoes: &'a Echoes,
    since: Offset,
    expected: Vec<TypedLine>,
    next: u64,
}

impl EchoFilter<'_> {
    /// Whether `found` in a complete line is only somebody's typing.
    pub fn is_echo(&mut self, text: &str, found: Option<&Range<usize>>) -> bool {
        self.refresh();
        let hit = self.expected.iter().position(|line| text.trim_end().ends_with(&line.text));
        let Some(hit) = hit else { return false };
        let echo = self.expected.remove(hit);
        within_echo(text, &echo.text, found)
    }

    /// The same for a line that is not complete yet: it may still be in the middle of being typed.
    pub fn is_echo_so_far(&mut self, text: &str, found: Option<&Range<usize>>) -> bool {
        self.refresh();
        let pending = String::from_utf8_lossy(&self.echoes.state().line).trim().to_owned();
        let typed = self.expected.iter().map(|line| line.text.as_str());
        typed
            .chain((!pending.is_empty()).then_some(pending.as_str()))
            .any(|line| text.trim_end().ends_with(line) && within_echo(text, line, found))
    }

    fn refresh(&mut self) {
        let typed = self.echoes.state();
        let fresh = typed.lines.iter().filter(|line| line.number >= self.next);
        self.expected.extend(fresh.filter(|line| line.at >= self.since).cloned());
        self.next = typed.next;
    }
}

/// Whether what was found reaches into the typed end of the line.
fn within_echo(text: &str, typed: &str, found: Option<&Range<usize>>) -> bool {
    let start = text.trim_end().len() - typed.len();
    found.is_some_and(|found| found.end > start)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str, word: &str) -> Option<Range<usize>> {
        text.find(word).map(|at| at..at + word.len())
    }

    #[test]
    fn the_command_is_echo_and_its_output_is_not() {
        let echoes = Echoes::default();
        echoes.typed(10, b"echo REX\x7fADY\r");
        let mut filter = echoes.filter(0);
        let line = "$ echo READY";
        assert!(filter.is_echo(line, found(line, "READY").as_ref()));
        assert!(!filter.is_echo("READY", found("READY", "READY").as_ref()));
        assert!(!filter.is_echo(line, found(line, "READY").as_ref()), "typed once, echoed once");
    }

    #[test]
    fn a_prompt_before_the_echo_may_match() {
        let echoes = Echoes::default();
        echoes.typed(0, b"ls\r");
        let line = "READY $ ls";
        assert!(!echoes.filter(0).is_echo(line, found(line, "READY").as_ref()));
        assert!(
            !echoes.filter(1).is_echo("$ ls", found("$ ls", "ls").as_ref()),
            "typed before the reader began"
        );
    }

    #[test]
    fn typing_that_goes_on_is_echo_too() {
        let echoes = Echoes::default();
        echoes.typed(0, b"make READY");
        let line = "$ make READY";
        assert!(echoes.filter(0).is_echo_so_far(line, found(line, "READY").as_ref()));
    }
}
