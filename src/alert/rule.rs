//! User rules as they stand in config, and what they apply to.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, de};

use crate::proto::name::MAX_NAME;
use crate::proto::{MarkColor, Severity};

/// What a rule makes of the lines it matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RuleSeverity {
    /// An error, whatever the line says of itself.
    Error,
    /// A warning.
    Warning,
    /// Information: not counted.
    Info,
    /// Never an event; beats every other rule and every detector.
    Ignore,
}

impl RuleSeverity {
    /// The severity a matching line gets.
    #[must_use]
    pub const fn severity(self) -> Severity {
        match self {
            Self::Error => Severity::Error,
            Self::Warning => Severity::Warning,
            Self::Info => Severity::Info,
            Self::Ignore => Severity::Other,
        }
    }
}

/// A line and the class its rule's author expects for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sample {
    /// One line of text; ANSI allowed.
    pub line: String,
    /// `error`, `warning`, `info`, `debug` or `other`.
    pub class: Severity,
}

/// A user rule as it stands in config.
///
/// Every filter that is given must match the Session; an absent filter matches all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AlertRule {
    /// Shown where the rule decided; unique in a rule set. 1 to 64 printable characters.
    #[serde(deserialize_with = "rule_name")]
    pub name: String,
    /// Searched anywhere in the line's text, ANSI stripped. Syntax of the `regex` crate.
    #[serde(rename = "regex")]
    pub pattern: String,
    /// What a match means.
    pub severity: RuleSeverity,
    /// Session name; `*` and `?` are wildcards.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    /// Machine name; `*` and `?` are wildcards.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub machine: Option<String>,
    /// Labels the Session must have; values may use `*` and `?`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
    /// Colour of the marks; the severity's own when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub color: Option<MarkColor>,
    /// Lines that prove the rule right; checked by `watchdeck config check`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub samples: Vec<Sample>,
}

/// A rule's name is only shown, so any printable text will do.
fn rule_name<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let name = String::deserialize(deserializer)?;
    let fits = (1..=MAX_NAME).contains(&name.chars().count());
    if !fits || name.chars().any(char::is_control) {
        return Err(de::Error::custom("a rule's name is 1 to 64 printable characters"));
    }
    Ok(name)
}

impl AlertRule {
    /// Whether the rule applies to the Sessions that `scope` describes.
    #[must_use]
    pub fn applies_to(&self, scope: &Scope) -> bool {
        let fits = |filter: &Option<String>, name: &str| {
            filter.as_ref().is_none_or(|pattern| glob(pattern, name))
        };
        fits(&self.machine, &scope.machine)
            && fits(&self.session, &scope.session)
            && self.labels.iter().all(|(key, pattern)| {
                scope.labels.get(key).is_some_and(|value| glob(pattern, value))
            })
    }

    /// Whether the rule applies everywhere.
    #[must_use]
    pub fn is_unfiltered(&self) -> bool {
        self.machine.is_none() && self.session.is_none() && self.labels.is_empty()
    }
}

/// The Session that lines come from, as far as rules can ask about it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scope {
    /// Machine name.
    pub machine: String,
    /// Session name.
    pub session: String,
    /// Session labels.
    pub labels: BTreeMap<String, String>,
}

/// Whether `text` matches `pattern`, where `*` stands for any run and `?` for one character.
/// Linear in practice and quadratic at worst: it never backtracks past the last `*`.
fn glob(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) =
        (pattern.chars().collect(), text.chars().collect());
    let (mut p, mut t) = (0, 0);
    let mut retry = None;
    while let Some(&wanted) = text.get(t) {
        match pattern.get(p) {
            Some('*') => {
                retry = Some((p + 1, t));
                p += 1;
            }
            Some(&c) if c == '?' || c == wanted => {
                p += 1;
                t += 1;
            }
            _ => {
                let Some((after_star, from)) = retry else { return false };
                retry = Some((after_star, from + 1));
                (p, t) = (after_star, from + 1);
            }
        }
    }
    pattern[p..].iter().all(|&c| c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs_match_whole_names() {
        for (pattern, text, fits) in [
            ("web-*", "web-1", true),
            ("web-?", "web-12", false),
            ("*", "", true),
            ("", "", true),
            ("", "a", false),
            ("*a*b", "xaxxb", true),
            ("*a*b", "xaxxbc", false),
            ("db", "DB", false),
            ("?é*", "xéy", true),
            ("a**b", "ab", true),
        ] {
            assert_eq!(glob(pattern, text), fits, "{pattern} on {text}");
        }
    }

    #[test]
    fn a_rule_reads_from_toml_and_refuses_what_it_does_not_know() {
        let rule: AlertRule = toml::from_str(
            "name='oom'\nregex='oom-killer'\nseverity='error'\nlabels={tier='web'}\n\
             samples=[{line='invoked oom-killer', class='error'}]",
        )
        .unwrap();
        assert_eq!(rule.severity, RuleSeverity::Error);
        assert_eq!(rule.samples[0].class, Severity::Error);
        for wrong in [
            "name='a'\nregex='b'\nseverity='loud'",
            "name='a'\nregex='b'\nseverity='error'\nsesion='x'",
            "name='a'\nseverity='error'",
        ] {
            assert!(toml::from_str::<AlertRule>(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn filters_must_all_match() {
        let rule: AlertRule = toml::from_str(
            "name='a'\nregex='b'\nseverity='error'\nmachine='db-*'\nlabels={tier='we?'}",
        )
        .unwrap();
        let mut scope = Scope { machine: "db-1".into(), ..Scope::default() };
        assert!(!rule.applies_to(&scope));
        scope.labels.insert("tier".into(), "web".into());
        assert!(rule.applies_to(&scope));
        assert!(!rule.is_unfiltered());
    }
}
