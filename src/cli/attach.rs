//! `watchdeck attach`: one session, full-screen.

use super::context::Context;
use super::dashboard;
use super::error::CliError;
use super::target::{Machine, Target};
use super::terminal;
use super::values::SessionRef;
use crate::app;
use crate::proto::Role;

/// Arguments of the verb.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// MACHINE/SESSION, SESSION or a session's id
    session: SessionRef,
    /// Only look: nothing typed here reaches the program, and its size stays
    #[arg(long)]
    observe: bool,
}

/// Shows the session until the leader and `d` are pressed or it ends.
///
/// # Errors
/// The session is not found, the agent refuses, or there is no terminal.
pub async fn run(args: &Args, context: &Context) -> Result<(), CliError> {
    if !terminal::is_interactive() {
        let sentence = "there is no terminal to show the session in; see `screen` and `tail`";
        return Err(CliError::Usage(sentence.to_owned()));
    }
    let role = if args.observe { Role::Observer } else { Role::Operator };
    let Target { peer, session } = Target::find(context, &args.session, role).await?;
    if let Some(exit) = peer.session(&session).await?.exit_status {
        return Err(CliError::Failed(format!(
            "{}/{session} has ended ({exit}); `watchdeck tail {0}/{session}` prints its output",
            peer.machine
        )));
    }
    let machine = context.machines.named(&peer.machine)?;
    drop(peer);
    show(context, machine, &session, role).await
}

/// Shows a session of a machine.
///
/// # Errors
/// See [`run`].
pub async fn show(
    context: &Context,
    machine: &Machine,
    session: &str,
    role: Role,
) -> Result<(), CliError> {
    let options = dashboard::options(context, &[machine]).await?;
    let exit = app::attach(context.config(), options, session, role).await?;
    match exit {
        app::Exit { status: Some(status), .. } => {
            eprintln!("watchdeck: the program ended: {status}");
        }
        app::Exit { reason: Some(reason), .. } => return Err(CliError::Failed(reason)),
        app::Exit { .. } => {}
    }
    Ok(())
}
