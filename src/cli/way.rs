//! From a machine's configuration to the way there.

use std::ffi::OsString;
use std::io::IsTerminal;
use std::path::PathBuf;

use super::error::CliError;
use crate::client::{TokenPlaces, Way};
use crate::config::{Machine, Paths, Verify};
use crate::net::{FirstUse, Secret, SshOptions, TOKEN_VARIABLE, Trust, token_variable};

/// What is needed for every machine's way.
#[derive(Debug)]
pub struct Ways<'a, V> {
    /// The user's paths.
    pub paths: &'a Paths,
    /// The environment.
    pub variable: V,
    /// Whether somebody reads what is said of a new certificate.
    pub first_use: FirstUse,
}

impl<V: Fn(&str) -> Option<OsString>> Ways<'_, V> {
    /// To this machine's own agent.
    #[must_use]
    pub fn local(&self) -> Way {
        Way::local(self.paths.runtime_dir.clone())
    }

    /// To a configured machine.
    ///
    /// # Errors
    /// The variable with its token holds something else.
    pub fn to(&self, machine: &Machine) -> Result<Way, CliError> {
        let tokens = TokenPlaces {
            named: machine.token_file.clone(),
            given: self.given(&machine.name)?,
            stored: Some(token_file(self.paths, &machine.name)),
            runtime_dir: self.paths.runtime_dir.clone(),
        };
        let trust = match (&machine.ca, machine.tls) {
            (Some(ca), _) => Trust::Ca(ca.clone()),
            (None, Some(Verify::System)) => Trust::System,
            (None, Some(Verify::Pin) | None) => {
                Trust::Pin { known: known_agents(self.paths), first_use: self.first_use }
            }
        };
        let remote_command = machine.remote_command.clone();
        Ok(Way { tokens, trust, ssh: SshOptions { remote_command, ..SshOptions::default() } })
    }

    /// The machine's own variable goes before the one for all.
    fn given(&self, machine: &str) -> Result<Option<Secret>, CliError> {
        for name in [token_variable(machine), TOKEN_VARIABLE.to_owned()] {
            let Some(value) = (self.variable)(&name).filter(|value| !value.is_empty()) else {
                continue;
            };
            let wrong = |why: &dyn std::fmt::Display| CliError::Failed(format!("{name}: {why}"));
            let text = value.into_string().map_err(|_| wrong(&"it is not text"))?;
            return Secret::new(&text).map(Some).map_err(|error| wrong(&error));
        }
        Ok(None)
    }
}

/// Somebody who started this on a terminal reads what it says.
#[must_use]
pub fn first_use() -> FirstUse {
    match std::io::stdin().is_terminal() && std::io::stderr().is_terminal() {
        true => FirstUse::Record,
        false => FirstUse::Refuse,
    }
}

/// Where state is kept; without a home, as long as the machine runs.
#[must_use]
pub fn state_dir(paths: &Paths) -> PathBuf {
    paths.state_dir.clone().unwrap_or_else(|| paths.runtime_dir.clone())
}

/// The file with the pins.
#[must_use]
pub fn known_agents(paths: &Paths) -> PathBuf {
    state_dir(paths).join("known_agents")
}

/// The file that `watchdeck token add` writes for a machine. Names of machines are labels, never
/// paths.
#[must_use]
pub fn token_file(paths: &Paths, machine: &str) -> PathBuf {
    state_dir(paths).join("client-tokens").join(machine)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, Source, Sources};

    fn way(toml: &str, variables: &[(&str, &str)]) -> Result<Way, CliError> {
        let paths = Paths::new(|_| None, 1000).unwrap();
        let text = format!("[[machines]]\nname = 'db-1'\n{toml}");
        let config = Config::load(Sources::new([Source::file("test.toml", text)])).unwrap().config;
        let find = |name: &str| variables.iter().find(|(n, _)| *n == name).map(|(_, v)| v.into());
        Ways { paths: &paths, variable: find, first_use: FirstUse::Record }.to(&config.machines[0])
    }

    #[test]
    fn a_machines_own_variable_goes_before_the_one_for_all() {
        let wss = "address = 'wss://db-1:1'";
        let secret = |text: &str| Secret::new(text).ok();
        let all = ("WATCHDECK_TOKEN", "all");
        let own = ("WATCHDECK_TOKEN_DB_1", "own");
        assert_eq!(way(wss, &[all, own]).unwrap().tokens.given, secret("own"));
        assert_eq!(
            way(wss, &[all, ("WATCHDECK_TOKEN_DB_1", "")]).unwrap().tokens.given,
            secret("all")
        );
        let error = way(wss, &[("WATCHDECK_TOKEN", "two words")]).unwrap_err().to_string();
        assert!(error.starts_with("WATCHDECK_TOKEN: ") && !error.contains("two words"), "{error}");
    }

    #[test]
    fn trust_is_pinned_unless_the_machine_says_otherwise() {
        let trust = |toml: &str| way(toml, &[]).unwrap().trust;
        assert!(matches!(trust("address = 'wss://db-1:1'"), Trust::Pin { .. }));
        assert_eq!(trust("address = 'wss://db-1:1'\ntls = 'system'"), Trust::System);
        assert_eq!(trust("address = 'wss://db-1:1'\nca = '/ca.pem'"), Trust::Ca("/ca.pem".into()));
    }
}
