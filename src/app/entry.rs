//! The two ways in: the dashboard, and one Session with the whole terminal.

use std::pin::Pin;
use std::sync::Arc;

use anyhow::Context;

use crate::client::Way;
use crate::config::{Config, Sort as SortChoice};
use crate::net::Address;
use crate::proto::{ExitStatus, Role, Winsize};

use super::geometry::Chrome;
use super::runtime::{self, Identity};
use super::state::{Machine, Session, Settings, Sort, State};

/// Starts the Agent of this machine; the error is a sentence.
pub type Starting = Pin<Box<dyn Future<Output = Result<(), String>> + Send>>;

/// How the Agent of this machine is started when somebody asks for it.
#[derive(Clone)]
pub struct Starter(pub Arc<dyn Fn() -> Starting + Send + Sync>);

impl std::fmt::Debug for Starter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Starter")
    }
}

/// A machine to connect to.
#[derive(Debug, Clone)]
pub struct Target {
    /// Its configured name.
    pub name: String,
    /// Where its Agent is reached.
    pub address: Address,
    /// What the way there needs.
    pub way: Way,
    /// It is this machine.
    pub local: bool,
    /// How its Agent is started on request; only of this machine. Nothing is started by itself.
    pub starter: Option<Starter>,
}

/// What the dashboard needs besides the configuration.
#[derive(Debug, Clone)]
pub struct RunOptions {
    /// The name that Agents show in `attached_clients`.
    pub client_name: String,
    /// The machines, in the order of the list.
    pub machines: Vec<Target>,
}

/// How the dashboard ended.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Exit {
    /// The attached program's exit status, when it ended.
    pub status: Option<ExitStatus>,
    /// Why it ended without being asked to, as a sentence.
    pub reason: Option<String>,
    /// Sessions that were running.
    pub live: usize,
}

/// Runs the dashboard until it is left. What it did not end goes on.
///
/// # Errors
/// When there is no terminal, or it breaks.
pub async fn run(config: &Config, options: RunOptions) -> anyhow::Result<Exit> {
    let mut state = State::new(settings(config), machines(&options), Winsize::default());
    state.offers = runtime::offers();
    let state = start(config, options, state, Role::Operator).await?;
    Ok(exit(state, None))
}

/// Gives a Session of the one machine in `options` the whole terminal, until the leader and `d`
/// are pressed or its program ends. `session` is its name or id.
///
/// # Errors
/// When there is no such Session, no terminal, or it breaks.
pub async fn attach(
    config: &Config,
    options: RunOptions,
    session: &str,
    role: Role,
) -> anyhow::Result<Exit> {
    let settings = Settings { role, ..settings(config) };
    let mut state = State::new(settings, machines(&options), Winsize::default());
    state.chrome = Chrome::Borderless;
    state.wanted = Some(session.to_owned());
    let state = start(config, options, state, role).await?;
    let shown = state.focused().and_then(|key| state.sessions.get(&key));
    let status = shown.and_then(|session: &Session| session.info.exit_status);
    Ok(exit(state, status))
}

fn exit(state: State, status: Option<ExitStatus>) -> Exit {
    let live = state.sessions.values().filter(|session| session.info.is_live()).count();
    Exit { status, reason: state.ended, live }
}

async fn start(
    config: &Config,
    options: RunOptions,
    state: State,
    role: Role,
) -> anyhow::Result<State> {
    let dashboard = &config.dashboard;
    let look = runtime::look(dashboard.theme, dashboard.ascii, |name| std::env::var_os(name));
    let identity = Identity { name: options.client_name, role };
    runtime::run(state, look, options.machines, &identity).await.context("the terminal failed")
}

fn machines(options: &RunOptions) -> Vec<Machine> {
    options.machines.iter().map(|target| Machine::new(&target.name, target.local)).collect()
}

/// The wire knows no more than 60 Updates a second, and no eye sees more.
fn fps(configured: u16) -> u8 {
    u8::try_from(configured.clamp(1, 60)).unwrap_or(60)
}

fn settings(config: &Config) -> Settings {
    let dashboard = &config.dashboard;
    Settings {
        leader: dashboard.leader,
        fps: fps(dashboard.fps),
        unfocused_fps: fps(dashboard.unfocused_fps),
        mouse: dashboard.mouse,
        max_panes: usize::from(dashboard.max_panes),
        paste_confirm: dashboard.paste_confirm,
        sort: match dashboard.sort {
            SortChoice::Name => Sort::Name,
            SortChoice::Errors => Sort::Errors,
            SortChoice::Activity => Sort::Activity,
        },
        sidebar_width: dashboard.sidebar_width,
        role: dashboard.role,
        keys: config.keys.clone(),
        ..Settings::default()
    }
}
