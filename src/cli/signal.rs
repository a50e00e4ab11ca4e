//! `watchdeck signal`: sends a signal to a session's program.

use super::context::Context;
use super::error::CliError;
use super::target::Target;
use super::values::SessionRef;
use crate::proto::{Request, Role, Signal};

/// Arguments of the verb.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// MACHINE/SESSION, SESSION or a session's id
    session: SessionRef,
    /// INT TERM KILL HUP QUIT TSTP CONT USR1 USR2 or WINCH
    #[arg(value_name = "SIGNAL")]
    signal: Signal,
}

/// Signals the foreground process group of the session's terminal.
///
/// # Errors
/// The session is not found, or the agent refuses.
pub async fn run(args: &Args, context: &Context) -> Result<(), CliError> {
    let Target { peer, session } = Target::find(context, &args.session, Role::Operator).await?;
    peer.order(Request::Signal { session, signal: args.signal }).await
}
