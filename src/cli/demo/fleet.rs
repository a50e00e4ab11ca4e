//! The demo's agents: started as children, and ended with their sessions when the fleet goes.

use std::fs::File;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use futures_util::future::try_join_all;

use super::cast::{self, CAST, Role};
use super::private_dir::PrivateDir;
use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::cli::terminal;
use crate::client::{Client, ConnectOptions, Way};
use crate::net::Address;
use crate::proto::{Reply, Request, SpawnSpec};

/// How long an agent may take until it can be reached.
const START_DEADLINE: Duration = Duration::from_secs(10);
/// How long the agents together may take to end before they are killed.
const END_DEADLINE: Duration = Duration::from_secs(8);
/// Pause between two looks.
const POLL: Duration = Duration::from_millis(15);

/// Running agents in a private directory. Dropping it ends them, however the demo ends; should this
/// process be killed outright, they end by themselves when their standard input closes.
#[derive(Debug)]
pub struct Fleet {
    members: Vec<Member>,
    dir: PrivateDir,
}

/// One agent.
#[derive(Debug)]
pub struct Member {
    /// The machine's name.
    pub machine: &'static str,
    /// Where the dashboard reaches it.
    pub address: Address,
    process: Child,
}

impl Fleet {
    /// Starts an agent for each machine of the cast, and its sessions.
    ///
    /// # Errors
    /// An agent does not start or refuses a session.
    pub async fn start(context: &Context, seed: u64) -> Result<Self, CliError> {
        let dir = PrivateDir::create(&std::env::temp_dir())
            .map_err(CliError::io("a private directory for the demo"))?;
        let mut fleet = Self { members: Vec::new(), dir };
        // All processes first, so that they come up side by side.
        for role in &CAST {
            let process = fleet.spawn(role)?;
            let address = Address::Unix(fleet.socket(role));
            fleet.members.push(Member { machine: role.machine, address, process });
        }
        let options = fleet.connect_options(context);
        let width = context.config().dashboard.sidebar_width;
        let specs = cast::specs(seed, terminal::size(), width)?;
        let setups =
            CAST.iter().zip(specs).map(|(role, specs)| set_up(&fleet, role, &options, specs));
        let addresses = try_join_all(setups).await?;
        for (member, address) in fleet.members.iter_mut().zip(addresses) {
            member.address = address;
        }
        Ok(fleet)
    }

    /// The agents.
    #[must_use]
    pub fn members(&self) -> &[Member] {
        &self.members
    }

    /// Where the agents keep their tokens.
    #[must_use]
    pub fn runtime_dir(&self) -> &Path {
        self.dir.path()
    }

    fn socket(&self, role: &Role) -> std::path::PathBuf {
        self.dir.path().join(role.machine).with_extension("sock")
    }

    fn connect_options(&self, context: &Context) -> ConnectOptions {
        ConnectOptions {
            name: context.client_name(),
            role: crate::proto::Role::Operator,
            way: Way::local(self.dir.path().to_owned()),
            packed: false,
            client_id: None,
        }
    }

    /// Starts the agent's process. Neither the user's configuration nor variables reach it.
    fn spawn(&self, role: &Role) -> Result<Child, CliError> {
        let failed = || CliError::io(format!("the demo's agent {}", role.machine));
        let program = std::env::current_exe().map_err(failed())?;
        let log = File::create(self.log(role)).map_err(failed())?;
        let mut command = Command::new(program);
        for (variable, _) in std::env::vars_os() {
            if variable.to_string_lossy().starts_with("WATCHDECK_") {
                command.env_remove(variable);
            }
        }
        command
            .args(["agent", "--until-stdin-ends", "--listen", "127.0.0.1:0"])
            .args(["--name", role.machine, "--socket"])
            .arg(self.socket(role))
            .env("WATCHDECK_RUNTIME_DIR", self.dir.path())
            .env("WATCHDECK_STATE_DIR", self.dir.path().join("state"))
            .env("XDG_CONFIG_HOME", self.dir.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(log);
        command.spawn().map_err(failed())
    }

    fn log(&self, role: &Role) -> std::path::PathBuf {
        self.dir.path().join(role.machine).with_extension("log")
    }
}

/// Waits for the agent, starts its sessions, and tells its WebSocket address.
async fn set_up(
    fleet: &Fleet,
    role: &Role,
    options: &ConnectOptions,
    specs: Vec<SpawnSpec>,
) -> Result<Address, CliError> {
    let client = reach(fleet, role, options).await?;
    let failed = |source| CliError::Machine {
        machine: format!("the demo's agent {}", role.machine),
        source,
    };
    for spec in specs {
        client.request(Request::CreateSession { spec }).await.map_err(failed)?;
    }
    let Reply::Agent(agent) = client.request(Request::AgentInfo).await.map_err(failed)? else {
        return Err(CliError::Failed(format!("{} does not tell where it listens", role.machine)));
    };
    let ws = agent.listening.iter().find(|address| address.starts_with("ws://"));
    ws.and_then(|address| address.parse().ok()).ok_or_else(|| {
        CliError::Failed(format!("the demo's agent {} does not listen on loopback", role.machine))
    })
}

/// Connects as soon as the agent listens.
async fn reach(fleet: &Fleet, role: &Role, options: &ConnectOptions) -> Result<Client, CliError> {
    let address = Address::Unix(fleet.socket(role));
    let deadline = tokio::time::Instant::now() + START_DEADLINE;
    loop {
        match Client::connect(&address, options).await {
            Ok((client, _)) => return Ok(client),
            Err(_) if tokio::time::Instant::now() < deadline => tokio::time::sleep(POLL).await,
            Err(source) => {
                let log = std::fs::read_to_string(fleet.log(role)).unwrap_or_default();
                let last = log.lines().last().unwrap_or("its log is empty");
                let machine = role.machine;
                let sentence =
                    format!("the demo's agent {machine} did not start: {source} ({last})");
                return Err(CliError::Failed(sentence));
            }
        }
    }
}

impl Drop for Fleet {
    /// Closes every agent's standard input, then waits for all of them.
    fn drop(&mut self) {
        for member in &mut self.members {
            drop(member.process.stdin.take());
        }
        let deadline = Instant::now() + END_DEADLINE;
        for member in &mut self.members {
            end(member, deadline);
        }
    }
}

fn end(member: &mut Member, deadline: Instant) {
    while Instant::now() < deadline {
        match member.process.try_wait() {
            Ok(None) => std::thread::sleep(POLL),
            Ok(Some(_)) | Err(_) => return,
        }
    }
    tracing::warn!(machine = member.machine, "the agent did not end and is killed");
    let _ = member.process.kill();
    let _ = member.process.wait();
}
