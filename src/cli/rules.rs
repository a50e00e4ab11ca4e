//! The configuration's alert rules, compiled; their faults are told with file and line.

use super::error::CliError;
use crate::alert::{AlertRule, RuleSet, RuleSeverity, Sample};
use crate::config::{self, AlertRuleConfig, Loaded};

/// Compiles the rules of a configuration.
///
/// # Errors
/// A rule is refused; says where it stands and why.
pub fn compile(loaded: &Loaded) -> Result<RuleSet, CliError> {
    let rules: Vec<_> = loaded.config.alerts.iter().map(rule).collect();
    RuleSet::compile(&rules).map_err(|error| {
        let path = format!("alerts[{}].regex", error.index);
        CliError::Failed(loaded.origins.complain(&path, &error.to_string(), None).to_string())
    })
}

fn rule(written: &AlertRuleConfig) -> AlertRule {
    let sample =
        |sample: &config::Sample| Sample { line: sample.line.clone(), class: sample.class };
    AlertRule {
        name: written.name.clone(),
        pattern: written.pattern.clone(),
        severity: match written.severity {
            config::RuleSeverity::Error => RuleSeverity::Error,
            config::RuleSeverity::Warning => RuleSeverity::Warning,
            config::RuleSeverity::Info => RuleSeverity::Info,
            config::RuleSeverity::Ignore => RuleSeverity::Ignore,
        },
        session: written.session.clone(),
        machine: written.machine.clone(),
        labels: written.labels.clone(),
        color: written.color.clone(),
        samples: written.samples.iter().map(sample).collect(),
    }
}
