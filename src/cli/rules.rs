//! The configuration's alert rules, compiled; their faults are told with file and line.

use super::error::CliError;
use crate::alert::{AlertRule, RuleError, RuleSet, RuleSeverity, Sample, SampleFailure, Source};
use crate::config::{self, AlertRuleConfig, Diagnostic, Loaded};

/// Compiles the rules of a configuration.
///
/// # Errors
/// A rule is refused; says where it stands and why.
pub fn compile(loaded: &Loaded) -> Result<RuleSet, CliError> {
    let rules: Vec<_> = loaded.config.alerts.iter().map(rule).collect();
    RuleSet::compile(&rules).map_err(|error| {
        let at = error.index();
        let path = at.map_or_else(|| "alerts".to_owned(), |at| format!("alerts[{at}].regex"));
        CliError::Failed(loaded.origins.complain(&path, &sentence(&error), None).to_string())
    })
}

/// A regex's fault comes as a drawing over several lines, of which the last says what it is.
fn sentence(error: &RuleError) -> String {
    match error {
        RuleError::Pattern { name, reason, .. } => {
            let last = reason.lines().last().unwrap_or(reason);
            format!("alert rule `{name}`: {}", last.trim_start_matches("error: "))
        }
        RuleError::TooMany { .. } | RuleError::Name { .. } | RuleError::Total => error.to_string(),
    }
}

/// What is wrong with the rules' samples, each with its place.
pub fn sample_faults(loaded: &Loaded, rules: &RuleSet) -> Vec<Diagnostic> {
    let fault = |failure: &SampleFailure| {
        let path = format!("alerts[{}].samples[{}]", failure.index, failure.sample);
        let (expected, found) = (failure.expected.word(), failure.found.word());
        let message =
            format!("this sample is classified {found}, not {expected}{}", by(&failure.source));
        loaded.origins.complain(&path, &message, None)
    };
    rules.check_samples().iter().map(fault).collect()
}

fn by(source: &Source) -> String {
    match source {
        Source::None => String::new(),
        Source::Detector(name) => format!(", by the detector {name}"),
        Source::Rule(name) => format!(", by the rule `{name}`"),
    }
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
