//! `watchdeck completions`: prints a completion script.

use clap::CommandFactory;
use clap_complete::Shell;

use super::args::Cli;
use super::error::CliError;
use super::output::Output;

/// Arguments of the verb.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The shell
    shell: Shell,
}

/// Prints the script for the shell.
///
/// # Errors
/// Standard output failed.
pub fn run(args: &Args, out: &mut Output) -> Result<(), CliError> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "watchdeck", &mut script);
    out.bytes(&script)
}
