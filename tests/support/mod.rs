//! A real Agent in this process, on a Unix socket in a directory of its own.
#![allow(dead_code)] // each test binary uses its own part

use std::path::PathBuf;
use std::time::Duration;

use tempfile::TempDir;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use watchdeck::agent::{self, AgentOptions, AuditOptions, RecordingOptions};
use watchdeck::alert::RuleSet;
use watchdeck::client::{Client, ConnectOptions, Incoming, IncomingStream, Way};
use watchdeck::net::Address;
use watchdeck::proto::{
    Begin, Reply, Request, Role, ScreenText, SessionInfo, SpawnSpec, Update, Winsize,
};
use watchdeck::term::{Replica, View};

/// How long a condition may take to come true on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(30);
/// Between two looks at a condition; an agent refuses to be asked without pause.
const BETWEEN_LOOKS: Duration = Duration::from_millis(5);

/// A running Agent; ends with this value.
pub struct TestAgent {
    pub dir: TempDir,
    pub address: Address,
    pub ws: Option<Address>,
    serving: JoinHandle<()>,
}

impl Drop for TestAgent {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

pub fn options(dir: &TempDir) -> AgentOptions {
    AgentOptions {
        machine: "test-1".into(),
        runtime_dir: dir.path().join("run"),
        socket: dir.path().join("run/agent.sock"),
        state_dir: Some(dir.path().join("state")),
        program: env!("CARGO_BIN_EXE_watchdeck").into(),
        arguments: Vec::new(),
        takeover: false,
        ephemeral: true,
        listen: None,
        tls: None,
        allowed_origins: Vec::new(),
        allowed_hosts: Vec::new(),
        term: "screen-256color".into(),
        shell: Some("/bin/sh".into()),
        ring_bytes: 4 << 20,
        max_sessions: 16,
        default_size: Winsize::new(24, 80),
        recording: RecordingOptions::default(),
        audit: AuditOptions { enabled: true, max_bytes: 1 << 20, keep: 4, strict: false },
        rules: RuleSet::empty().into(),
        reload_rules: Box::new(|| Ok(RuleSet::empty())),
    }
}

impl TestAgent {
    pub async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    pub async fn start_with(change: impl FnOnce(&mut AgentOptions)) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut options = options(&dir);
        change(&mut options);
        let address = Address::Unix(options.socket.clone());
        let (ready, listening) = oneshot::channel();
        let serving = tokio::spawn(async move {
            let ready = |addresses: &[String]| drop(ready.send(addresses.to_vec()));
            agent::serve(options, ready).await.unwrap();
        });
        let listening = listening.await.unwrap();
        let ws = listening.iter().find(|at| at.starts_with("ws")).map(|at| at.parse().unwrap());
        Self { dir, address, ws, serving }
    }

    pub fn runtime_dir(&self) -> PathBuf {
        self.dir.path().join("run")
    }

    pub fn connect_options(&self, role: Role) -> ConnectOptions {
        let name = "test".to_owned();
        let way = Way::local(self.runtime_dir());
        ConnectOptions { name, role, way, packed: false, client_id: None }
    }

    pub async fn connect(&self) -> (Client, IncomingStream) {
        self.connect_as(Role::Operator).await
    }

    pub async fn connect_as(&self, role: Role) -> (Client, IncomingStream) {
        Client::connect(&self.address, &self.connect_options(role)).await.unwrap()
    }
}

/// Starts `sh -c script`.
pub async fn spawn(client: &Client, name: &str, script: &str) -> SessionInfo {
    spawn_argv(client, name, &["/bin/sh", "-c", script]).await
}

pub async fn spawn_argv(client: &Client, name: &str, argv: &[&str]) -> SessionInfo {
    let spec = SpawnSpec {
        command: argv.iter().map(|&arg| arg.to_owned()).collect(),
        name: Some(name.to_owned()),
        cwd: Some("/".to_owned()),
        ..SpawnSpec::default()
    };
    match client.request(Request::CreateSession { spec }).await.unwrap() {
        Reply::Session { session } => *session,
        other => panic!("{other:?}"),
    }
}

pub async fn info(client: &Client, session: &str) -> SessionInfo {
    match client.request(Request::GetSession { session: session.into() }).await.unwrap() {
        Reply::Session { session } => *session,
        other => panic!("{other:?}"),
    }
}

pub async fn screen(client: &Client, session: &str) -> ScreenText {
    let request = Request::Screen { session: session.into(), ansi: false };
    match client.request(request).await.unwrap() {
        Reply::Screen(screen) => screen,
        other => panic!("{other:?}"),
    }
}

/// Types a line.
pub async fn type_line(client: &Client, session: &str, text: &str) {
    let (session, text) = (session.to_owned(), text.to_owned());
    let request = Request::SendText { session, text, enter: true, paste: false };
    client.request(request).await.unwrap();
}

pub async fn wait_for(client: &Client, session: &str, pattern: &str, from: Begin) {
    let request = Request::Wait {
        session: session.into(),
        pattern: pattern.into(),
        from,
        timeout_ms: PATIENCE.as_millis() as u64,
    };
    let found = client.request(request).await;
    assert!(matches!(found, Ok(Reply::Found(_))), "waiting for {pattern}: {found:?}");
}

/// Looks until `condition` gives something.
pub async fn until<T, F: Future<Output = Option<T>>>(
    what: &str,
    mut condition: impl FnMut() -> F,
) -> T {
    let look = async {
        loop {
            if let Some(found) = condition().await {
                return found;
            }
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
    };
    tokio::time::timeout(PATIENCE, look).await.unwrap_or_else(|_| panic!("never: {what}"))
}

/// An attachment as the dashboard has it: a replica fed by Updates.
pub struct Attached {
    pub client: Client,
    pub incoming: IncomingStream,
    pub channel: u32,
    pub replica: Replica,
}

impl Attached {
    pub async fn to(
        (client, incoming): (Client, IncomingStream),
        session: &str,
        role: Role,
        size: Option<Winsize>,
    ) -> Self {
        let request = Request::Attach { session: session.into(), role, size, fps: 60 };
        let Reply::Attached { channel, session, .. } = client.request(request).await.unwrap()
        else {
            panic!("not attached")
        };
        Self { client, incoming, channel, replica: Replica::new(session.size()) }
    }

    /// Applies the next Update.
    pub async fn next(&mut self) -> View {
        loop {
            let message = tokio::time::timeout(PATIENCE, self.incoming.recv()).await;
            match message.expect("no update came").expect("the connection ended") {
                Incoming::Update { channel, bytes } if channel == self.channel => {
                    let update = Update::decode(&bytes).unwrap();
                    self.replica.apply(&update).unwrap();
                    self.client.ack(channel, update.revision).await.unwrap();
                    return self.replica.view();
                }
                _ => {}
            }
        }
    }

    /// Applies Updates until the view satisfies `condition`.
    pub async fn until(&mut self, condition: impl Fn(&View) -> bool) -> View {
        let mut view = self.replica.view();
        while !condition(&view) {
            view = self.next().await;
        }
        view
    }

    /// Applies Updates until some row contains `text`.
    pub async fn until_shows(&mut self, text: &str) -> View {
        self.until(|view| view.text_rows().any(|row| row.contains(text))).await
    }
}
