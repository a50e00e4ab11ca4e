//! User rules, compiled.

use std::collections::HashSet;
use std::sync::Arc;

use regex::{Regex, RegexBuilder, RegexSet, RegexSetBuilder};
use thiserror::Error;

use crate::proto::Severity;

use super::classify::{Engine, Source};
use super::hints::Hints;
use super::rule::{AlertRule, RuleSeverity, Scope};

/// Rules at most.
const RULES_CAP: usize = 200;
/// Compiled size of one rule at most, in bytes.
const RULE_SIZE_LIMIT: usize = 1 << 20;
/// Compiled size of all rules together at most, in bytes.
const SET_SIZE_LIMIT: usize = 32 << 20;

/// Why rules were refused. `index` counts the rules from 0, so that config can name file and line.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RuleError {
    /// More rules than are allowed.
    #[error("rule {} is one too many: at most {RULES_CAP} alert rules are allowed", index + 1)]
    TooMany {
        /// The first rule beyond the limit.
        index: usize,
    },
    /// The name is empty or taken.
    #[error("alert rule {}: {reason}", index + 1)]
    Name {
        /// The rule's place.
        index: usize,
        /// The name as given.
        name: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The regex is no regex, is too large, or is empty.
    #[error("alert rule `{name}`: {reason}")]
    Pattern {
        /// The rule's place.
        index: usize,
        /// The rule's name.
        name: String,
        /// What is wrong with the regex.
        reason: String,
    },
    /// Each rule is fine, all together are too large.
    #[error(
        "the alert rules together need more than {SET_SIZE_LIMIT} bytes; use fewer or simpler ones"
    )]
    Total,
}

impl RuleError {
    /// The place of the rule to blame, counted from 0; none if all are.
    #[must_use]
    pub const fn index(&self) -> Option<usize> {
        match self {
            Self::TooMany { index } | Self::Name { index, .. } | Self::Pattern { index, .. } => {
                Some(*index)
            }
            Self::Total => None,
        }
    }
}

/// A sample line that is not classified as its author expects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampleFailure {
    /// The rule's place, counted from 0.
    pub index: usize,
    /// The rule's name.
    pub name: String,
    /// The sample's place in the rule, counted from 0.
    pub sample: usize,
    /// The sample's line.
    pub line: String,
    /// The class that was expected.
    pub expected: Severity,
    /// The class that was found.
    pub found: Severity,
    /// What decided.
    pub source: Source,
}

/// One rule with its regex.
#[derive(Debug)]
pub(super) struct Compiled {
    pub rule: AlertRule,
    pub name: Arc<str>,
    pub regex: Regex,
}

/// Rules that are known to be good. Cheap to share in an [`Arc`].
///
/// Matching takes time linear in the line (the `regex` crate has no backtracking).
#[derive(Debug)]
pub struct RuleSet {
    compiled: Vec<Compiled>,
    set: RegexSet,
    hints: Hints,
}

impl RuleSet {
    /// Compiles rules, in order of precedence.
    ///
    /// # Errors
    /// The first rule that cannot be used, and why.
    pub fn compile(rules: &[AlertRule]) -> Result<Self, RuleError> {
        if rules.len() > RULES_CAP {
            return Err(RuleError::TooMany { index: RULES_CAP });
        }
        check_names(rules)?;
        let compiled: Vec<_> =
            rules.iter().enumerate().map(compile_one).collect::<Result<_, _>>()?;
        let set = RegexSetBuilder::new(rules.iter().map(|rule| &rule.pattern))
            .size_limit(SET_SIZE_LIMIT)
            .build()
            .map_err(|_| RuleError::Total)?;
        let alarming: Vec<&str> = rules
            .iter()
            .filter(|rule| rule.severity.severity().counts())
            .map(|rule| rule.pattern.as_str())
            .collect();
        let hints = Hints::with(&alarming).map_err(|_| RuleError::Total)?;
        Ok(Self { compiled, set, hints })
    }

    /// No rules: the detectors alone decide.
    #[must_use]
    pub fn empty() -> Self {
        Self { compiled: Vec::new(), set: RegexSet::empty(), hints: Hints::built_in() }
    }

    /// How many rules there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.compiled.len()
    }

    /// Whether there are no rules.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.compiled.is_empty()
    }

    /// The rule of this name, for its colour and filters.
    #[must_use]
    pub fn rule(&self, name: &str) -> Option<&AlertRule> {
        self.compiled.iter().map(|compiled| &compiled.rule).find(|rule| rule.name == name)
    }

    /// Classifies every rule's samples, each with that rule and those that have no filter, and
    /// reports the ones that come out otherwise than expected.
    #[must_use]
    pub fn check_samples(&self) -> Vec<SampleFailure> {
        let places = 0..self.compiled.len();
        places.flat_map(|index| self.check_samples_of(index)).collect()
    }

    fn check_samples_of(&self, index: usize) -> Vec<SampleFailure> {
        let Some(compiled) = self.compiled.get(index) else { return Vec::new() };
        let active = |(at, other): (usize, &Compiled)| at == index || other.rule.is_unfiltered();
        let active: Vec<bool> = self.compiled.iter().enumerate().map(active).collect();
        let failure = |(sample, wanted): (usize, &super::rule::Sample)| {
            let found = Engine::classify_with(self, &active, &wanted.line);
            (found.severity != wanted.class).then(|| SampleFailure {
                index,
                name: compiled.rule.name.clone(),
                sample,
                line: wanted.line.clone(),
                expected: wanted.class,
                found: found.severity,
                source: found.source,
            })
        };
        compiled.rule.samples.iter().enumerate().filter_map(failure).collect()
    }

    /// Which rules apply in `scope`, by place.
    pub(super) fn active_in(&self, scope: &Scope) -> Vec<bool> {
        self.compiled.iter().map(|compiled| compiled.rule.applies_to(scope)).collect()
    }

    pub(super) fn hints(&self) -> &Hints {
        &self.hints
    }

    /// The rule that decides about `text` among the `active` ones: an ignore rule if any matches,
    /// else the first that matches.
    pub(super) fn decisive(&self, active: &[bool], text: &str) -> Option<&Compiled> {
        if self.compiled.is_empty() {
            return None;
        }
        let mut first = None;
        for index in self.set.matches(text) {
            let Some(compiled) = self.compiled.get(index) else { continue };
            if !active.get(index).is_some_and(|&active| active) {
                continue;
            }
            if compiled.rule.severity == RuleSeverity::Ignore {
                return Some(compiled);
            }
            first = first.or(Some(compiled));
        }
        first
    }
}

fn check_names(rules: &[AlertRule]) -> Result<(), RuleError> {
    let mut names = HashSet::new();
    for (index, rule) in rules.iter().enumerate() {
        let wrong = |reason| RuleError::Name { index, name: rule.name.clone(), reason };
        if rule.name.trim().is_empty() {
            return Err(wrong("its name is empty; give it a short name to show"));
        }
        if !names.insert(rule.name.as_str()) {
            return Err(wrong("its name is taken by an earlier rule; names must differ"));
        }
    }
    Ok(())
}

fn compile_one((index, rule): (usize, &AlertRule)) -> Result<Compiled, RuleError> {
    let wrong = |reason| RuleError::Pattern { index, name: rule.name.clone(), reason };
    if rule.pattern.is_empty() {
        return Err(wrong("its regex is empty and would match every line".to_owned()));
    }
    let regex = RegexBuilder::new(&rule.pattern)
        .size_limit(RULE_SIZE_LIMIT)
        .build()
        .map_err(|error| wrong(error.to_string()))?;
    Ok(Compiled { rule: rule.clone(), name: rule.name.as_str().into(), regex })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(text: &str) -> Vec<AlertRule> {
        #[derive(serde::Deserialize)]
        struct Config {
            rule: Vec<AlertRule>,
        }
        toml::from_str::<Config>(text).unwrap().rule
    }

    fn rule(name: &str, pattern: &str) -> String {
        format!("[[rule]]\nname='{name}'\nregex='{pattern}'\nseverity='error'\n")
    }

    #[test]
    fn bad_rules_are_refused_with_their_place_and_a_reason() {
        let good = rule("good", "x");
        for (bad, reason) in [
            (rule("b", "(unclosed"), "unclosed group"),
            (rule("b", ""), "empty"),
            (rule("b", r"(?:\w{1000}){1000}"), "size limit"),
            (rule("b", r"(a)\1"), "backreferences"),
            (rule("good", "y"), "taken"),
            (rule(" ", "y"), "empty"),
        ] {
            let error = RuleSet::compile(&rules(&format!("{good}{bad}"))).unwrap_err();
            assert_eq!(error.index(), Some(1), "{bad}");
            assert!(error.to_string().contains(reason), "{error}");
        }
        let many: String = (0..=RULES_CAP).map(|i| rule(&format!("r{i}"), "x")).collect();
        let error = RuleSet::compile(&rules(&many)).unwrap_err();
        assert_eq!(error, RuleError::TooMany { index: RULES_CAP });
    }

    #[test]
    fn samples_are_held_against_rules_and_detectors() {
        let set = RuleSet::compile(&rules(
            "[[rule]]\nname='noise'\nregex='client closed'\nseverity='ignore'\n\
             samples=[{line='ERROR client closed connection', class='other'}]\n\
             [[rule]]\nname='slow'\nregex='took [0-9]{4,} ms'\nseverity='warning'\nsession='db'\n\
             samples=[{line='took 12345 ms', class='warning'}, {line='took 5 ms', class='warning'},\
             {line='client closed, took 12345 ms', class='other'}]",
        ))
        .unwrap();
        let failures = set.check_samples();
        assert_eq!(failures.len(), 1, "{failures:?}");
        assert_eq!((failures[0].index, failures[0].sample), (1, 1));
        assert_eq!(failures[0].found, Severity::Other);
    }
}
