//! `watchdeck rename`: gives a session another name.

use super::context::Context;
use super::error::CliError;
use super::target::Target;
use super::values::SessionRef;
use crate::proto::{Reply, Request, Role};

/// Arguments of the verb.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// MACHINE/SESSION, SESSION or a session's id
    session: SessionRef,
    /// Its new name: letters, digits, `.`, `_` and `-`
    name: String,
}

/// Renames; the id stays.
///
/// # Errors
/// The session is not found, the name is taken or not allowed, or the agent refuses.
pub async fn run(args: &Args, context: &Context) -> Result<(), CliError> {
    let Target { peer, session } = Target::find(context, &args.session, Role::Operator).await?;
    match peer.ask(Request::Rename { session, name: args.name.clone() }).await? {
        Reply::Session { .. } => Ok(()),
        other => Err(peer.strange(&other)),
    }
}
