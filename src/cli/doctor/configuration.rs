//! Whether the configuration can be read, and its rules with it.

use super::finding::Finding;
use super::scene::Scene;
use crate::cli::rules;

const NAME: &str = "configuration";

/// Reads it as every other verb does.
pub fn check(scene: &Scene) -> Vec<Finding> {
    let loaded = match &scene.loaded {
        Ok(loaded) => loaded,
        Err(error) => return vec![broken(error)],
    };
    if let Err(error) = rules::compile(loaded) {
        return vec![broken(&error.to_string())];
    }
    let warnings = loaded.warnings.iter();
    let warnings = warnings
        .map(|warning| Finding::warn(NAME, warning.to_string(), "see docs/configuration.md"));
    let mut findings: Vec<Finding> = warnings.collect();
    if findings.is_empty() {
        let (machines, rules) = (scene.config.machines.len(), scene.config.alerts.len());
        findings.push(Finding::ok(NAME, format!("good: {machines} machines, {rules} alert rules")));
    }
    findings
}

/// The first line names file and place; the rest, with the excerpt, is what `config check` is for.
fn broken(error: &str) -> Finding {
    let first = error.lines().next().unwrap_or_default();
    let advice = "`watchdeck config check` shows the place; the rest of this report goes by the built-in one";
    Finding::fail(NAME, first, advice)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_first_line_of_a_fault_is_told() {
        assert_eq!(broken("a.toml:1:1: unknown key\n  |\n1 | x").says, "a.toml:1:1: unknown key");
    }
}
