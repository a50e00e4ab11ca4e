//! `watchdeck keys`: presses keys in a session.

use super::context::Context;
use super::error::CliError;
use super::target::Target;
use super::values::SessionRef;
use crate::proto::{Key, Request, Role};

/// Arguments of the verb.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// MACHINE/SESSION, SESSION or a session's id
    session: SessionRef,
    /// Keys in order, for example C-c, Enter, Up, F5, M-x or a single character
    #[arg(required = true, value_name = "KEY", allow_hyphen_values = true)]
    keys: Vec<Key>,
}

/// Presses the keys, encoded as the program's modes ask.
///
/// # Errors
/// The session is not found, or the agent refuses.
pub async fn run(args: &Args, context: &Context) -> Result<(), CliError> {
    let Target { peer, session } = Target::find(context, &args.session, Role::Operator).await?;
    peer.order(Request::SendKeys { session, keys: args.keys.clone() }).await
}
