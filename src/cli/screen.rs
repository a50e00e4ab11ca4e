//! `watchdeck screen`: prints what a session's screen shows.

use super::context::Context;
use super::error::CliError;
use super::output::{Output, harmless};
use super::target::Target;
use super::values::SessionRef;
use crate::proto::{Reply, Request, Role};

/// Resets all attributes (ECMA-48, SGR 0).
const RESET: &str = "\x1b[m";

/// Arguments of the verb.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// MACHINE/SESSION, SESSION or a session's id
    session: SessionRef,
    /// Print an object with rows, cols, cursor, title and the text of each row
    #[arg(long, conflicts_with = "ansi")]
    json: bool,
    /// Keep colours and attributes
    #[arg(long)]
    ansi: bool,
}

/// Prints the visible rows.
///
/// # Errors
/// The session is not found, or the agent refuses.
pub async fn run(args: &Args, context: &Context, out: &mut Output) -> Result<(), CliError> {
    let Target { peer, session } = Target::find(context, &args.session, Role::Observer).await?;
    let screen = match peer.ask(Request::Screen { session, ansi: args.ansi }).await? {
        Reply::Screen(screen) => screen,
        other => return Err(peer.strange(&other)),
    };
    if args.json {
        return out.json(&screen);
    }
    match screen.ansi.filter(|_| args.ansi) {
        Some(rows) => rows.iter().try_for_each(|row| out.line(&format!("{row}{RESET}"))),
        None => screen.text.iter().try_for_each(|row| out.line(&harmless(row))),
    }
}
