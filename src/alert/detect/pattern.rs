//! Our own patterns: regular expressions over ASCII, which keeps their automata small.

use std::ops::Range;

use regex::bytes::{Captures, Regex, RegexBuilder, RegexSet, RegexSetBuilder};

/// One pattern. Bytes beyond ASCII match only `.` and negated classes.
#[derive(Debug)]
pub(super) struct Pattern(Regex);

impl Pattern {
    /// Compiles a pattern of ours. Tests use them all, so none can fail in the field.
    #[allow(clippy::expect_used)]
    pub(super) fn new(pattern: &str) -> Self {
        let regex = RegexBuilder::new(pattern).unicode(false).build();
        Self(regex.expect("our own pattern compiles"))
    }

    /// Where the pattern matches first, on character boundaries.
    pub(super) fn find(&self, text: &str) -> Option<Range<usize>> {
        self.0.find(text.as_bytes()).map(|found| snapped(text, found.range()))
    }

    /// Each match, and the first of its groups that took part.
    pub(super) fn groups<'a>(
        &'a self,
        text: &'a str,
    ) -> impl Iterator<Item = (Range<usize>, Range<usize>)> {
        let pair = move |captures: Captures<'_>| {
            let group = captures.iter().skip(1).flatten().next()?;
            Some((snapped(text, captures.get(0)?.range()), snapped(text, group.range())))
        };
        // Groups are found by a slower engine than matches are; most texts have no match.
        let has_any = self.0.is_match(text.as_bytes());
        has_any
            .then(|| self.0.captures_iter(text.as_bytes()))
            .into_iter()
            .flatten()
            .filter_map(pair)
    }
}

/// Patterns tried at once.
#[derive(Debug)]
pub(super) struct Table {
    set: RegexSet,
    each: Vec<Pattern>,
}

impl Table {
    /// Compiles patterns of ours.
    #[allow(clippy::expect_used)]
    pub(super) fn new<'a>(patterns: impl Iterator<Item = &'a str> + Clone) -> Self {
        let set = RegexSetBuilder::new(patterns.clone()).unicode(false).build();
        let set = set.expect("our own patterns compile");
        Self { set, each: patterns.map(Pattern::new).collect() }
    }

    /// The first pattern of the table that matches, and its place.
    pub(super) fn first(&self, text: &str) -> Option<(usize, &Pattern)> {
        if !self.set.is_match(text.as_bytes()) {
            return None;
        }
        let index = self.set.matches(text.as_bytes()).into_iter().next()?;
        Some((index, self.each.get(index)?))
    }
}

fn snapped(text: &str, range: Range<usize>) -> Range<usize> {
    text.floor_char_boundary(range.start)..text.ceil_char_boundary(range.end)
}
