//! `watchdeck info`: everything about a session, or about the agent and the configuration.

use std::path::PathBuf;

use chrono::{DateTime, Local, Utc};
use serde::Serialize;

use super::context::Context;
use super::error::CliError;
use super::output::{Output, harmless};
use super::peer::{Peer, is_not_running};
use super::target::Target;
use super::values::SessionRef;
use crate::proto::{AgentInfo, AuditInfo, AuditState, PROTOCOL, Reply, Request, Role, SessionInfo};

/// Arguments of the verb.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// MACHINE/SESSION, SESSION or a session's id; the agent and the configuration when absent
    session: Option<SessionRef>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// What there is to know without a session.
#[derive(Debug, Serialize)]
struct Overview {
    version: &'static str,
    protocol: u32,
    /// `None` where no agent runs on this machine.
    agent: Option<AgentInfo>,
    config: ConfigOverview,
}

#[derive(Debug, Serialize)]
struct ConfigOverview {
    /// Files that exist, the strongest last.
    files: Vec<PathBuf>,
    runtime_dir: PathBuf,
    machines: Vec<MachineOverview>,
    alert_rules: usize,
}

#[derive(Debug, Serialize)]
struct MachineOverview {
    name: String,
    address: String,
    local: bool,
}

/// Tells about the session, or about the agent and the configuration.
///
/// # Errors
/// The session is not found, or the machine cannot be reached.
pub async fn run(args: &Args, context: &Context, out: &mut Output) -> Result<(), CliError> {
    let Some(wanted) = &args.session else {
        let overview = overview(context).await?;
        return if args.json { out.json(&overview) } else { print_overview(&overview, out) };
    };
    let Target { peer, session } = Target::find(context, wanted, Role::Observer).await?;
    let session = peer.session(&session).await?;
    if args.json { out.json(&session) } else { print_session(&session, out) }
}

async fn overview(context: &Context) -> Result<Overview, CliError> {
    let machine = context.one_machine()?;
    let agent = match Peer::connect(context, machine, Role::Observer).await {
        Ok(peer) => Some(about(&peer).await?),
        Err(error) if machine.local && is_not_running(&error) => None,
        Err(error) => return Err(error),
    };
    let paths = &context.paths;
    let files = [Some(&paths.system_config), paths.user_config.as_ref(), context.explicit.as_ref()];
    let machine = |machine: &super::target::Machine| MachineOverview {
        name: machine.name.clone(),
        address: machine.address.to_string(),
        local: machine.local,
    };
    let config = ConfigOverview {
        files: files.into_iter().flatten().filter(|file| file.exists()).cloned().collect(),
        runtime_dir: context.paths.runtime_dir.clone(),
        machines: context.machines.list.iter().map(machine).collect(),
        alert_rules: context.config().alerts.len(),
    };
    Ok(Overview { version: env!("CARGO_PKG_VERSION"), protocol: PROTOCOL, agent, config })
}

/// Asks an agent about itself.
///
/// # Errors
/// See [`Peer::ask`].
pub async fn about(peer: &Peer) -> Result<AgentInfo, CliError> {
    match peer.ask(Request::AgentInfo).await? {
        Reply::Agent(agent) => Ok(agent),
        other => Err(peer.strange(&other)),
    }
}

/// Writes `name: value` with aligned values.
fn field(out: &mut Output, name: &str, value: &str) -> Result<(), CliError> {
    out.line(format!("{:<16} {}", format!("{name}:"), harmless(value)).trim_end())
}

/// Tells about an agent, for `info` and `agent --status`.
///
/// # Errors
/// Standard output failed.
pub fn print_agent(agent: &AgentInfo, out: &mut Output) -> Result<(), CliError> {
    field(out, "machine", &agent.machine)?;
    field(out, "host", &agent.hostname)?;
    field(out, "version", &agent.version)?;
    field(out, "pid", &agent.pid.to_string())?;
    field(out, "started", &local_time(agent.started_at))?;
    for address in &agent.listening {
        field(out, "listening", address)?;
    }
    if let Some(fingerprint) = &agent.fingerprint {
        field(out, "certificate", fingerprint)?;
    }
    field(out, "sessions", &agent.sessions.to_string())?;
    field(out, "errors", &agent.counts.errors.to_string())?;
    field(out, "warnings", &agent.counts.warnings.to_string())?;
    field(out, "clients", &agent.clients.to_string())?;
    print_audit(&agent.audit, out)
}

fn print_audit(audit: &AuditInfo, out: &mut Output) -> Result<(), CliError> {
    let mut told = audit.state.word().to_owned();
    if audit.state != AuditState::Off {
        told.push_str(&format!(", {} lines, {}", audit.seq, audit.file));
    }
    if let Some(error) = &audit.error {
        told.push_str(&format!("; {error}"));
    }
    if audit.lost > 0 {
        told.push_str(&format!("; {} entries were lost", audit.lost));
    }
    field(out, "audit log", &told)
}

fn print_overview(overview: &Overview, out: &mut Output) -> Result<(), CliError> {
    field(out, "watchdeck", &format!("{}, protocol {}", overview.version, overview.protocol))?;
    out.line("\nagent")?;
    match &overview.agent {
        Some(agent) => print_agent(agent, out)?,
        None => out.line("does not run on this machine")?,
    }
    out.line("\nconfiguration")?;
    for file in &overview.config.files {
        field(out, "file", &file.display().to_string())?;
    }
    field(out, "runtime dir", &overview.config.runtime_dir.display().to_string())?;
    field(out, "alert rules", &overview.config.alert_rules.to_string())?;
    for machine in &overview.config.machines {
        let here = if machine.local { " (this machine)" } else { "" };
        field(out, "machine", &format!("{} {}{here}", machine.name, machine.address))?;
    }
    Ok(())
}

fn print_session(session: &SessionInfo, out: &mut Output) -> Result<(), CliError> {
    let exit = session.exit_status.map_or_else(String::new, |exit| format!(" ({exit})"));
    field(out, "session", &format!("{}/{}", session.machine, session.name))?;
    field(out, "id", &session.session_id.to_string())?;
    field(out, "status", &format!("{}{exit}", session.status.word()))?;
    field(out, "host", &session.machine_hostname)?;
    field(out, "workspace", &session.workspace_id)?;
    field(out, "command", &session.command.join(" "))?;
    field(out, "cwd", &session.cwd)?;
    field(out, "pid", &session.pid.map_or_else(|| "-".to_owned(), |pid| pid.to_string()))?;
    field(out, "size", &format!("{} ({})", session.size(), session.term))?;
    field(out, "title", &session.title)?;
    for (key, value) in &session.labels {
        field(out, "label", &format!("{key}={value}"))?;
    }
    print_counts(session, out)?;
    print_recording(session, out)?;
    print_times(session, out)?;
    print_clients(session, out)
}

fn print_recording(session: &SessionInfo, out: &mut Output) -> Result<(), CliError> {
    let Some(recording) = &session.recording else { return Ok(()) };
    let (state, mode) = (recording.state.word(), recording.mode.word());
    let mut told = format!("{state} ({mode}), {}", recording.file);
    if recording.missing > 0 {
        told.push_str(&format!("; {} bytes are missing", recording.missing));
    }
    if let Some(error) = &recording.error {
        told.push_str(&format!("; {error}"));
    }
    field(out, "recording", &told)
}

fn print_counts(session: &SessionInfo, out: &mut Output) -> Result<(), CliError> {
    let (counts, unseen) = (session.counts, session.unseen);
    field(out, "errors", &format!("{} ({} unseen)", counts.errors, unseen.errors))?;
    field(out, "warnings", &format!("{} ({} unseen)", counts.warnings, unseen.warnings))?;
    let kept = session.log_end.saturating_sub(session.log_start);
    field(out, "log", &format!("{kept} bytes kept of {} written", session.log_end))?;
    if session.uncounted > 0 {
        let sentence = "were overwritten while no agent ran; nobody counted in them";
        field(out, "uncounted", &format!("{} bytes {sentence}", session.uncounted))?;
    }
    if session.input_waiting > 0 {
        let sentence = "bytes wait; the program is not reading";
        field(out, "input", &format!("{} {sentence}", session.input_waiting))?;
    }
    if session.output_stopped {
        field(out, "output", "paused by Ctrl-S; Ctrl-Q goes on")?;
    }
    match session.orphans {
        0 => Ok(()),
        orphans => field(out, "orphans", &format!("{orphans} processes were left behind")),
    }
}

fn print_clients(session: &SessionInfo, out: &mut Output) -> Result<(), CliError> {
    session.attached_clients.iter().try_for_each(|client| {
        let size = client.size.map_or_else(String::new, |size| format!(" {size}"));
        let (name, badge, since) = (&client.name, client.role.badge(), local_time(client.since));
        field(out, "client", &format!("{name} {badge}{size} since {since}"))
    })
}

fn print_times(session: &SessionInfo, out: &mut Output) -> Result<(), CliError> {
    let times = [
        ("created", Some(session.created_at)),
        ("connected", session.connected_at),
        ("last heartbeat", session.last_heartbeat_at),
        ("last output", session.last_output_at),
        ("ended", session.ended_at),
    ];
    let known = times.into_iter().filter_map(|(name, time)| time.map(|time| (name, time)));
    known.into_iter().try_for_each(|(name, time)| field(out, name, &local_time(time)))
}

fn local_time(time: DateTime<Utc>) -> String {
    time.with_timezone(&Local).format("%F %T").to_string()
}
