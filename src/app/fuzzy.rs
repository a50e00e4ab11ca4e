//! Fuzzy matching of names, as in fzf.

use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

/// Judges texts against one query.
pub struct Fuzzy {
    pattern: Pattern,
    matcher: Matcher,
    buffer: Vec<char>,
}

impl Fuzzy {
    /// A judge for `query`: words in any order, each as a subsequence; lower case matches both.
    #[must_use]
    pub fn new(query: &str) -> Self {
        Self {
            pattern: Pattern::parse(query, CaseMatching::Smart, Normalization::Smart),
            matcher: Matcher::new(Config::DEFAULT),
            buffer: Vec::new(),
        }
    }

    /// How well `text` matches, more is better; `None` when it does not.
    pub fn score(&mut self, text: &str) -> Option<u32> {
        self.pattern.score(Utf32Str::new(text, &mut self.buffer), &mut self.matcher)
    }
}

/// The items whose text matches `query`, best first; equals keep their order.
pub fn ranked<T>(query: &str, items: impl Iterator<Item = (T, String)>) -> Vec<T> {
    let mut fuzzy = Fuzzy::new(query);
    let mut scored: Vec<_> =
        items.filter_map(|(item, text)| Some((fuzzy.score(&text)?, item))).collect();
    scored.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    scored.into_iter().map(|(_, item)| item).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn best(query: &str) -> Vec<&'static str> {
        let names = ["web-1/nginx", "db-1/postgres", "web-2/nginx"];
        ranked(query, names.into_iter().map(|name| (name, name.to_owned())))
    }

    #[test]
    fn subsequences_match_and_no_query_keeps_all() {
        assert_eq!(best("w2n"), ["web-2/nginx"]);
        assert_eq!(best("nginx 1"), ["web-1/nginx"]);
        assert_eq!(best("xyz"), Vec::<&str>::new());
        assert_eq!(best("").len(), 3);
    }
}
