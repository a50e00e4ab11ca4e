//! A machine with an agent that can be ended in any way and started again.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;
use watchdeck::client::{Client, ConnectOptions, Incoming, IncomingStream, Way};
use watchdeck::net::Address;
use watchdeck::proto::{Begin, Reply, Request, Role};

use crate::support::until;

/// A machine of its own.
pub struct Site {
    pub dir: TempDir,
}

/// A running agent.
pub struct Agent {
    child: Child,
    address: Address,
    runtime_dir: PathBuf,
}

impl Site {
    pub fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap() }
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_watchdeck"));
        let path = |name: &str| self.dir.path().join(name);
        command
            .args(arguments)
            .env("WATCHDECK_RUNTIME_DIR", path("run"))
            .env("XDG_CONFIG_HOME", path("config"))
            .env("XDG_STATE_HOME", path("state"))
            .env("HOME", self.dir.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        command
    }

    /// Starts an agent; it can be reached.
    pub async fn start(&self) -> Agent {
        let child = self.command(&["agent", "--name", "here"]).spawn().unwrap();
        let runtime_dir = self.dir.path().join("run");
        let address = Address::Unix(runtime_dir.join("agent.sock"));
        let agent = Agent { child, address, runtime_dir };
        until("the agent can be reached", || async { agent.try_connect().await }).await;
        agent
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        // Whatever is left of it ends with the test.
        let _ = self.command(&["agent", "--background"]).status();
        let _ = self.command(&["agent", "--stop"]).status();
    }
}

impl Agent {
    async fn try_connect(&self) -> Option<(Client, IncomingStream)> {
        let options = ConnectOptions {
            name: "test".to_owned(),
            role: Role::Admin,
            way: Way::local(self.runtime_dir.clone()),
            packed: false,
            client_id: None,
        };
        Client::connect(&self.address, &options).await.ok()
    }

    pub async fn connect(&self) -> (Client, IncomingStream) {
        self.try_connect().await.unwrap()
    }

    /// Ends just this process, and returns once it is gone.
    pub fn end(mut self, signal: Signal) {
        let pid = Pid::from_raw(self.child.id().cast_signed()).unwrap();
        kill_process(pid, signal).unwrap();
        self.child.wait().unwrap();
    }
}

/// Everything that is left of a Session's output.
pub async fn output(agent: &Agent, session: &str) -> Vec<u8> {
    let (client, mut incoming) = agent.connect().await;
    let from = Begin::Offset(0);
    let request = Request::Tail { session: session.into(), from, follow: false, timed: false };
    let Reply::Tailing { channel, end, .. } = client.request(request).await.unwrap() else {
        panic!("no tail")
    };
    let mut bytes = Vec::new();
    while (bytes.len() as u64) < end {
        match incoming.recv().await.expect("the tail goes on") {
            Incoming::Output { offset, bytes: more, .. } => {
                assert_eq!(offset, bytes.len() as u64, "bytes are lost or doubled");
                bytes.extend_from_slice(&more);
                client.credit(channel, more.len() as u64).await.unwrap();
            }
            Incoming::Gap { from, to, .. } => panic!("{from}..{to} are gone"),
            _ => {}
        }
    }
    bytes
}
