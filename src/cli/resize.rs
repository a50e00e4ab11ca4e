//! `watchdeck resize`: changes the size of a session's terminal.

use super::context::Context;
use super::error::CliError;
use super::target::Target;
use super::values::SessionRef;
use crate::proto::{Request, Role, Winsize};

/// Arguments of the verb.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// MACHINE/SESSION, SESSION or a session's id
    session: SessionRef,
    /// New size, for example 80x24
    #[arg(value_name = "COLSxROWS")]
    size: Winsize,
}

/// Resizes; the program gets SIGWINCH.
///
/// # Errors
/// The session is not found, or the agent refuses.
pub async fn run(args: &Args, context: &Context) -> Result<(), CliError> {
    let Target { peer, session } = Target::find(context, &args.session, Role::Operator).await?;
    peer.order(Request::Resize { session, size: args.size }).await
}
