//! The watchdeck binary: parse, set up logging, run the verb.

use std::process::ExitCode;

use clap::Parser;
use watchdeck::cli::{self, Cli, exit::Exit, logging};

fn main() -> ExitCode {
    // Before anything else: a holder must stay small, and has no command line.
    if std::env::args_os().nth(1).is_some_and(|verb| verb == watchdeck::holder::VERB) {
        return cli::hold();
    }
    let cli = Cli::parse();
    logging::start(&cli);
    // The panic hook has said what broke, and drop guards have restored the terminal.
    let exit = std::panic::catch_unwind(|| cli::run(&cli)).unwrap_or(Exit::Broken);
    logging::finish();
    exit.into()
}
