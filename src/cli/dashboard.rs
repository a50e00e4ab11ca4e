//! No verb: the dashboard.

use std::io::Write;

use super::agent;
use super::context::Context;
use super::error::CliError;
use super::peer::Peer;
use super::target::Machine;
use super::terminal;
use crate::app::{self, RunOptions, Target};
use crate::proto::Role;
use crate::widgets::format;

/// Opens the dashboard on the machine that was named, or on all; the local agent is started first
/// if it does not run.
///
/// # Errors
/// The only machine is this one and its agent cannot be started, or there is no terminal.
pub async fn run(context: &Context) -> Result<(), CliError> {
    if !terminal::is_interactive() {
        let sentence = "there is no terminal for the dashboard; `watchdeck --help` lists the verbs";
        return Err(CliError::Usage(sentence.to_owned()));
    }
    let machines = context.machines_shown()?;
    for machine in machines.iter().filter(|machine| machine.local) {
        match agent::ensure(context, machine).await {
            Err(error) if machines.len() == 1 => return Err(error),
            Err(error) => tracing::error!("{error}"),
            Ok(()) => {}
        }
    }
    let options = options(context, &machines).await?;
    let exit = app::run(context.config(), options).await?;
    say_what_goes_on(exit.live);
    exit.reason.map_or(Ok(()), |reason| Err(CliError::Failed(reason)))
}

fn say_what_goes_on(live: usize) {
    if live == 0 {
        return;
    }
    let verb = if live == 1 { "goes" } else { "go" };
    let sessions = format::things(live, "session");
    // A standard error that is gone has no reader either.
    let _ =
        writeln!(std::io::stderr(), "watchdeck: {sessions} {verb} on; run `watchdeck` to return");
}

/// What the dashboard needs for these machines.
///
/// # Errors
/// `--socket` was given and its agent cannot be asked for its name.
pub async fn options(context: &Context, machines: &[&Machine]) -> Result<RunOptions, CliError> {
    let mut targets = Vec::new();
    for machine in machines {
        let name = match context.machines.pinned {
            true => Peer::connect(context, machine, Role::Observer).await?.machine,
            false => machine.name.clone(),
        };
        let (address, way) = (machine.address.clone(), machine.way.clone());
        let starter = machine.local.then(|| agent::starter(context, machine)).transpose()?;
        targets.push(Target { name, address, way, local: machine.local, starter });
    }
    Ok(RunOptions { client_name: context.client_name(), machines: targets })
}
