//! The command line: one file per verb. Results go to standard output, everything else to standard
//! error; [`exit`] has the exit codes.

mod agent;
mod alerts;
mod args;
mod attach;
mod audit;
mod completions;
mod config;
mod context;
mod dashboard;
pub mod demo;
mod deploy;
mod doctor;
mod error;
pub mod exit;
mod grep;
mod hosts;
mod info;
mod keys;
mod kill;
mod log_queue;
pub mod logging;
mod ls;
mod new;
mod output;
mod peer;
mod plain;
mod proxy;
mod record;
mod rename;
mod replay;
mod resize;
mod rm;
mod rules;
mod run;
mod screen;
mod seen;
mod send;
mod severity;
mod signal;
mod table;
mod tail;
mod target;
mod terminal;
mod token;
mod upgrade;
mod values;
mod wait;
mod way;

pub use args::{Cli, Global, Verb};
pub use run::run;

/// Holds one Session: see [`crate::holder`].
#[must_use]
pub fn hold() -> std::process::ExitCode {
    match crate::holder::run() {
        Ok(()) => exit::Exit::Done.into(),
        Err(error) => {
            eprintln!("watchdeck holder: {error}");
            exit::Exit::Failure.into()
        }
    }
}
