//! Hints: what a line must hold to be an event at all.
//!
//! One bytes automaton looks over a whole chunk for the letters, digits and signs without which no
//! detector and no user rule can call a line an error or a warning, and for the control bytes that
//! need the terminal's eye. Lines without a hit are never looked at one by one.
//!
//! What must stay true: a line that the engine calls an error or a warning has a hint. Tests hold
//! this against every shape's pattern, the corpus and random lines.

use std::sync::LazyLock;

use regex::bytes::{Regex, RegexBuilder};

/// Largest compiled automaton of hints and user rules together, in bytes.
const SIZE_LIMIT: usize = 32 << 20;

/// Controls, except TAB, LF, and CRs before LF: the line must be assembled as a terminal would.
const CONTROLS: &str = r"(?-u:[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\r[^\r\n])";

/// Words and beginnings of words, in any letter case.
const WORDS: &str = concat!(
    // level names, and all words with "err" in them
    r"(?i-u:err|eror|warn|wrn|crit|crt|fatal|fata|ftl|fail|pani|severe|emerg|alert",
    // crashes
    r"|exception|traceback|fault|core dumped|dumped core|abort|terminate called|assert|smashing",
    r"|double free|corrupt|free\(\)|killed|out of memory|oops|bug|blocked for|unhandled|uncaught",
    r"|exited|timed out|report=",
    // errno messages
    r"|no such file|denied|no space|read-only|refused|too many|route to|in use|broken pipe",
    r"|unavailable|cannot|could not|unable|not found|unbound",
    // tools
    r"|undefined|invalid|build stopped|make|reject|conflict|not ok|deprecated|elifecycle",
    r"|curl|ssh:|ora-|tns-|pls-|rman-)",
);

/// Levels of one letter, sign or digit, and statuses.
const SIGNS: &str = concat!(
    r"(?-u:",
    // glog; logcat, capnslog, MongoDB; logcat brief; CUPS; brackets; apt; Ruby
    r"[WEF][0-9]{4,8} [0-9]{2}:|[0-9Z] [WEFCA][1-5]? |\b[WEFA]/[^ (:/]|\b[WEC] \[",
    r"|\[ *[EFWC] *\]|\([EFWC]\)|<[EFWC]>|\b[EeWw]: |\b[WEFA], \[",
    // redis, Xorg, Cisco
    r"|[0-9] # |\((?:EE|WW)\)|-[0-4]-[A-Z]",
    // <PRI>
    r"|<[0-9]{1,3}>",
    // JSON and logfmt levels of one letter; JSON numbers
    r#"|:\s*" *[EeFCWw] *"|="? *[EeFCWw](?:["\s]|$)"#,
    r#"|(?i:level|lvl|levelname|level_name|@l)"\s*:\s*"?(?:[4-9]|[0-9]{3}|[0-9][^0-9])"#,
    r#"|(?i:severity|priority|severity_?text|severity_?number)"\s*:\s*"?[0-9]"#,
    // HTTP statuses; Ruby's and Elixir's exceptions; places in Go files
    r"|[ |]5[0-9]{2}(?:[ |]|$)|::[A-Z][A-Za-z0-9]* \(|^\*\* \(|\.go:[0-9]",
    r")",
);

/// The automaton, and whether it may be used on chunks of many lines.
#[derive(Debug, Clone)]
pub(super) struct Hints {
    lines: Regex,
    /// Some user rule cannot be searched across lines: every line has to be looked at.
    every_line: bool,
}

static BUILT_IN: LazyLock<Regex> = LazyLock::new(built_in);

/// A test compiles it, so it cannot fail in the field.
#[allow(clippy::expect_used)]
fn built_in() -> Regex {
    build(&[]).expect("our own hints compile")
}

fn build(patterns: &[&str]) -> Result<Regex, regex::Error> {
    let mut all = [CONTROLS, WORDS, SIGNS].join("|");
    for pattern in patterns {
        // `^`, `$` and `.` keep to lines, also where lines end in CR LF.
        all.push_str(&format!("|(?mR:{pattern})"));
    }
    RegexBuilder::new(&format!("(?mR:{all})"))
        .size_limit(SIZE_LIMIT)
        .dfa_size_limit(8 << 20)
        .build()
}

impl Hints {
    /// The hints of the detectors alone.
    pub(super) fn built_in() -> Self {
        Self { lines: BUILT_IN.clone(), every_line: false }
    }

    /// The hints of the detectors and of user rules with these patterns.
    pub(super) fn with(patterns: &[&str]) -> Result<Self, regex::Error> {
        if patterns.is_empty() {
            return Ok(Self::built_in());
        }
        let (searchable, others): (Vec<&str>, Vec<&str>) =
            patterns.iter().partition(|pattern| is_searchable(pattern));
        Ok(Self { lines: build(&searchable)?, every_line: !others.is_empty() })
    }

    /// Whether the line of stripped text could be an event.
    pub(super) fn allow(&self, line: &str) -> bool {
        self.every_line || self.lines.is_match(line.as_bytes())
    }

    /// The first line at or after `from` that has to be looked at: the index of its first byte, or
    /// the length of `lines`. `lines` is valid UTF-8, ends with LF, and `from` starts a line in it.
    pub(super) fn next_line(&self, lines: &[u8], from: usize) -> usize {
        if self.every_line {
            return from;
        }
        match self.lines.find_at(lines, from) {
            Some(hit) if hit.start() < lines.len() => {
                let before = lines.get(from..hit.start()).unwrap_or_default();
                memchr::memrchr(b'\n', before).map_or(from, |lf| from + lf + 1)
            }
            _ => lines.len(),
        }
    }
}

/// Whether a pattern means the same in a chunk of lines as in each line alone. Text anchors do not,
/// nor may inline flags that could undo the line mode; anything unusual is taken as such.
fn is_searchable(pattern: &str) -> bool {
    const KNOWN: [&str; 5] = ["(?:", "(?i)", "(?i:", "(?P<", "(?<"];
    let anchors = pattern.contains(r"\A") || pattern.contains(r"\z");
    let flags = pattern
        .match_indices("(?")
        .any(|(at, _)| !KNOWN.iter().any(|known| pattern[at..].starts_with(known)));
    !anchors && !flags
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;

    use super::super::detect;
    use super::*;

    #[test]
    fn a_chunk_is_skipped_up_to_the_line_with_a_hint() {
        let hints = Hints::built_in();
        let lines = b"one\r\ntwo\nan ERROR\nfour\n";
        assert_eq!(hints.next_line(lines, 0), 9);
        assert_eq!(hints.next_line(lines, 18), lines.len());
        assert_eq!(hints.next_line(b"one\ntwo\x1b[m\n", 0), 4);
        assert_eq!(hints.next_line(b"10%\r20%\nx\n", 0), 0);
        assert_eq!(hints.next_line(b"cr cr lf\r\r\nx\n", 0), 13);
    }

    #[test]
    fn only_plain_patterns_are_searched_across_lines() {
        for pattern in ["oom", "^a.*b$", "(?i)x|y", "(?:a)(?P<n>b)"] {
            assert!(is_searchable(pattern), "{pattern}");
        }
        for pattern in [r"\Aoom", r"oom\z", "(?-m)^a", "(?s)a.b", "(?x) a # b"] {
            assert!(!is_searchable(pattern), "{pattern}");
        }
    }

    #[test]
    fn every_shape_has_a_hint() {
        let mut runner = TestRunner::deterministic();
        for pattern in detect::patterns() {
            let lines = lines_of(pattern);
            for _ in 0..64 {
                let line = lines.new_tree(&mut runner).unwrap().current();
                assert!(Hints::built_in().allow(&line), "{pattern}: {line:?}");
            }
        }
    }

    /// Lines that match `pattern`; anchors and word boundaries mean nothing to the generator.
    fn lines_of(pattern: &str) -> impl Strategy<Value = String> + use<> {
        let mut plain = String::new();
        for (at, c) in pattern.char_indices() {
            if c != '^' || pattern[..at].ends_with(['[', '\\']) {
                plain.push(c);
            }
        }
        let plain = plain.replace(r"\b", "").replace("$)", ")").replace("$|", "|");
        proptest::string::string_regex(plain.trim_end_matches('$')).unwrap()
    }
}
