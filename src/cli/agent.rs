//! `watchdeck agent`: runs this machine's agent, asks for its state, or ends it.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rustix::process::{Signal, getpid, kill_process};

use super::context::{Context, host_name, load, paths};
use super::error::CliError;
use super::info::{about, print_agent};
use super::output::Output;
use super::peer::Peer;
use super::rules;
use super::target::Machine;
use super::upgrade;
use crate::agent::{self, AgentOptions, AuditOptions, RecordingOptions, ReloadRules};
use crate::app::Starter;
use crate::client::Incoming;
use crate::config::{Listen, TermChoice};
use crate::net::Address;
use crate::proto::{Request, Role, validate_name};

/// How long an agent may take to end its sessions and itself.
const STOP_DEADLINE: Duration = Duration::from_secs(20);

/// Arguments of the verb.
#[derive(Debug, Default, clap::Args)]
pub struct Args {
    /// Serve WebSocket clients too: IP:PORT, or wss://IP:PORT for TLS on loopback; port 0 lets the system
    /// choose. Beyond loopback always with TLS, and only once there is a token
    #[arg(long, value_name = "ADDR")]
    listen: Option<Listen>,
    /// The machine's name; the host name when neither this nor the configuration says otherwise
    #[arg(long, value_parser = name)]
    name: Option<String>,
    /// Tell whether the agent runs, and about it
    #[arg(long, group = "action")]
    status: bool,
    /// End the agent and all its sessions
    #[arg(long, group = "action")]
    stop: bool,
    /// Start it in the background unless it runs, and return once it can be reached
    #[arg(long, group = "action")]
    background: bool,
    /// Let this program, or FILE, take the place of the agent that runs, while its sessions go on
    #[arg(long, value_name = "FILE", num_args = 0..=1, group = "action")]
    upgrade: Option<Option<PathBuf>>,
    /// Take the place of the agent that passes its sockets on standard input
    #[arg(long, hide = true)]
    takeover: bool,
    /// End when standard input ends: whoever holds its other end owns the agent
    #[arg(long, hide = true)]
    until_stdin_ends: bool,
}

fn name(text: &str) -> Result<String, String> {
    validate_name(text).map(|()| text.to_owned()).map_err(|error| error.to_string())
}

/// Runs, asks, starts or ends.
///
/// # Errors
/// The agent cannot listen, cannot be reached, or refuses.
pub async fn run(args: &Args, context: &Context, out: &mut Output) -> Result<(), CliError> {
    if args.status {
        let peer = Peer::connect(context, context.one_machine()?, Role::Observer).await?;
        return print_agent(&about(&peer).await?, out);
    }
    if args.stop {
        return stop(context).await;
    }
    if args.background {
        return ensure_running(context, context.one_machine()?, args).await;
    }
    if let Some(program) = &args.upgrade {
        return upgrade::run(context, program.as_deref(), out).await;
    }
    serve(args, context, out).await
}

/// In the foreground, until a signal or `--stop`.
async fn serve(args: &Args, context: &Context, out: &mut Output) -> Result<(), CliError> {
    let options = options(args, context)?;
    if args.until_stdin_ends {
        std::thread::spawn(end_with_stdin);
    }
    let ready = |listening: &[String]| {
        let lines = listening.iter().try_for_each(|address| out.line(address));
        if lines.and_then(|()| out.flush()).is_err() {
            tracing::debug!("nobody reads where the agent listens");
        }
    };
    agent::serve(options, ready).await.map_err(|error| CliError::Failed(error.to_string()))
}

/// Waits for the end of standard input, then ends this process as a service manager would.
fn end_with_stdin() {
    let mut bytes = [0; 256];
    while matches!(std::io::stdin().read(&mut bytes), Ok(1..)) {}
    if let Err(error) = kill_process(getpid(), Signal::TERM) {
        tracing::error!(%error, "cannot end the agent");
    }
}

fn options(args: &Args, context: &Context) -> Result<AgentOptions, CliError> {
    let config = &context.config().agent;
    let machine = context.one_machine()?;
    let mut successor = arguments(args, context, machine)?;
    successor.push("--takeover".to_owned());
    Ok(AgentOptions {
        arguments: successor,
        takeover: args.takeover,
        machine: machine_name(args, context, machine),
        runtime_dir: context.paths.runtime_dir.clone(),
        socket: socket(machine)?.to_owned(),
        state_dir: context.paths.state_dir.clone(),
        // The file that runs, even when another one lies under its name meanwhile.
        program: PathBuf::from("/proc/self/exe"),
        ephemeral: args.until_stdin_ends,
        listen: args.listen.or(config.listen),
        tls: config.tls.clone(),
        allowed_origins: config.allowed_origins.clone(),
        allowed_hosts: config.allowed_hosts.clone(),
        term: match config.term {
            TermChoice::Auto => "auto".to_owned(),
            TermChoice::Named(term) => term.name().to_owned(),
        },
        shell: config.shell.clone(),
        ring_bytes: usize::try_from(config.ring_bytes.0).unwrap_or(usize::MAX),
        max_sessions: usize::from(config.max_sessions),
        default_size: config.size,
        audit: audit(context),
        recording: recording(context, args.until_stdin_ends),
        rules: rules::compile(&context.loaded)?.into(),
        reload_rules: reload(context.explicit.clone()),
    })
}

fn audit(context: &Context) -> AuditOptions {
    let config = &context.config().audit;
    AuditOptions {
        enabled: config.enabled,
        max_bytes: config.max_bytes.0,
        keep: usize::from(config.keep),
        strict: config.strict,
    }
}

/// An agent that leaves nothing behind records only where it was told to.
fn recording(context: &Context, ephemeral: bool) -> RecordingOptions {
    let config = &context.config().recording;
    let state = context.paths.state_dir.as_ref().filter(|_| !ephemeral);
    let dir = config.dir.clone().or_else(|| state.map(|dir| dir.join("recordings")));
    RecordingOptions { sessions: config.sessions, dir }
}

/// Reads the configuration again, from the same files.
fn reload(explicit: Option<PathBuf>) -> ReloadRules {
    Box::new(move || {
        let loaded = paths().and_then(|paths| load(&paths, explicit.as_deref()));
        loaded.and_then(|loaded| rules::compile(&loaded)).map_err(|error| error.to_string())
    })
}

/// What was asked for, else what the configuration calls this machine, else its host name.
fn machine_name(args: &Args, context: &Context, machine: &Machine) -> String {
    let configured = context.config().agent.name.clone();
    let listed = (!context.machines.pinned).then(|| machine.name.clone());
    args.name.clone().or(configured).or(listed).unwrap_or_else(host_name)
}

/// The Unix socket of a machine that must be this one.
fn socket(machine: &Machine) -> Result<&Path, CliError> {
    match &machine.address {
        Address::Unix(path) if machine.local => Ok(path),
        _ => Err(CliError::Usage(format!("{} is not this machine", machine.name))),
    }
}

/// Asks the agent to end, and returns once it did.
async fn stop(context: &Context) -> Result<(), CliError> {
    let mut peer = Peer::connect(context, context.one_machine()?, Role::Admin).await?;
    peer.order(Request::Shutdown).await?;
    let gone = async {
        while !matches!(peer.incoming.recv().await, None | Some(Incoming::Closed { .. })) {}
    };
    tokio::time::timeout(STOP_DEADLINE, gone).await.map_err(|_| {
        let seconds = STOP_DEADLINE.as_secs();
        CliError::Timeout(format!(
            "{} is still ending its sessions after {seconds} s",
            peer.machine
        ))
    })
}

/// What starts this machine's agent whenever somebody asks for it.
///
/// # Errors
/// It cannot be told how.
pub fn starter(context: &Context, machine: &Machine) -> Result<Starter, CliError> {
    let start = Arc::new(start(context, machine, &Args::default())?);
    Ok(Starter(Arc::new(move || {
        let start = start.clone();
        Box::pin(async move { start.unless_running().await.map_err(|error| error.to_string()) })
    })))
}

/// Starts this machine's agent in the background unless it runs.
///
/// # Errors
/// It cannot be started, or does not listen in time.
pub async fn ensure(context: &Context, machine: &Machine) -> Result<(), CliError> {
    ensure_running(context, machine, &Args::default()).await
}

async fn ensure_running(context: &Context, machine: &Machine, args: &Args) -> Result<(), CliError> {
    let started = start(context, machine, args)?.unless_running().await;
    started.map_err(|error| CliError::Failed(error.to_string()))
}

fn start(context: &Context, machine: &Machine, args: &Args) -> Result<agent::Start, CliError> {
    Ok(agent::Start {
        socket: socket(machine)?.to_owned(),
        program: std::env::current_exe().map_err(CliError::io("this program's own path"))?,
        arguments: arguments(args, context, machine)?,
        log: log(context),
    })
}

/// With which another process becomes the very agent that this one is, or starts.
fn arguments(args: &Args, context: &Context, machine: &Machine) -> Result<Vec<String>, CliError> {
    let socket = socket(machine)?;
    let mut arguments = vec!["agent".to_owned(), "--socket".to_owned(), text(socket)?];
    let named =
        args.name.clone().or_else(|| (!context.machines.pinned).then(|| machine.name.clone()));
    if let Some(name) = named {
        arguments.extend(["--name".to_owned(), name]);
    }
    if let Some(listen) = args.listen {
        arguments.extend(["--listen".to_owned(), listen.to_string()]);
    }
    if let Some(config) = &context.explicit {
        let absolute = std::path::absolute(config).map_err(CliError::io("--config"))?;
        arguments.extend(["--config".to_owned(), text(&absolute)?]);
    }
    Ok(arguments)
}

/// The background agent's log.
fn log(context: &Context) -> PathBuf {
    let dir = context.paths.state_dir.as_ref().unwrap_or(&context.paths.runtime_dir);
    dir.join("agent.log")
}

fn text(path: &Path) -> Result<String, CliError> {
    let wrong = || CliError::Failed(format!("{} is not UTF-8", path.display()));
    path.to_str().map(str::to_owned).ok_or_else(wrong)
}
