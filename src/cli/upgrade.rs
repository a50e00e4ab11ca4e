//! `watchdeck agent --upgrade`: another program takes the place of this machine's agent.

use std::path::{Path, PathBuf};

use super::context::Context;
use super::error::CliError;
use super::output::Output;
use super::peer::Peer;
use crate::proto::{Reply, Request, Role};

/// Asks the agent to let `program`, or this one, go on in its place.
///
/// # Errors
/// There is no agent, or the program cannot go on; the agent serves as before then.
pub async fn run(
    context: &Context,
    program: Option<&Path>,
    out: &mut Output,
) -> Result<(), CliError> {
    let machine = context.one_machine()?;
    if !machine.local {
        let sentence = format!(
            "{} is another machine; install the program there, with `watchdeck deploy` or a package, and run \
             `watchdeck agent --upgrade` there",
            machine.name
        );
        return Err(CliError::Usage(sentence));
    }
    let program = absolute(program)?;
    let peer = Peer::connect(context, machine, Role::Admin).await?;
    let before = peer.client.hello().version.clone();
    let reply = peer.ask(Request::Upgrade { program }).await?;
    let Reply::Upgraded { version, pid, away_ms } = reply else { return Err(peer.strange(&reply)) };
    out.line(&format!(
        "{}: version {before} gave way to {version} (process {pid}); nobody was served for {away_ms} ms",
        peer.machine
    ))
}

/// The program's path, which the agent may read from another directory.
fn absolute(program: Option<&Path>) -> Result<String, CliError> {
    let own = || std::env::current_exe().map_err(CliError::io("this program's own path"));
    let path: PathBuf = match program {
        Some(program) => std::path::absolute(program).map_err(CliError::io("--upgrade"))?,
        None => own()?,
    };
    let wrong = || CliError::Failed(format!("{} is not UTF-8", path.display()));
    path.to_str().map(str::to_owned).ok_or_else(wrong)
}
