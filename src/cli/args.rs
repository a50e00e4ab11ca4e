//! The command line: global options and the verbs.

use std::path::PathBuf;

use clap::{ArgAction, Parser, Subcommand};

use super::output::ColorWhen;
use super::{
    agent, alerts, attach, audit, completions, config, demo, deploy, doctor, exit, grep, hosts,
    info, keys, kill, ls, new, record, rename, replay, resize, rm, screen, seen, send, severity,
    signal, tail, token, wait,
};

/// The version and the protocol generation; a test keeps the number true.
const VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), " (protocol 1)");

/// One screen for every terminal an operations team is responsible for; without a verb, the dashboard
#[derive(Debug, Parser)]
#[command(name = "watchdeck", version = VERSION, max_term_width = 100, after_help = exit::help())]
pub struct Cli {
    /// Options of every verb.
    #[command(flatten)]
    pub global: Global,
    /// What to do; the dashboard when absent.
    #[command(subcommand)]
    pub verb: Option<Verb>,
}

/// Options of every verb.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Global options")]
pub struct Global {
    /// Read this configuration file on top of the system's and the user's
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Talk to the agent on this Unix socket, and to no other
    #[arg(long, global = true, value_name = "PATH")]
    pub socket: Option<PathBuf>,
    /// Talk to this machine, and to no other
    #[arg(long, global = true, value_name = "NAME")]
    pub machine: Option<String>,
    /// When to use colour: auto, always or never
    #[arg(long, global = true, value_name = "WHEN", value_enum, default_value_t)]
    #[arg(hide_possible_values = true)]
    pub color: ColorWhen,
    /// Say more on standard error; twice for details
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub verbose: u8,
}

/// The verbs.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Run this machine's agent, ask for its state, or end it
    Agent(agent::Args),
    /// Show the whole product on three made-up machines; leaves nothing behind
    Demo(demo::Args),
    /// List sessions
    #[command(visible_alias = "list")]
    Ls(ls::Args),
    /// Start a session
    New(new::Args),
    /// Show one session full-screen and type into it
    Attach(attach::Args),
    /// Type text into a session
    Send(send::Args),
    /// Press keys in a session
    Keys(keys::Args),
    /// Change the size of a session's terminal
    Resize(resize::Args),
    /// Send a signal to a session's program
    Signal(signal::Args),
    /// End a session's whole process tree
    Kill(kill::Args),
    /// Forget ended sessions and their output
    Rm(rm::Args),
    /// Give a session another name
    Rename(rename::Args),
    /// Print what a session's screen shows
    Screen(screen::Args),
    /// Print a session's output
    Tail(tail::Args),
    /// Record a session's output with its times, for `watchdeck replay` and asciinema
    Record(record::Args),
    /// Play a recording
    Replay(replay::Args),
    /// Print the lines of a session's output that match
    Grep(grep::Args),
    /// Wait until a session shows something
    Wait(wait::Args),
    /// Tell everything about a session, or about the agent and the configuration
    Info(info::Args),
    /// List errors and warnings, oldest first
    Alerts(alerts::Args),
    /// Set the "since last seen" counters to zero
    Seen(seen::Args),
    /// Tell how severe the lines of a file are
    Severity(severity::Args),
    /// Make, list and revoke tokens for this machine's agent; store those for others
    Token(token::Args),
    /// Verify or show the audit log of this machine's agent
    Audit(audit::Args),
    /// Propose machines from ~/.ssh/config; trust or forget certificates
    Hosts(hosts::Args),
    /// Copy this program to a machine that is reached by ssh
    Deploy(deploy::Args),
    /// Look at how this machine is set up, and say what to do
    Doctor(doctor::Args),
    /// Bridge standard input and output to this machine's agent; what ssh runs
    Proxy,
    /// Check or show the configuration
    Config(config::Args),
    /// Print a completion script for a shell
    Completions(completions::Args),
    /// Print docs/keys.md
    #[command(hide = true)]
    KeysDoc,
    /// Write made-up logs, as the demo's sessions do
    #[command(hide = true)]
    Generate(demo::generate::Args),
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::proto::PROTOCOL;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    /// clap would mix up the two.
    #[test]
    fn no_argument_has_the_name_of_a_global_one() {
        fn check(command: &clap::Command, globals: &[&str]) {
            for argument in command.get_arguments().filter(|argument| !argument.is_global_set()) {
                let id = argument.get_id().as_str();
                assert!(!globals.contains(&id), "{} {id}", command.get_name());
            }
            command.get_subcommands().for_each(|command| check(command, globals));
        }
        check(&Cli::command(), &["config", "socket", "machine", "color", "verbose"]);
    }

    #[test]
    fn the_version_tells_the_protocol() {
        assert!(VERSION.ends_with(&format!("(protocol {PROTOCOL})")));
    }

    #[test]
    fn every_verb_and_argument_is_documented() {
        for verb in Cli::command().get_subcommands() {
            assert!(verb.get_about().is_some(), "{}", verb.get_name());
            for argument in verb.get_arguments() {
                let help = argument.get_help().is_some();
                assert!(help, "{} {}", verb.get_name(), argument.get_id());
            }
        }
    }
}
