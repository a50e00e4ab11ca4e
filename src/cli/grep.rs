//! `watchdeck grep`: prints the lines of a session's output that match.

use super::context::Context;
use super::error::CliError;
use super::output::{Output, harmless};
use super::target::Target;
use super::values::SessionRef;
use crate::proto::{Line, Reply, Request, Role};

/// Arguments of the verb.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// MACHINE/SESSION, SESSION or a session's id
    session: SessionRef,
    /// Regular expression (Rust `regex` syntax)
    pattern: String,
    /// Ignore case
    #[arg(short, long)]
    ignore_case: bool,
    /// At most this many lines: the newest ones
    #[arg(short, long, value_name = "LINES", default_value_t = 1000)]
    max_count: u32,
    /// Print the offset of each line in the log before it
    #[arg(short, long, conflicts_with = "json")]
    byte_offset: bool,
    /// Print one object per line, with offset and text
    #[arg(long)]
    json: bool,
}

/// Prints the matching lines, oldest first.
///
/// # Errors
/// Nothing matched (silently), the session is not found, or the agent refuses.
pub async fn run(args: &Args, context: &Context, out: &mut Output) -> Result<(), CliError> {
    let Target { peer, session } = Target::find(context, &args.session, Role::Observer).await?;
    let request = Request::Grep {
        session,
        pattern: args.pattern.clone(),
        ignore_case: args.ignore_case,
        limit: args.max_count,
    };
    let (lines, truncated) = match peer.ask(request).await? {
        Reply::Lines { lines, truncated } => (lines, truncated),
        other => return Err(peer.strange(&other)),
    };
    lines.iter().try_for_each(|line| print(args, line, out))?;
    if truncated {
        eprintln!("watchdeck: only the newest {} lines are shown; see --max-count", lines.len());
    }
    if lines.is_empty() { Err(CliError::No) } else { Ok(()) }
}

fn print(args: &Args, line: &Line, out: &mut Output) -> Result<(), CliError> {
    let text = harmless(&line.text);
    match args {
        Args { json: true, .. } => out.json_line(line),
        Args { byte_offset: true, .. } => out.line(&format!("{}:{text}", line.offset)),
        _ => out.line(&text),
    }
}
