//! A level token in header position.
//!
//! A header is what loggers put before the message: times, process ids, thread and logger names,
//! brackets, bars and dashes. The scan walks over such tokens and stops at the first that is none
//! of them. A level name met on the way is the line's level, and the first one wins; a level name
//! after the stop is just a word of the message.

use std::ops::Range;

use crate::proto::Severity;

use super::super::level::{field_level, is_everyday_word, level};
use super::body::Body;
use super::{Found, says_nothing};

mod group;
mod time;
mod word;

use word::Word;

/// Tokens looked at.
const TOKENS: usize = 14;
/// Logger, process and thread names that may stand before a level.
const NAMES: usize = 4;
/// Indentation beyond which an undated line is the inside of something, not a log line.
const INDENT: usize = 2;

/// What a header says.
#[derive(Debug)]
pub(super) struct Header {
    /// The level, where there is one.
    pub level: Option<Found>,
    /// Byte index in the line where the message starts: after times and brackets.
    pub message: usize,
}

/// Reads the header of `body`.
pub(super) fn read(body: &Body<'_>) -> Header {
    let text = body.text();
    let indent = text.len() - text.trim_start().len();
    let mut scan = Scan {
        text,
        at: 0,
        dated: body.dated,
        structured: false,
        after_program: false,
        names: 0,
        message: None,
        is_inside: indent > INDENT,
        is_indented: indent > 0,
    };
    let level = scan.run().map(|(severity, span)| Found {
        severity,
        by: "header",
        span: body.start + span.start..body.start + span.end,
    });
    Header { level, message: body.start + scan.message.unwrap_or(scan.at) }
}

type Level = (Severity, Range<usize>);

enum Step {
    /// The token is the level.
    Level(Level),
    /// The token belongs to the header, which goes on at this index.
    Skip(usize),
    /// The message starts here.
    Stop,
}

struct Scan<'a> {
    text: &'a str,
    at: usize,
    /// A time was seen: this is a log line.
    dated: bool,
    /// A bracket or bar was seen: this is likely a log line.
    structured: bool,
    /// The token before was a program's name with a colon.
    after_program: bool,
    names: usize,
    /// Where the first name stands: the message, if no level follows.
    message: Option<usize>,
    /// The line is indented too far to be a log line, unless it has a time.
    is_inside: bool,
    is_indented: bool,
}

impl<'a> Scan<'a> {
    fn run(&mut self) -> Option<Level> {
        for _ in 0..TOKENS {
            self.at = self.text.len() - self.rest().trim_start().len();
            match self.token()? {
                Step::Level(_) if self.is_inside && !self.dated => return None,
                Step::Level(level) => return Some(level),
                Step::Skip(next) => self.at = next,
                Step::Stop => return None,
            }
        }
        None
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn token(&mut self) -> Option<Step> {
        let rest = self.rest();
        let first = rest.chars().next()?;
        Some(match first {
            '[' | '(' | '<' => self.group(first),
            '{' if self.dated => self.group(first),
            '+' | '0'..='9' => self.number(),
            c if c.is_ascii_alphabetic() => self.word(),
            '|' | '-' | ':' | '*' | '=' | ',' | ';' | '!' | '~' => self.mark(first),
            '➜' | '❯' | '»' | '›' | 'λ' => Step::Stop,
            c if !c.is_ascii() && !c.is_alphanumeric() => Step::Skip(self.at + c.len_utf8()),
            _ => Step::Stop,
        })
    }

    /// Separators and bullets. An ASCII one must stand apart: `--error` is an option.
    fn mark(&mut self, mark: char) -> Step {
        let after = self.rest().get(1..).unwrap_or_default();
        self.structured |= mark == '|';
        let stands_apart = after
            .starts_with(|c: char| !c.is_alphanumeric() && !matches!(c, '/' | '.' | '"' | '\''));
        let is_bullet = matches!(mark, '-' | '*') && self.at == 0 && after.starts_with(' ');
        if mark == '|' || (stands_apart && !is_bullet) || self.is_after_bar() {
            Step::Skip(self.at + 1)
        } else {
            Step::Stop
        }
    }

    /// Whether a bar stands right before: Logback's own `|-ERROR`.
    fn is_after_bar(&self) -> bool {
        self.text.get(..self.at).is_some_and(|before| before.ends_with('|'))
    }

    /// Times, dates, process ids: digits and what joins them.
    fn number(&mut self) -> Step {
        let rest = self.rest();
        let len = rest.find([' ', '\t', '|', ']', '[']).unwrap_or(rest.len());
        let (token, after) = rest.split_at(len);
        let next = after.trim_start().split(' ').next().unwrap_or_default();
        if time::is_time(token) || time::is_compact_date(token, next) {
            self.dated = true;
        } else if !self.dated || !token.bytes().all(time::is_number_byte) {
            return Step::Stop;
        }
        Step::Skip(self.at + len)
    }

    /// `[…]`, `(…)`, `<…>`: a level, or a time, thread or process that the header goes on after.
    fn group(&mut self, open: char) -> Step {
        let Some(group) = group::Group::at(self.text, self.at, open) else { return Step::Stop };
        if let Some(level) = group.level(self.dated) {
            return Step::Level(level);
        }
        if open == '<' && !self.dated {
            return Step::Stop;
        }
        self.dated |= group.is_dated();
        self.structured = true;
        Step::Skip(group.end)
    }

    fn word(&mut self) -> Step {
        let word = Word::at(self.text, self.at);
        if word.is_calendar() {
            return Step::Skip(word.end);
        }
        if let Some(severity) = self.believed(&word) {
            return Step::Level((severity, word.start..word.end));
        }
        if let Some(level) = word.channel_level() {
            return Step::Level(level);
        }
        self.name(&word)
    }

    /// The severity of a level name, if its surroundings say that it is one.
    fn believed(&self, word: &Word<'_>) -> Option<Severity> {
        let severity = level(word.text)?;
        let everyday = is_everyday_word(word.text);
        let believed = match word.next() {
            Some(':') => self.labels(word, severity, everyday),
            Some('|' | ')' | ']') => word.is_upper() || self.dated,
            Some('!' | '[') => word.is_upper(),
            Some(',') => word.is_titled_csv() || self.dated,
            Some(' ' | '\t') => self.stands_in_a_column(word, everyday),
            None => self.dated && word.is_upper(),
            _ => false,
        };
        believed.then_some(severity)
    }

    /// `ERROR: …`, `error: …`, `Warning: …`, Python's `ERROR:logger:…`.
    fn labels(&self, word: &Word<'_>, severity: Severity, everyday: bool) -> bool {
        let after = word.after().get(1..).unwrap_or_default();
        if says_nothing(after) {
            return false;
        }
        if word.is_upper() {
            return self.dated || !after.is_empty();
        }
        if self.is_indented && !self.dated {
            return false;
        }
        let is_label = after.starts_with([' ', '\t']) || (after.is_empty() && word.is_title());
        is_label && (!everyday || word.text == "fail" || (severity.counts() && word.is_title()))
    }

    /// `ERROR message`, `12:00 warn message`, `error - message`.
    fn stands_in_a_column(&self, word: &Word<'_>, everyday: bool) -> bool {
        if word.after().starts_with(" - ") || word.after().starts_with(" | ") {
            return self.dated || word.is_upper() || self.at == 0;
        }
        if word.heads_a_noun() || self.after_program && !self.dated {
            return false;
        }
        let is_wide = word.after().starts_with("  ") || word.after().starts_with('\t');
        if word.is_upper() {
            let has_text = word.after().contains(char::is_alphanumeric);
            return has_text && (self.dated || self.structured || is_wide || !everyday);
        }
        (self.dated && !everyday) || (self.at == 0 && word.is_tool_message())
    }

    /// A program, logger, thread or host name that the header goes on after.
    fn name(&mut self, word: &Word<'_>) -> Step {
        self.message.get_or_insert(self.at);
        self.names += 1;
        let token = word.token();
        let is_program = token.ends_with(':') && word::is_name(token);
        let is_name = is_program
            || word.is_separated()
            || matches!(token, "main" | "root")
            || (self.dated
                && word::is_name(token)
                && token.bytes().any(|b| !b.is_ascii_alphabetic()));
        if self.names > NAMES || !is_name {
            return Step::Stop;
        }
        self.after_program = is_program;
        Step::Skip(self.at + token.len())
    }
}

/// A single capital letter is a level only where nothing else can be meant.
fn letter(text: &str) -> Option<Severity> {
    (text.len() == 1 && text.bytes().all(|b| b.is_ascii_uppercase())).then(|| field_level(text))?
}
