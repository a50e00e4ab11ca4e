//! One line, one verdict.

use std::ops::Range;
use std::sync::Arc;

use crate::proto::Severity;

use super::detect::{self, detect};
use super::hints::Hints;
use super::rule::{AlertRule, Scope};
use super::ruleset::RuleSet;
use super::strip::stripped;

/// What decided a line's severity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// Nothing: the line says nothing of its severity.
    None,
    /// A detector, by name.
    Detector(&'static str),
    /// A user rule, by name.
    Rule(Arc<str>),
}

/// One line's classification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Classification {
    /// How bad the line is.
    pub severity: Severity,
    /// What decided.
    pub source: Source,
    /// Byte range in the line's stripped text that decided; empty where nothing did.
    pub span: Range<usize>,
}

impl Classification {
    pub(super) const NONE: Self =
        Self { severity: Severity::Other, source: Source::None, span: 0..0 };

    pub(super) const fn continuation() -> Self {
        let source = Source::Detector(detect::CONTINUATION);
        Self { severity: Severity::Other, source, span: 0..0 }
    }

    pub(super) fn is_continuation(&self) -> bool {
        self.is_by(&[detect::CONTINUATION])
    }

    /// Whether a user rule decided, which no shape of the lines around it overrules.
    pub(super) const fn is_by_rule(&self) -> bool {
        matches!(self.source, Source::Rule(_))
    }

    /// Whether one of these detectors decided.
    pub(super) fn is_by(&self, names: &[&str]) -> bool {
        matches!(self.source, Source::Detector(name) if names.contains(&name))
    }
}

/// Classifies single lines for the Sessions of one scope. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Engine {
    rules: Arc<RuleSet>,
    /// By place in the rule set: the rule applies here.
    active: Arc<[bool]>,
}

impl Engine {
    /// An engine with those of `rules` that apply in `scope`.
    #[must_use]
    pub fn new(rules: Arc<RuleSet>, scope: &Scope) -> Self {
        let active = rules.active_in(scope).into();
        Self { rules, active }
    }

    /// Classifies one line; ANSI is allowed and stripped first. Knows no other lines: see
    /// [`super::Sequence`] for stack traces.
    #[must_use]
    pub fn classify(&self, line: &str) -> Classification {
        Self::classify_with(&self.rules, &self.active, line)
    }

    pub(super) fn classify_with(rules: &RuleSet, active: &[bool], line: &str) -> Classification {
        judge(rules, active, &stripped(line)).0
    }

    /// Classifies stripped text. Also tells whether the line would be an event if no rule had
    /// quieted it: then the lines of its stack trace are quiet too.
    pub(super) fn judge(&self, text: &str) -> (Classification, bool) {
        judge(&self.rules, &self.active, text)
    }

    pub(super) fn rule(&self, source: &Source) -> Option<&AlertRule> {
        match source {
            Source::Rule(name) => self.rules.rule(name),
            Source::None | Source::Detector(_) => None,
        }
    }

    pub(super) fn hints(&self) -> &Hints {
        self.rules.hints()
    }
}

fn judge(rules: &RuleSet, active: &[bool], text: &str) -> (Classification, bool) {
    let Some(rule) = rules.decisive(active, text) else {
        let found = by_detectors(text);
        let is_event = found.severity.counts();
        return (found, is_event);
    };
    let severity = rule.rule.severity.severity();
    let is_event = severity.counts() || detect(text).is_some_and(|found| found.severity.counts());
    let span = rule.regex.find(text).map_or(0..0, |found| found.range());
    (Classification { severity, source: Source::Rule(rule.name.clone()), span }, is_event)
}

fn by_detectors(text: &str) -> Classification {
    match detect(text) {
        Some(found) => Classification {
            severity: found.severity,
            source: Source::Detector(found.by),
            span: found.span,
        },
        None => Classification::NONE,
    }
}
