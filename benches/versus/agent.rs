//! A real agent process in a directory of its own.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;
use tokio::runtime::Runtime;
use watchdeck::client::{Client, ConnectOptions, IncomingStream, Way};
use watchdeck::net::Address;
use watchdeck::proto::{Reply, Request, Role, SessionInfo, SpawnSpec, Winsize};

use crate::stats::children;

/// The binary under test.
pub const BINARY: &str = env!("CARGO_BIN_EXE_watchdeck");

/// Ends with this value.
pub struct Agent {
    pub dir: TempDir,
    child: Child,
}

impl Agent {
    pub fn start() -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        let child = Self::command(&dir)
            .args(["agent", "--name", "bench", "--until-stdin-ends"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the agent starts");
        let agent = Self { dir, child };
        let deadline = Instant::now() + Duration::from_secs(10);
        while std::os::unix::net::UnixStream::connect(agent.socket()).is_err() {
            assert!(Instant::now() < deadline, "the agent does not listen");
            std::thread::yield_now();
        }
        agent
    }

    /// The binary, seeing only this agent.
    pub fn command(dir: &TempDir) -> Command {
        let mut command = Command::new(BINARY);
        command
            .env("WATCHDECK_RUNTIME_DIR", dir.path().join("run"))
            .env("XDG_CONFIG_HOME", dir.path())
            .env("XDG_STATE_HOME", dir.path())
            .env("TERM", "xterm-256color");
        command
    }

    fn socket(&self) -> std::path::PathBuf {
        self.dir.path().join("run/agent.sock")
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The agent and the holders of its sessions.
    pub fn pids(&self) -> Vec<u32> {
        let own = self.pid();
        std::iter::once(own).chain(children(own)).collect()
    }

    pub fn connect(&self, runtime: &Runtime) -> (Client, IncomingStream) {
        let options = ConnectOptions {
            name: "bench".into(),
            role: Role::Operator,
            way: Way::local(self.dir.path().join("run")),
            packed: false,
            client_id: None,
        };
        runtime
            .block_on(Client::connect(&Address::Unix(self.socket()), &options))
            .expect("connects")
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        // Ends it, and everything in it.
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

pub fn spawn(
    runtime: &Runtime,
    client: &Client,
    name: &str,
    script: &str,
    size: Winsize,
) -> SessionInfo {
    let spec = SpawnSpec {
        command: ["/bin/sh", "-c", script].map(str::to_owned).to_vec(),
        name: Some(name.to_owned()),
        cwd: Some("/".to_owned()),
        size: Some(size),
        ..SpawnSpec::default()
    };
    match runtime.block_on(client.request(Request::CreateSession { spec })) {
        Ok(Reply::Session { session }) => *session,
        other => panic!("no session: {other:?}"),
    }
}

pub fn info(runtime: &Runtime, client: &Client, session: &str) -> SessionInfo {
    match runtime.block_on(client.request(Request::GetSession { session: session.into() })) {
        Ok(Reply::Session { session }) => *session,
        other => panic!("no session: {other:?}"),
    }
}

/// Types a line.
pub fn enter(runtime: &Runtime, client: &Client, session: &str, text: &str) {
    let request =
        Request::SendText { session: session.into(), text: text.into(), enter: true, paste: false };
    runtime.block_on(client.request(request)).expect("typed");
}
