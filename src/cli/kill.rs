//! `watchdeck kill`: ends sessions' whole process trees.

use super::context::Context;
use super::error::CliError;
use super::target::Target;
use super::values::SessionRef;
use crate::proto::{Request, Role};

/// Arguments of the verb.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// MACHINE/SESSION, SESSION or a session's id; one or more
    #[arg(required = true, value_name = "SESSION")]
    sessions: Vec<SessionRef>,
}

/// Ends each in turn and stops at the first that fails.
///
/// # Errors
/// A session is not found, or the agent refuses.
pub async fn run(args: &Args, context: &Context) -> Result<(), CliError> {
    for wanted in &args.sessions {
        let Target { peer, session } = Target::find(context, wanted, Role::Operator).await?;
        peer.order(Request::Kill { session }).await?;
    }
    Ok(())
}
