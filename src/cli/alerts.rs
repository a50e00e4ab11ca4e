//! `watchdeck alerts`: lists errors and warnings.

use std::collections::HashMap;

use chrono::Local;
use futures_util::future::try_join_all;

use super::context::Context;
use super::error::CliError;
use super::output::{Output, severity_style};
use super::peer::Peer;
use super::table::{Cell, Table};
use super::target::Target;
use super::values::SessionRef;
use crate::proto::{Alert, Reply, Request, Role, SessionId};

/// Arguments of the verb.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// MACHINE/SESSION, SESSION or a session's id; all sessions of the machines when absent
    session: Option<SessionRef>,
    /// At most this many of each machine: the newest ones
    #[arg(short = 'n', long, value_name = "COUNT", default_value_t = 50)]
    limit: u32,
    /// Print one object per line, with every property
    #[arg(long)]
    json: bool,
}

/// An alert with where it comes from.
#[derive(Debug, serde::Serialize)]
struct Placed {
    machine: String,
    session: String,
    #[serde(flatten)]
    alert: Alert,
}

/// Lists the alerts of one session or of every machine, oldest first.
///
/// # Errors
/// A machine cannot be reached, or its agent refuses.
pub async fn run(args: &Args, context: &Context, out: &mut Output) -> Result<(), CliError> {
    let mut alerts = match &args.session {
        Some(wanted) => {
            let Target { peer, session } = Target::find(context, wanted, Role::Observer).await?;
            ask(&peer, Some(session), args.limit).await?
        }
        None => of_all(context, args.limit).await?,
    };
    alerts.sort_by_key(|placed| placed.alert.time);
    if args.json {
        return alerts.iter().try_for_each(|placed| out.json_line(placed));
    }
    table(&alerts).write(out)
}

async fn of_all(context: &Context, limit: u32) -> Result<Vec<Placed>, CliError> {
    let each = context.machines_meant()?.into_iter().map(async |machine| {
        let peer = Peer::connect(context, machine, Role::Observer).await?;
        ask(&peer, None, limit).await
    });
    Ok(try_join_all(each).await?.into_iter().flatten().collect())
}

async fn ask(peer: &Peer, session: Option<String>, limit: u32) -> Result<Vec<Placed>, CliError> {
    let sessions = peer.sessions().await?;
    let names: HashMap<SessionId, String> =
        sessions.into_iter().map(|session| (session.session_id, session.name)).collect();
    let alerts = match peer.ask(Request::Alerts { session, after: None, limit }).await? {
        Reply::Alerts { alerts } => alerts,
        other => return Err(peer.strange(&other)),
    };
    let place = |alert: Alert| Placed {
        machine: peer.machine.clone(),
        session: names
            .get(&alert.session_id)
            .cloned()
            .unwrap_or_else(|| alert.session_id.to_string()),
        alert,
    };
    Ok(alerts.into_iter().map(place).collect())
}

fn table(alerts: &[Placed]) -> Table<5> {
    let mut table = Table::new(["TIME", "SESSION", "SEVERITY", "RULE", "TEXT"]);
    for Placed { machine, session, alert } in alerts {
        let time = alert.time.with_timezone(&Local).format("%F %T").to_string();
        table.push([
            Cell::new(&time),
            Cell::new(&format!("{machine}/{session}")),
            Cell::new(alert.severity.word()).styled(severity_style(alert.severity)),
            Cell::new(&alert.rule),
            Cell::new(&alert.text),
        ]);
    }
    table
}
