//! The Agent: hosts Sessions that outlive every client, counts, and decides who may do what.
//!
//! Way of a byte: [`holder`] (terminal → [`log`]) → session task (Scanner and Screen, two cursors on the
//! Log) → [`attach`] painters, [`tail`]s and [`wait`]s (more cursors) → connection → Link.
//! Way of a wish: Link → [`connection`] → [`authorize`] → [`requests`] or an attachment → Session.

mod accept;
mod alert_log;
mod attach;
mod audit;
mod authorize;
mod certificate;
mod connection;
mod environment;
mod events;
mod fences;
mod gate;
mod holder;

mod hub;
mod lines;
mod listen;
mod local;
mod log;
mod peer;
mod rate;
mod recording;
mod recover;
mod registry;
mod requests;
mod runtime_dir;
mod serve;
pub mod service;
mod session;
mod store;
mod tail;
mod tokens;
mod upgrade;
mod wait;

use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use chrono::{DateTime, Utc};
use futures_util::future::join_all;
use tokio::sync::{Semaphore, mpsc, watch};
use uuid::Uuid;

use crate::alert::RuleSet;
use crate::config::{HostName, Listen, Origin, TlsFiles};
use crate::net::Fingerprint;
use crate::proto::{
    AgentHello, AgentInfo, Counts, ErrorCode, FEATURE_DEFLATE, PROTOCOL, Role, SessionId,
    SpawnSpec, Winsize, WireError,
};

pub use audit::{
    AuditOptions, VerifyError, dir as audit_dir, each_line, list as audit_files,
    verify as verify_audit,
};
pub use certificate::CertificateError;
pub use environment::{knows_term, session_shell, term_name};
pub use listen::ListenError;
pub use local::{Start, StartError};
pub use peer::{Peer, Who};
pub use recording::RecordingOptions;
pub use recover::holders_dir;
pub use runtime_dir::RuntimeDirError;
pub use serve::{ServeError, serve};
pub use tokens::{Entry as TokenEntry, Tokens, TokensError, TokensFile};

use audit::Audit;
use environment::Base;
use facts_of_machine::{boot_id, hostname};
use hub::{Change, Hub};
use listen::Port;
use recording::Recordings;
use registry::Registry;
use session::{Facts, Identity, Record, Session, Surroundings};
use store::{Reservation, Store};
use tokens::Live;
use upgrade::Offer;

use crate::holder::pty::Launch;

mod facts_of_machine {
    /// The host name, as the kernel tells it.
    pub(super) fn hostname() -> String {
        rustix::system::uname().nodename().to_string_lossy().into_owned()
    }

    /// Identity of the machine's boot; empty where the kernel tells none.
    pub(super) fn boot_id() -> String {
        let id = std::fs::read_to_string("/proc/sys/kernel/random/boot_id");
        id.unwrap_or_default().trim().to_owned()
    }
}

/// Connections of one Agent.
const CONNECTIONS_MAX: usize = 512;

/// Reads the alert rules again; the error is a sentence that names file and line.
pub type ReloadRules = Box<dyn Fn() -> Result<RuleSet, String> + Send + Sync>;

/// How an Agent is to run.
pub struct AgentOptions {
    /// The Machine's name.
    pub machine: String,
    /// Private directory for locks and tokens.
    pub runtime_dir: PathBuf,
    /// Unix socket to serve. Holders of Sessions have theirs in a directory beside it.
    pub socket: PathBuf,
    /// Private directory for what outlives a reboot: tokens, certificates, what Sessions there were.
    pub state_dir: Option<PathBuf>,
    /// The program that holds Sessions: this one.
    pub program: PathBuf,
    /// Arguments with which a program is started that takes this Agent's place.
    pub arguments: Vec<String>,
    /// Take the place of the Agent that started this process, and passes its sockets on standard input.
    pub takeover: bool,
    /// Sessions end with the Agent instead of waiting for the next one; nothing of them is kept on disk.
    pub ephemeral: bool,
    /// TCP address to serve too.
    pub listen: Option<Listen>,
    /// Certificate and key; self-signed ones in `state_dir` when absent.
    pub tls: Option<TlsFiles>,
    /// Web pages that may connect.
    pub allowed_origins: Vec<Origin>,
    /// Names of this machine in requests, beside its own.
    pub allowed_hosts: Vec<HostName>,
    /// TERM of programs, or `auto`.
    pub term: String,
    /// Shell of Sessions without a command; the user's own when absent.
    pub shell: Option<String>,
    /// Byte budget of each Session's Log.
    pub ring_bytes: usize,
    /// Most Sessions, ended ones included.
    pub max_sessions: usize,
    /// Size of Sessions that are given none.
    pub default_size: Winsize,
    /// How the audit log is kept.
    pub audit: AuditOptions,
    /// How Sessions are recorded.
    pub recording: RecordingOptions,
    /// Alert rules.
    pub rules: Arc<RuleSet>,
    /// Called for [`crate::proto::Request::ReloadConfig`] and on SIGHUP.
    pub reload_rules: ReloadRules,
}

/// A running Agent: what all its connections share.
struct Agent {
    options: Arc<AgentOptions>,
    base: Base,
    hostname: String,
    boot_id: String,
    started_at: DateTime<Utc>,
    rules: RwLock<Arc<RuleSet>>,
    store: Arc<Store>,
    hub: Arc<Hub>,
    around: Surroundings,
    /// Directory of the holders' sockets.
    holders: PathBuf,
    clients: watch::Sender<u32>,
    next_attachment: AtomicU64,
    fences: fences::Fences,
    listening: Vec<String>,
    fingerprint: Option<Fingerprint>,
    tokens: Option<Arc<Live>>,
    audit: Arc<Audit>,
    places: Arc<Semaphore>,
    /// Set by whoever wants the Agent and its Sessions to end.
    stop: watch::Sender<bool>,
    /// Why connections are to end now.
    goodbye: watch::Sender<Option<&'static str>>,
    /// Where a successor is offered; there is room for one.
    successors: mpsc::Sender<Offer>,
    /// Whether Sessions may still be started here.
    starts: tokio::sync::RwLock<bool>,
    /// What a successor is passed: the lock, the Unix socket, and the TCP socket if there is one.
    inheritance: Vec<OwnedFd>,
}

impl Agent {
    /// An Agent without Sessions yet, and where its successor is offered.
    fn new(
        options: Arc<AgentOptions>,
        rules: Arc<RuleSet>,
        port: Option<&Port>,
        inheritance: Vec<OwnedFd>,
    ) -> (Self, mpsc::Receiver<Offer>) {
        let mut listening = vec![format!("unix:{}", options.socket.display())];
        listening.extend(port.map(|port| port.address().to_string()));
        let base = Base {
            term: environment::term_name(&options.term),
            shell: options.shell.clone(),
            machine: options.machine.clone(),
        };
        let hub: Arc<Hub> = Arc::default();
        let kept = options.state_dir.as_ref().filter(|_| !options.ephemeral);
        let sessions = kept.map(|dir| dir.join("sessions"));
        let audit = Audit::start(&options.audit, kept.map(PathBuf::as_path), &options.socket);
        let audit = Arc::new(audit);
        let around = Surroundings {
            recordings: Arc::new(Recordings::new(options.recording.clone(), audit.clone())),
            hub: hub.clone(),
            registry: Arc::new(Registry::open(sessions)),
            agent: options.socket.clone(),
            boot: boot_id(),
        };
        let (successors, offers) = mpsc::channel(1);
        let agent = Self {
            base,
            holders: recover::holders_dir(&options.socket),
            options,
            around,
            hostname: hostname(),
            boot_id: Uuid::now_v7().to_string(),
            started_at: Utc::now(),
            rules: RwLock::new(rules),
            store: Arc::default(),
            hub,
            clients: watch::Sender::new(0),
            next_attachment: AtomicU64::new(1),
            fences: fences::Fences::default(),
            listening,
            fingerprint: port.and_then(Port::fingerprint),
            tokens: port.map(Port::tokens),
            audit,
            places: Arc::new(Semaphore::new(CONNECTIONS_MAX)),
            stop: watch::Sender::new(false),
            goodbye: watch::Sender::new(None),
            successors,
            starts: tokio::sync::RwLock::new(true),
            inheritance,
        };
        (agent, offers)
    }

    fn hello(&self, role: Role, packs: bool) -> AgentHello {
        AgentHello {
            protocol: PROTOCOL,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            machine: self.options.machine.clone(),
            hostname: self.hostname.clone(),
            boot_id: self.boot_id.clone(),
            role,
            features: packs.then(|| FEATURE_DEFLATE.to_owned()).into_iter().collect(),
        }
    }

    fn info(&self) -> AgentInfo {
        let sessions = self.store.all();
        let mut counts = Counts::default();
        for session in &sessions {
            counts += session.counts();
        }
        AgentInfo {
            machine: self.options.machine.clone(),
            hostname: self.hostname.clone(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            pid: std::process::id(),
            boot_id: self.boot_id.clone(),
            started_at: self.started_at,
            listening: self.listening.clone(),
            fingerprint: self.fingerprint.map(|fingerprint| fingerprint.to_string()),
            sessions: u32::try_from(sessions.len()).unwrap_or(u32::MAX),
            counts,
            clients: *self.clients.borrow(),
            audit: Box::new(self.audit.info()),
        }
    }

    fn rules(&self) -> Arc<RuleSet> {
        self.rules.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Reads the rules again; bad ones change nothing.
    async fn reload_rules(&self) -> Result<(), String> {
        let rules = Arc::new((self.options.reload_rules)()?);
        *self.rules.write().unwrap_or_else(PoisonError::into_inner) = rules.clone();
        for session in self.store.all() {
            session.set_rules(rules.clone()).await;
        }
        Ok(())
    }

    fn next_attachment(&self) -> u64 {
        self.next_attachment.fetch_add(1, Ordering::Relaxed)
    }

    /// Starts a Session.
    async fn create(&self, spec: &SpawnSpec) -> Result<Arc<Session>, WireError> {
        let starts = self.starts.read().await;
        if !*starts {
            let sentence = "the agent is ending or being upgraded; try again";
            return Err(WireError::new(ErrorCode::ShuttingDown, sentence));
        }
        if spec.command.first().is_some_and(String::is_empty) {
            return Err(WireError::new(ErrorCode::InvalidRequest, "the program's name is empty"));
        }
        let default = environment::default_name(spec);
        let max = self.options.max_sessions;
        let reserved = self.store.reserve(spec.name.as_deref(), &default, max)?;
        let id = SessionId(Uuid::now_v7());
        let mut launch = self.launch(spec, id, &reserved);
        let identity = self.identity(spec, id, &launch);
        let cwd = launch.program.cwd.display().to_string();
        let facts = Facts::new(reserved.name().to_owned(), cwd, launch.size);
        // An Agent that ends now must not leave a holder that does not know whose it is.
        launch.stored = Record::first(&identity, &facts, &self.around).stored();
        let recording = self.around.recordings.prepare(spec.record, &identity, &facts).await?;
        launch.stored.extend(recording.as_ref().and_then(recording::Saved::stored));
        let holder = holder::start(&self.options.program, &launch).await;
        let holder = holder.map_err(|error| match error {
            holder::StartError::NoPty(sentence) => {
                WireError::new(ErrorCode::PtyExhausted, sentence)
            }
            holder::StartError::Spawn(sentence) => WireError::new(ErrorCode::SpawnFailed, sentence),
        })?;
        let around = self.around.clone();
        let rules = self.rules();
        let session = Session::start(identity, facts, holder, around, &rules, None, recording);
        reserved.fill(session.clone());
        self.hub.tell(Change::Session(id));
        Ok(session)
    }

    fn launch(&self, spec: &SpawnSpec, id: SessionId, reserved: &Reservation) -> Launch {
        Launch {
            socket: recover::holder_socket(&self.holders, id),
            size: spec.size.unwrap_or(self.options.default_size).clamped(),
            ring: self.options.ring_bytes,
            ephemeral: self.options.ephemeral,
            stored: std::collections::BTreeMap::new(),
            program: self.base.launch(spec, &id.to_string(), reserved.name()),
        }
    }

    fn identity(&self, spec: &SpawnSpec, id: SessionId, launch: &Launch) -> Identity {
        Identity {
            id,
            machine: self.options.machine.clone(),
            hostname: self.hostname.clone(),
            workspace_id: spec.workspace_id.clone().unwrap_or_else(|| "default".to_owned()),
            command: launch.program.argv.clone(),
            labels: spec.labels.clone(),
            term: launch.program.env.get("TERM").cloned().unwrap_or_default(),
            created_at: Utc::now(),
        }
    }

    /// Forgets an ended Session.
    async fn remove(&self, session: &Session) {
        self.store.remove(session.id());
        session.close().await;
        self.hub.tell(Change::Removed(session.id()));
    }

    /// Makes the holders remember all that was understood, for the next Agent.
    async fn checkpoint(&self) {
        let sessions = self.store.all();
        join_all(sessions.iter().map(|session| session.checkpoint())).await;
    }

    /// Leaves every Session to another Agent, also those that are just being started.
    async fn release(&self) {
        *self.starts.write().await = false;
        let sessions = self.store.all();
        join_all(sessions.iter().map(|session| session.release())).await;
    }

    /// Ends every Session.
    async fn end_sessions(&self) {
        *self.starts.write().await = false;
        let sessions = self.store.all();
        let kills = sessions.iter().map(|session| session.kill());
        for (session, killed) in sessions.iter().zip(join_all(kills).await) {
            match killed {
                Ok(()) => session.close().await,
                Err(error) => {
                    tracing::warn!(session = session.name(), %error, "a session could not be ended");
                }
            }
        }
    }
}
