//! A search in a pane's history.

use crate::proto::Match;

/// Hits, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Search {
    /// The pattern as it was typed.
    pub pattern: String,
    /// The hits, oldest first; `None` while the Agent looks.
    pub matches: Option<Vec<Match>>,
    /// Index of the hit that is shown.
    pub current: Option<usize>,
    /// The last step went past an end.
    pub wrapped: bool,
    /// Hits whose `up` counts from the end of an earlier rendering would lie; this tells how far
    /// the width they were counted at.
    pub cols: u16,
}

impl Search {
    /// A search that was just asked for.
    #[must_use]
    pub fn new(pattern: impl Into<String>, cols: u16) -> Self {
        Self { pattern: pattern.into(), cols, ..Self::default() }
    }

    /// Goes to the next older or newer hit, around the ends; the hit, if there is any.
    pub fn step(&mut self, older: bool) -> Option<Match> {
        let matches = self.matches.as_deref().filter(|matches| !matches.is_empty())?;
        let last = matches.len() - 1;
        let (next, wrapped) = match (self.current, older) {
            (None, _) => (last, false),
            (Some(0), true) => (last, true),
            (Some(at), true) => (at - 1, false),
            (Some(at), false) if at >= last => (0, true),
            (Some(at), false) => (at + 1, false),
        };
        self.current = Some(next);
        self.wrapped = wrapped;
        matches.get(next).copied()
    }

    /// Number of the shown hit from 1 (0 for none) and of all hits.
    #[must_use]
    pub fn position(&self) -> (u64, u64) {
        let total = self.matches.as_ref().map_or(0, Vec::len);
        (self.current.map_or(0, |at| at as u64 + 1), total as u64)
    }
}

/// Whether `pattern` ignores case: it does until it has an upper-case letter of its own, as in
/// less and vim with `smartcase`. What follows a backslash (`\S`, `\W`) is syntax, not a letter.
#[must_use]
pub fn ignores_case(pattern: &str) -> bool {
    let mut escaped = false;
    !pattern.chars().any(|c| {
        let upper = !escaped && c.is_uppercase();
        escaped = c == '\\' && !escaped;
        upper
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(n: u32) -> Search {
        let matches = (0..n).rev().map(|up| Match { up, start: 0, end: 1 }).collect();
        Search { matches: Some(matches), ..Search::new("x", 80) }
    }

    #[test]
    fn the_newest_hit_comes_first_and_steps_go_around() {
        let mut search = found(3);
        assert_eq!(search.position(), (0, 3));
        assert_eq!(search.step(true).map(|hit| hit.up), Some(0));
        assert_eq!(search.position(), (3, 3));
        assert_eq!(search.step(true).map(|hit| hit.up), Some(1));
        assert_eq!(search.step(true).map(|hit| hit.up), Some(2));
        assert!(!search.wrapped);
        assert_eq!(search.step(true).map(|hit| hit.up), Some(0));
        assert!(search.wrapped);
        assert_eq!(search.step(false).map(|hit| hit.up), Some(2));
        assert!(search.wrapped);
    }

    #[test]
    fn nothing_found_goes_nowhere() {
        assert_eq!(found(0).step(true), None);
        assert_eq!(Search::new("x", 80).step(false), None);
    }

    #[test]
    fn case_matters_once_a_capital_is_typed() {
        for (pattern, ignores) in
            [("error", true), ("Error", false), (r"\S+ \W", true), (r"\\S", false), ("", true)]
        {
            assert_eq!(ignores_case(pattern), ignores, "{pattern}");
        }
    }
}
