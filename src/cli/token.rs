//! `watchdeck token`: makes, lists and revokes the tokens of this machine's agent, and stores those for others.

use std::fmt::Write as _;
use std::io::{BufRead, IsTerminal};
use std::time::Duration;

use chrono::{DateTime, Local, Utc};
use clap::Subcommand;
use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
use serde::Serialize;

use super::context::Context;
use super::error::CliError;
use super::output::Output;
use super::table::{Cell, Table};
use super::values;
use super::way;
use crate::agent::{TokenEntry, TokensError, TokensFile};
use crate::config::private::{self, PrivateError};
use crate::net::Secret;
use crate::proto::Role;

/// Arguments of the verb.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Make a token for this machine's agent and print it, once
    New {
        /// What its holders may do: observer, operator or admin
        #[arg(long, value_parser = values::role)]
        role: Role,
        /// Its name, shown in lists and in the audit log
        #[arg(long)]
        name: String,
        /// How long it is valid: for example 12h, 30d or 52w; for ever when absent
        #[arg(long, value_name = "TIME", value_parser = values::life)]
        expires: Option<Duration>,
    },
    /// List the tokens of this machine's agent; they themselves are not kept
    #[command(visible_alias = "list")]
    Ls {
        /// Print one JSON array
        #[arg(long)]
        json: bool,
    },
    /// Make a token invalid, also where it is in use, within 2 seconds
    Revoke {
        /// Its name or id
        token: String,
    },
    /// Store the token for another machine's agent; it is read from standard input
    Add {
        /// The machine's name in the configuration
        #[arg(value_name = "MACHINE")]
        holder: String,
    },
}

/// Runs the action.
///
/// # Errors
/// A file cannot be read or changed, or there is no such token or machine.
pub fn run(args: &Args, context: &Context, out: &mut Output) -> Result<(), CliError> {
    match &args.action {
        Action::New { role, name, expires } => new(context, *role, name, *expires, out),
        Action::Ls { json } => list(context, *json, out),
        Action::Revoke { token } => revoke(context, token),
        Action::Add { holder } => add(context, holder),
    }
}

fn file(context: &Context) -> Result<TokensFile, CliError> {
    let missing = || {
        let sentence = "there is no directory for tokens; set HOME or WATCHDECK_STATE_DIR";
        CliError::Failed(sentence.to_owned())
    };
    context.paths.state_dir.as_deref().map(TokensFile::in_dir).ok_or_else(missing)
}

fn failed(error: TokensError) -> CliError {
    match error {
        TokensError::NotFound(_) => CliError::NotFound(error.to_string()),
        error => CliError::Failed(error.to_string()),
    }
}

fn new(
    context: &Context,
    role: Role,
    name: &str,
    expires: Option<Duration>,
    out: &mut Output,
) -> Result<(), CliError> {
    let (entry, secret) = file(context)?.add(name, role, expires, Utc::now()).map_err(failed)?;
    out.line(secret.reveal())?;
    out.flush()?;
    eprintln!(
        "watchdeck: token {name} ({role}, {}); it is shown only now. Where it is used, `watchdeck token add \
         MACHINE` stores it",
        end(&entry)
    );
    Ok(())
}

/// What is listed of a token.
#[derive(Serialize)]
struct Listed<'a> {
    id: &'a str,
    name: &'a str,
    role: Role,
    created_at: DateTime<Utc>,
    expires_at: Option<DateTime<Utc>>,
    valid: bool,
}

fn list(context: &Context, json: bool, out: &mut Output) -> Result<(), CliError> {
    let tokens = file(context)?.read().map_err(failed)?;
    if json {
        let listed: Vec<_> = tokens.list().iter().map(listed).collect();
        return out.json(&listed);
    }
    if tokens.list().is_empty() {
        eprintln!("watchdeck: there are no tokens; `watchdeck token new` makes one");
        return Ok(());
    }
    let mut table = Table::new(["NAME", "ID", "ROLE", "MADE", "VALID"]);
    for entry in tokens.list() {
        let made = local_time(entry.created_at);
        let cells = [&entry.name, &entry.id, entry.role.word(), &made, &end(entry)];
        table.push(cells.map(Cell::new));
    }
    table.write(out)
}

fn listed(entry: &TokenEntry) -> Listed<'_> {
    Listed {
        id: &entry.id,
        name: &entry.name,
        role: entry.role,
        created_at: entry.created_at,
        expires_at: entry.expires_at,
        valid: entry.is_valid(Utc::now()),
    }
}

fn end(entry: &TokenEntry) -> String {
    match entry.expires_at {
        None => "for ever".to_owned(),
        Some(at) if entry.is_valid(Utc::now()) => format!("until {}", local_time(at)),
        Some(at) => format!("no more since {}", local_time(at)),
    }
}

fn local_time(time: DateTime<Utc>) -> String {
    time.with_timezone(&Local).format("%F %R").to_string()
}

fn revoke(context: &Context, token: &str) -> Result<(), CliError> {
    let entry = file(context)?.revoke(token).map_err(failed)?;
    eprintln!("watchdeck: token {} ({}) is revoked", entry.name, entry.role);
    Ok(())
}

fn add(context: &Context, machine: &str) -> Result<(), CliError> {
    let machine = context.machines.named(machine)?;
    let path = way::token_file(&context.paths, &machine.name);
    let secret = Secret::new(&read_line()?).map_err(|error| CliError::Usage(error.to_string()))?;
    let failed = |error: PrivateError| CliError::Failed(error.to_string());
    private::dir(&way::state_dir(&context.paths)).map_err(failed)?;
    path.parent().map_or(Ok(()), private::dir).map_err(failed)?;
    let mut text = String::with_capacity(secret.reveal().len() + 1);
    // Writing into a String does not fail.
    let _ = writeln!(text, "{}", secret.reveal());
    private::replace(&path, &text).map_err(failed)?;
    eprintln!("watchdeck: the token for {} is stored in {}", machine.name, path.display());
    Ok(())
}

/// One line of standard input; on a terminal it is asked for and not shown.
fn read_line() -> Result<String, CliError> {
    let stdin = std::io::stdin();
    let hidden = if stdin.is_terminal() { Hidden::start(&stdin) } else { None };
    if hidden.is_some() {
        eprint!("token: ");
    }
    let mut line = String::new();
    let read = stdin.lock().read_line(&mut line);
    if hidden.is_some() {
        eprintln!();
    }
    drop(hidden);
    read.map_err(CliError::io("standard input")).map(|_| line)
}

/// The terminal shows nothing of what is typed until this is dropped.
struct Hidden<'a> {
    stdin: &'a std::io::Stdin,
    before: rustix::termios::Termios,
}

impl<'a> Hidden<'a> {
    fn start(stdin: &'a std::io::Stdin) -> Option<Self> {
        let before = tcgetattr(stdin).ok()?;
        let mut hidden = before.clone();
        // An interrupt would leave the terminal mute: C-c becomes a part of what is no token then.
        hidden.local_modes.remove(LocalModes::ECHO | LocalModes::ISIG);
        tcsetattr(stdin, OptionalActions::Flush, &hidden).ok()?;
        Some(Self { stdin, before })
    }
}

impl Drop for Hidden<'_> {
    fn drop(&mut self) {
        let _ = tcsetattr(self.stdin, OptionalActions::Flush, &self.before);
    }
}
