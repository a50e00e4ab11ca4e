//! The program's own log: on standard error, or in a file while the dashboard has the terminal.

use std::fs::File;
use std::path::Path;
use std::sync::Mutex;

use tracing_subscriber::EnvFilter;

use super::args::{Cli, Verb};
use super::context::paths;
use super::log_queue::{self, LogQueue};
use crate::config::private;

/// Names the variable that sets the filter directly, in `tracing_subscriber`'s syntax.
const VARIABLE: &str = "WATCHDECK_LOG";

/// Sets up logging as the command line and `WATCHDECK_LOG` ask.
pub fn start(cli: &Cli) {
    let filter = EnvFilter::try_from_env(VARIABLE).unwrap_or_else(|_| EnvFilter::new(level(cli)));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_target(false);
    match &cli.verb {
        None | Some(Verb::Demo(_) | Verb::Attach(_) | Verb::New(_) | Verb::Replay(_)) => {
            let wanted = cli.global.verbose > 0 || std::env::var_os(VARIABLE).is_some();
            if let Some(file) = wanted.then(dashboard_log).flatten() {
                builder.with_ansi(false).with_writer(Mutex::new(file)).init();
            }
        }
        Some(Verb::Agent(_)) => {
            let queue = LogQueue::start();
            builder.with_ansi(false).with_writer(move || queue).init();
        }
        Some(_) => builder.without_time().with_writer(std::io::stderr).init(),
    }
}

/// Lets what was logged be written before the process ends.
pub fn finish() {
    log_queue::finish();
}

/// An agent says what it does; other verbs only what is wrong.
fn level(cli: &Cli) -> &'static str {
    match (cli.global.verbose, &cli.verb) {
        (0, Some(Verb::Agent(_))) | (1, _) => "info",
        (0, _) => "warn",
        (2, _) => "debug",
        (_, _) => "trace",
    }
}

/// `dashboard.log` in the state directory; without one, nothing is logged.
fn dashboard_log() -> Option<File> {
    let dir = paths().ok()?.state_dir?;
    private::dir(&dir).ok()?;
    append(&dir.join("dashboard.log"))
}

fn append(path: &Path) -> Option<File> {
    File::options().create(true).append(true).open(path).ok()
}
