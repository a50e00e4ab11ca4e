//! `watchdeck rm`: forgets ended sessions.

use super::context::Context;
use super::error::CliError;
use super::target::Target;
use super::values::SessionRef;
use crate::proto::{Request, Role};

/// Arguments of the verb.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Kill it first if it still runs
    #[arg(short, long)]
    force: bool,
    /// MACHINE/SESSION, SESSION or a session's id; one or more
    #[arg(required = true, value_name = "SESSION")]
    sessions: Vec<SessionRef>,
}

/// Removes each in turn and stops at the first that fails.
///
/// # Errors
/// A session is not found or still runs, or the agent refuses.
pub async fn run(args: &Args, context: &Context) -> Result<(), CliError> {
    for wanted in &args.sessions {
        let Target { peer, session } = Target::find(context, wanted, Role::Operator).await?;
        if args.force && peer.session(&session).await?.is_live() {
            peer.order(Request::Kill { session: session.clone() }).await?;
        }
        peer.order(Request::Remove { session }).await?;
    }
    Ok(())
}
