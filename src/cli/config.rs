//! `watchdeck config`: checks or shows the configuration.

use std::path::PathBuf;

use clap::Subcommand;

use super::args::Global;
use super::context::{load, paths};
use super::error::CliError;
use super::output::Output;
use super::rules;

/// Arguments of the verb.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Say what is wrong or doubtful, with file, line and column; also tries the rules' samples
    Check {
        /// Check this file on top of the system's and the user's
        file: Option<PathBuf>,
    },
    /// Print which files are read, the strongest last
    Path,
    /// Print the merged configuration
    Print {
        /// Print where each value stands instead
        #[arg(long)]
        origin: bool,
    },
}

/// Runs the action.
///
/// # Errors
/// The configuration is wrong.
pub fn run(args: &Args, global: &Global, out: &mut Output) -> Result<(), CliError> {
    match &args.action {
        Action::Check { file } => check(
            &Global { config: file.clone().or_else(|| global.config.clone()), ..global.clone() },
            out,
        ),
        Action::Path => path(global, out),
        Action::Print { origin } => print(global, *origin, out),
    }
}

fn check(global: &Global, out: &mut Output) -> Result<(), CliError> {
    let loaded = load(&paths()?, global.config.as_deref())?;
    for warning in &loaded.warnings {
        eprintln!("warning: {warning}");
    }
    let rules = rules::compile(&loaded)?;
    let faults = rules::sample_faults(&loaded, &rules);
    faults.iter().for_each(|fault| eprintln!("{fault}"));
    if !faults.is_empty() {
        let count = faults.len();
        let sentence = format!("samples that are not classified as they say: {count}");
        return Err(CliError::Failed(sentence));
    }
    let config = &loaded.config;
    let (machines, rules) = (config.machines.len(), config.alerts.len());
    out.line(&format!("the configuration is good: {machines} machines, {rules} alert rules"))
}

fn path(global: &Global, out: &mut Output) -> Result<(), CliError> {
    let paths = paths()?;
    let files = [Some(&paths.system_config), paths.user_config.as_ref(), global.config.as_ref()];
    out.line("built in")?;
    for file in files.into_iter().flatten() {
        let absent = if file.exists() { "" } else { " (does not exist)" };
        out.line(&format!("{}{absent}", file.display()))?;
    }
    Ok(())
}

fn print(global: &Global, origin: bool, out: &mut Output) -> Result<(), CliError> {
    let loaded = load(&paths()?, global.config.as_deref())?;
    if !origin {
        return out.bytes(loaded.to_toml().as_bytes());
    }
    for path in loaded.origins.paths() {
        let place = loaded.origins.place(path).map_or_else(String::new, |place| place.to_string());
        out.line(&format!("{path:<28}  {place}"))?;
    }
    Ok(())
}
