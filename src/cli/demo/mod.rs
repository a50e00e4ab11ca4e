//! `watchdeck demo`: the whole product on three made-up machines, gone when it ends.
//!
//! Each machine is an agent of its own process on loopback, reached over WebSocket with its token.
//! Everything lives in one private directory: [`fleet`] starts and ends it, [`cast`] says what
//! plays, [`stage`] how large.

mod cast;
mod fleet;
pub mod generate;
mod private_dir;
mod stage;

use tokio::signal::unix::{SignalKind, signal};

use super::context::Context;
use super::error::CliError;
use super::output::Output;
use super::terminal;
use crate::app::{self, RunOptions, Target};
use crate::client::Way;
use fleet::{Fleet, Member};

/// Arguments of the verb.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Another seed gives other logs
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Without the dashboard: print a configuration that reaches the machines, and run until a signal
    #[arg(long)]
    headless: bool,
}

/// Starts the machines, shows them in the dashboard, and ends them.
///
/// # Errors
/// A machine cannot be started, or there is no terminal.
pub async fn run(args: &Args, context: &Context, out: &mut Output) -> Result<(), CliError> {
    if !args.headless && !terminal::is_interactive() {
        let sentence = "there is no terminal for the dashboard; see `watchdeck demo --headless`";
        return Err(CliError::Usage(sentence.to_owned()));
    }
    let fleet = tokio::select! {
        fleet = Fleet::start(context, args.seed) => fleet?,
        () = interrupted() => return Err(CliError::Failed("interrupted".to_owned())),
    };
    // The fleet ends with this function, also when the dashboard panics.
    if args.headless {
        out.line(&configuration(&fleet))?;
        out.flush()?;
        interrupted().await;
        return Ok(());
    }
    show(context, &fleet).await
}

/// A configuration for `--config` that reaches the fleet.
fn configuration(fleet: &Fleet) -> String {
    let dir = fleet.runtime_dir().display();
    let head = format!("# use it with WATCHDECK_RUNTIME_DIR={dir}\ndashboard.local = false\n");
    let machine = |member: &Member| {
        format!("\n[[machines]]\nname = \"{}\"\naddress = \"{}\"\n", member.machine, member.address)
    };
    head + &fleet.members().iter().map(machine).collect::<String>()
}

/// The user's own dashboard settings, on the fleet's machines.
async fn show(context: &Context, fleet: &Fleet) -> Result<(), CliError> {
    let target = |member: &Member| Target {
        name: member.machine.to_owned(),
        address: member.address.clone(),
        way: Way::local(fleet.runtime_dir().to_owned()),
        local: false,
        starter: None,
    };
    let options = RunOptions {
        client_name: context.client_name(),
        machines: fleet.members().iter().map(target).collect(),
    };
    let exit = app::run(context.config(), options).await?;
    exit.reason.map_or(Ok(()), |reason| Err(CliError::Failed(reason)))
}

/// Until the dashboard handles signals itself, they must not leave a fleet behind.
async fn interrupted() {
    let kinds = [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()];
    let signals = kinds.into_iter().filter_map(|kind| signal(kind).ok());
    let waits = signals.map(|mut signal| Box::pin(async move { signal.recv().await }));
    futures_util::future::select_all(waits).await;
}
