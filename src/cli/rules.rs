//! The configuration's alert rules, compiled; their faults are told with file and line.

use super::error::CliError;
use crate::alert::{RuleError, RuleSet, SampleFailure, Source};
use crate::config::{Diagnostic, Loaded};

/// Compiles the rules of a configuration.
///
/// # Errors
/// A rule is refused; says where it stands and why.
pub fn compile(loaded: &Loaded) -> Result<RuleSet, CliError> {
    RuleSet::compile(&loaded.config.alerts).map_err(|error| {
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
