//! `watchdeck ls`: sessions of every machine.

use anstyle::{AnsiColor, Style};
use futures_util::future::join_all;

use super::context::Context;
use super::error::CliError;
use super::output::{Output, harmless, severity_style};
use super::peer::{Peer, is_not_running};
use super::table::{Cell, Table};
use super::target::Machine;
use crate::proto::{RecordingState, Role, SessionInfo, SessionStatus, Severity};

/// Arguments of the verb.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Print one JSON array of objects with every property
    #[arg(long)]
    json: bool,
}

/// Lists the sessions of every machine, or of the one that was named.
///
/// # Errors
/// A machine could not be asked; the sessions of the others are listed nevertheless.
pub async fn run(args: &Args, context: &Context, out: &mut Output) -> Result<(), CliError> {
    let machines = context.machines_meant()?;
    let asked = join_all(machines.iter().map(|machine| list(context, machine))).await;
    let mut sessions = Vec::new();
    let mut failures = Vec::new();
    for answer in asked {
        match answer {
            Ok(found) => sessions.extend(found),
            Err(error) => failures.push(error),
        }
    }
    print(args, &sessions, out)?;
    match failures.len() {
        0 => Ok(()),
        1 => Err(failures.remove(0)),
        several => {
            failures
                .iter()
                .for_each(|error| eprintln!("watchdeck: {}", harmless(&error.to_string())));
            Err(CliError::Partly(several))
        }
    }
}

fn print(args: &Args, sessions: &[SessionInfo], out: &mut Output) -> Result<(), CliError> {
    if args.json {
        return out.json(&sessions);
    }
    if sessions.is_empty() {
        eprintln!("watchdeck: there are no sessions; `watchdeck new` starts one");
        return Ok(());
    }
    table(sessions).write(out)
}

/// A local agent that does not run has no sessions; that is no failure.
async fn list(context: &Context, machine: &Machine) -> Result<Vec<SessionInfo>, CliError> {
    match Peer::connect(context, machine, Role::Observer).await {
        Ok(peer) => peer.sessions().await,
        Err(error) if machine.local && is_not_running(&error) && !context.machines.pinned => {
            Ok(Vec::new())
        }
        Err(error) => Err(error),
    }
}

fn table(sessions: &[SessionInfo]) -> Table<8> {
    let headings =
        ["SESSION", "STATUS", "SIZE", ">ERRORS", ">WARNINGS", ">CLIENTS", ">PID", "COMMAND"];
    let mut table = Table::new(headings);
    for session in sessions {
        table.push([
            Cell::new(&format!("{}/{}", session.machine, session.name)),
            Cell::new(&status(session)).styled(status_style(session)),
            Cell::new(&session.size().to_string()),
            count(session.counts.errors, Severity::Error),
            count(session.counts.warnings, Severity::Warning),
            Cell::new(&session.attached_clients.len().to_string()),
            Cell::new(&session.pid.map_or_else(|| "-".to_owned(), |pid| pid.to_string())),
            Cell::new(&session.command.join(" ")),
        ]);
    }
    table
}

/// The status word, and how the program ended once it did.
fn status(session: &SessionInfo) -> String {
    let word = session.status.word();
    let status =
        session.exit_status.map_or_else(|| word.to_owned(), |exit| format!("{word} ({exit})"));
    match recording(session) {
        Some(recording) => format!("{status} {recording}"),
        None => status,
    }
}

/// Whether it is being recorded, and that something is wrong with that.
fn recording(session: &SessionInfo) -> Option<&'static str> {
    let recording = session.recording.as_ref()?;
    match recording.state {
        RecordingState::Failing => Some("REC!"),
        _ if recording.missing > 0 => Some("REC gap"),
        RecordingState::Recording => Some("REC"),
        RecordingState::Done => None,
    }
}

fn status_style(session: &SessionInfo) -> Style {
    match session.status {
        SessionStatus::Connected => AnsiColor::Green.on_default(),
        SessionStatus::Pending | SessionStatus::GracePeriod => AnsiColor::Yellow.on_default(),
        SessionStatus::Disconnected => Style::new().dimmed(),
    }
}

fn count(number: u64, severity: Severity) -> Cell {
    let style = if number == 0 { Style::new().dimmed() } else { severity_style(severity) };
    Cell::new(&number.to_string()).styled(style)
}
