//! `watchdeck seen`: sets the "since last seen" counters to zero.

use super::context::Context;
use super::error::CliError;
use super::peer::Peer;
use super::target::Target;
use super::values::SessionRef;
use crate::proto::{Request, Role};

/// Arguments of the verb.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// MACHINE/SESSION, SESSION or a session's id
    #[arg(required_unless_present = "all")]
    session: Option<SessionRef>,
    /// Every session of every machine, or of the one given by --machine
    #[arg(long, conflicts_with = "session")]
    all: bool,
}

/// Marks one session, or all, as seen.
///
/// # Errors
/// The session is not found, a machine cannot be reached, or its agent refuses.
pub async fn run(args: &Args, context: &Context) -> Result<(), CliError> {
    if let Some(wanted) = &args.session {
        let Target { peer, session } = Target::find(context, wanted, Role::Observer).await?;
        return peer.order(Request::MarkSeen { session: Some(session) }).await;
    }
    for machine in context.machines_meant()? {
        let peer = Peer::connect(context, machine, Role::Observer).await?;
        peer.order(Request::MarkSeen { session: None }).await?;
    }
    Ok(())
}
