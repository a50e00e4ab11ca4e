//! The way through the system's ssh: what users know works as they know it (ssh_config, agents, jump
//! hosts, known_hosts), and no port is open for us.
//!
//! ssh runs `watchdeck proxy` there, which bridges its standard streams to that machine's Agent.

mod arguments;
mod child;
mod preamble;
mod trouble;

use std::path::PathBuf;
use std::time::Duration;

use tokio::io::AsyncReadExt;
use tokio::time::timeout;
use tokio_tungstenite::client_async_with_config;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;

use crate::config::SshHost;

use super::HANDSHAKE_DEADLINE;
use super::error::LinkError;
use super::link::{Carrier, FROM_AGENT_MAX, Link, limits};
use super::pulse::PULSE_HEADER;

pub use arguments::{Purpose, ssh_arguments, ssh_command_line};
pub use preamble::{PROXY_GENERATION, Preamble, Progress, proxy_greeting};

use child::Child;
use trouble::Trouble;

/// How long ssh may take until `watchdeck proxy` answers: jump hosts and slow log-ins included, and
/// the start of the Agent.
const DEADLINE: Duration = Duration::from_secs(30);
/// How long an ssh that closed its output may take to end and to say why.
const LAST_WORDS: Duration = Duration::from_secs(2);
/// What the WebSocket handshake calls a peer that is reached through ssh.
const URL: &str = "ws://localhost/";

/// How ssh is run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SshOptions {
    /// The program; looked for in `PATH` when it is a bare name.
    pub program: PathBuf,
    /// What it runs there; [`Purpose::Proxy`]'s own when absent.
    pub remote_command: Option<String>,
}

impl Default for SshOptions {
    fn default() -> Self {
        Self { program: "ssh".into(), remote_command: None }
    }
}

pub(super) async fn connect(host: &SshHost, options: &SshOptions) -> Result<Link, LinkError> {
    let mut child = Child::start(host, options)?;
    let preamble = match timeout(DEADLINE, read_preamble(&mut child)).await {
        Ok(preamble) => preamble.map_err(|source| unreachable(host, source))?,
        Err(_) => return Err(LinkError::Deadline { address: address(host), after: DEADLINE }),
    };
    match preamble {
        (_, Progress::Found { rest, .. }) => handshake(host, child.into_carrier(rest)).await,
        (preamble, progress) => Err(explain(host, options, child, &preamble, &progress).await),
    }
}

async fn explain(
    host: &SshHost,
    options: &SshOptions,
    mut child: Child,
    preamble: &Preamble,
    progress: &Progress,
) -> LinkError {
    // Only an ssh that closed its output is about to end and say why.
    let patience = if *progress == Progress::More { LAST_WORDS } else { Duration::ZERO };
    let exit = timeout(patience, child.exit()).await.ok().flatten();
    let said = child.last_words(patience).await;
    let custom = options.remote_command.is_some();
    Trouble { host, exit, said: &said, preamble, custom }.explain(progress)
}

async fn handshake(host: &SshHost, carrier: impl Carrier + 'static) -> Result<Link, LinkError> {
    let carrier: Box<dyn Carrier> = Box::new(carrier);
    let mut request = URL.into_client_request()?;
    request.headers_mut().insert(PULSE_HEADER, HeaderValue::from_static("1"));
    let upgrade = client_async_with_config(request, carrier, Some(limits(FROM_AGENT_MAX)));
    let late = |_| LinkError::Deadline { address: address(host), after: HANDSHAKE_DEADLINE };
    let (socket, _) = timeout(HANDSHAKE_DEADLINE, upgrade).await.map_err(late)??;
    Ok(Link::watched(socket))
}

/// Reads until the proxy has answered, or it is certain that it will not.
async fn read_preamble(child: &mut Child) -> std::io::Result<(Preamble, Progress)> {
    let mut preamble = Preamble::default();
    let mut bytes = [0; 4096];
    loop {
        let read = child.stdout().read(&mut bytes).await?;
        if read == 0 {
            return Ok((preamble, Progress::More));
        }
        match preamble.feed(bytes.get(..read).unwrap_or_default()) {
            Progress::More => {}
            progress => return Ok((preamble, progress)),
        }
    }
}

fn address(host: &SshHost) -> String {
    format!("ssh://{host}")
}

fn unreachable(host: &SshHost, source: std::io::Error) -> LinkError {
    LinkError::Connect { address: address(host), source }
}
