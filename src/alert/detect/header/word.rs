//! A word in a header, with its surroundings.

use std::ops::Range;

use crate::proto::Severity;

use super::super::super::level::level;

/// Longest name of a program, logger or thread.
const NAME_CAP: usize = 80;

/// A run of ASCII letters in a text.
pub(super) struct Word<'a> {
    line: &'a str,
    pub text: &'a str,
    pub start: usize,
    pub end: usize,
}

impl<'a> Word<'a> {
    /// The word that starts at byte `start`.
    pub(super) fn at(line: &'a str, start: usize) -> Self {
        let rest = line.get(start..).unwrap_or_default();
        let len = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
        Self { line, text: rest.get(..len).unwrap_or_default(), start, end: start + len }
    }

    /// What follows the word.
    pub(super) fn after(&self) -> &'a str {
        self.line.get(self.end..).unwrap_or_default()
    }

    /// The character after the word.
    pub(super) fn next(&self) -> Option<char> {
        self.after().chars().next()
    }

    /// The word and what is joined to it without a blank.
    pub(super) fn token(&self) -> &'a str {
        let rest = self.line.get(self.start..).unwrap_or_default();
        rest.get(..rest.find([' ', '\t', '|']).unwrap_or(rest.len())).unwrap_or_default()
    }

    pub(super) fn is_upper(&self) -> bool {
        self.text.len() > 2 && self.text.bytes().all(|b| b.is_ascii_uppercase())
    }

    pub(super) fn is_title(&self) -> bool {
        let mut bytes = self.text.bytes();
        bytes.next().is_some_and(|b| b.is_ascii_uppercase())
            && bytes.all(|b| b.is_ascii_lowercase())
    }

    /// The first column of an exported event list: `Error,1/2/2024 …`.
    pub(super) fn is_titled_csv(&self) -> bool {
        let follows_digit = self.after().as_bytes().get(1).is_some_and(u8::is_ascii_digit);
        self.start == 0 && self.is_title() && follows_digit
    }

    /// Names of months, weekdays, day halves and time zones.
    pub(super) fn is_calendar(&self) -> bool {
        const WORDS: [&str; 33] = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
            "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun", "AM", "PM", "UTC", "GMT", "CET",
            "CEST", "MSK", "EST", "EDT", "CST", "CDT", "PST", "PDT", "IST",
        ];
        matches!(self.next(), None | Some(' ' | ',' | ']')) && WORDS.contains(&self.text)
    }

    /// Monolog's `channel.LEVEL: message`.
    pub(super) fn channel_level(&self) -> Option<(Severity, Range<usize>)> {
        let token = self.token().strip_suffix(':')?;
        let name = Word::at(self.line, self.start + token.rfind('.')? + 1);
        let whole = name.end == self.start + token.len() && name.is_upper();
        Some((level(name.text).filter(|_| whole)?, name.start..name.end))
    }

    /// What tools without a logger print at the start of a line: `error Command failed`,
    /// `error TS2304: …`, `warning "x" has no license`.
    pub(super) fn is_tool_message(&self) -> bool {
        self.after().trim_start().starts_with(|c: char| c.is_ascii_uppercase() || c == '"')
    }

    /// Whether the word is part of a compound in its own letter case: an "error handler" is no
    /// error, while "ERROR handler died" is one.
    pub(super) fn heads_a_noun(&self) -> bool {
        const NOUNS: &str = "budget code codes correction count counter counts free handler \
            handlers level levels lights log logger logging logs messages page pages rate rates \
            threshold";
        let next = self.after().trim_start().split(|c: char| !c.is_ascii_alphabetic()).next();
        next.is_some_and(|next| {
            let is_in_my_case = next.bytes().all(|b| b.is_ascii_uppercase() == self.is_upper());
            is_in_my_case && NOUNS.split(' ').any(|noun| next.eq_ignore_ascii_case(noun))
        })
    }

    /// Whether a dash or bar sets the token apart: `name - LEVEL`, `name | LEVEL`.
    pub(super) fn is_separated(&self) -> bool {
        let after = self.line.get(self.start + self.token().len()..).unwrap_or_default();
        after.starts_with(" - ") || after.trim_start().starts_with('|')
    }
}

/// Whether a token can be the name of a program, host, logger, thread or file.
pub(super) fn is_name(token: &str) -> bool {
    token.len() <= NAME_CAP
        && token.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-/@:[]#=,$*()<>+".contains(&b))
}
