//! `watchdeck new`: starts a session.

use std::collections::BTreeMap;

use super::attach;
use super::context::Context;
use super::error::CliError;
use super::output::Output;
use super::peer::Peer;
use super::target::Machine;
use super::terminal;
use super::values::pair;
use crate::proto::{RecordMode, Reply, Request, Role, SpawnSpec, Winsize};

/// Arguments of the verb.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Only start it, and print its id
    #[arg(short, long)]
    detach: bool,
    /// Size of its terminal, for example 80x24; this terminal's when absent and not detached
    #[arg(long, value_name = "COLSxROWS")]
    size: Option<Winsize>,
    /// Its name; made from the program when absent
    #[arg(short, long)]
    name: Option<String>,
    /// Its working directory; on this machine the present one when absent, elsewhere the home
    #[arg(long, value_name = "DIR")]
    cwd: Option<String>,
    /// A variable for its environment; may be repeated
    #[arg(short, long, value_name = "KEY=VALUE", value_parser = pair)]
    env: Vec<(String, String)>,
    /// A label, for filters and alert rules; may be repeated
    #[arg(short, long, value_name = "KEY=VALUE", value_parser = pair)]
    label: Vec<(String, String)>,
    /// Groups the sessions that belong to one piece of work
    #[arg(long, value_name = "ID")]
    workspace: Option<String>,
    /// Let the agent record its output: best-effort when given without a value, or strict (nothing reaches
    /// the program while the recording cannot be written)
    #[arg(long, value_name = "HOW", num_args = 0..=1, require_equals = true)]
    #[arg(default_missing_value = "best-effort")]
    record: Option<RecordMode>,
    /// Program and arguments; a shell when absent
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "CMD")]
    command: Vec<String>,
}

/// Starts the session and, unless `--detach`, shows it.
///
/// # Errors
/// The machine cannot be reached, or its agent refuses or cannot start the program.
pub async fn run(args: &Args, context: &Context, out: &mut Output) -> Result<(), CliError> {
    if !args.detach && !terminal::is_interactive() {
        let sentence = "there is no terminal to show the session in; use --detach to only start it";
        return Err(CliError::Usage(sentence.to_owned()));
    }
    let machine = context.machine_for_new().await?;
    let peer = Peer::connect(context, machine, Role::Operator).await?;
    let spec = spec(args, machine)?;
    let session = match peer.ask(Request::CreateSession { spec }).await? {
        Reply::Session { session } => session,
        other => return Err(peer.strange(&other)),
    };
    if args.detach {
        return out.line(&session.session_id.to_string());
    }
    attach::show(context, machine, &session.session_id.to_string(), Role::Operator).await
}

fn spec(args: &Args, machine: &Machine) -> Result<SpawnSpec, CliError> {
    Ok(SpawnSpec {
        command: args.command.clone(),
        cwd: cwd(args.cwd.as_deref(), machine)?,
        env: args.env.iter().cloned().collect(),
        // Shown at once, it is as large as what shows it from its first line on.
        size: args.size.or_else(|| if args.detach { None } else { terminal::size() }),
        name: args.name.clone(),
        labels: args.label.iter().cloned().collect::<BTreeMap<_, _>>(),
        workspace_id: args.workspace.clone(),
        record: args.record,
    })
}

/// On this machine a directory is meant as this shell means it; elsewhere as it is written.
fn cwd(wanted: Option<&str>, machine: &Machine) -> Result<Option<String>, CliError> {
    if !machine.local {
        return Ok(wanted.map(str::to_owned));
    }
    let path =
        std::path::absolute(wanted.unwrap_or(".")).map_err(CliError::io("working directory"))?;
    Ok(path.to_str().map(str::to_owned))
}
