//! The Agent's TCP port: whether it may be opened at all, and how its peers are taken up.

use std::net::SocketAddr;
use std::os::fd::{AsFd, BorrowedFd};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::net::{TcpListener, TcpStream};

use crate::config::Listen;
use crate::net::{
    Admission, Fingerprint, HANDSHAKE_DEADLINE, LinkError, Refusal, ServerTls, accept_tcp,
    token_file_name,
};

use super::audit;
use super::certificate::{self, CertificateError};
use super::gate::{Gate, Offence, Place};
use super::peer::Peer;
use super::runtime_dir::{RuntimeDirError, Token};
use super::tokens::{Live, TokensError, TokensFile};
use super::{Agent, AgentOptions, hostname};

/// Why the port is not opened.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// Nobody could be told from a stranger.
    #[error(
        "refusing to listen on {listen}: beyond this machine an agent needs a token, and {} has no valid one; \
         `watchdeck token new --role operator --name NAME` makes one", .file.display()
    )]
    NoToken {
        /// Where.
        listen: Listen,
        /// The file of tokens.
        file: PathBuf,
    },
    /// There is no place for certificate and tokens.
    #[error(
        "refusing to listen on {0}: there is no directory for its certificate and tokens; set HOME or \
         WATCHDECK_STATE_DIR"
    )]
    NoStateDir(Listen),
    /// The tokens cannot be read.
    #[error("refusing to listen on {listen}: {source}")]
    Tokens {
        /// Where.
        listen: Listen,
        /// Why.
        source: TokensError,
    },
    /// There is no certificate.
    #[error("refusing to listen on {listen}: {source}")]
    Certificate {
        /// Where.
        listen: Listen,
        /// Why.
        source: CertificateError,
    },
    /// The runtime directory cannot be used.
    #[error(transparent)]
    RuntimeDir(#[from] RuntimeDirError),
    /// The address is taken or not ours.
    #[error("cannot listen on {listen}: {source}")]
    Bind {
        /// Where.
        listen: Listen,
        /// What the system said.
        source: std::io::Error,
    },
}

/// An open port.
pub struct Port {
    listener: TcpListener,
    address: Listen,
    tls: Option<ServerTls>,
    /// For this user's own clients; only on loopback.
    own: Mutex<Option<Token>>,
    tokens: Arc<Live>,
    admission: Admission,
    gate: Arc<Gate>,
}

impl Port {
    /// Opens the port, if it is safe to.
    ///
    /// # Errors
    /// It is not, and what is missing; or the system refuses.
    pub async fn open(
        options: &AgentOptions,
        listen: Listen,
        inherited: Option<std::net::TcpListener>,
    ) -> Result<Self, ListenError> {
        let state_dir = options.state_dir.as_ref().ok_or(ListenError::NoStateDir(listen))?;
        let file = TokensFile::in_dir(state_dir);
        let unreadable = |source| ListenError::Tokens { listen, source };
        let tokens = Live::start(file.clone()).map_err(unreadable)?;
        if listen.is_beyond_loopback() && tokens.valid() == 0 {
            return Err(ListenError::NoToken { listen, file: file.path().to_owned() });
        }
        let tls = match listen.tls {
            true => Some(certificate(options, listen)?),
            false => None,
        };
        let failed = |source| ListenError::Bind { listen, source };
        let listener = match inherited.filter(|socket| serves(socket, listen)) {
            Some(socket) => taken_over(socket).map_err(failed)?,
            None => TcpListener::bind(listen.at).await.map_err(failed)?,
        };
        let at = listener.local_addr().map_err(failed)?;
        let (address, tokens) = (Listen { at, ..listen }, Arc::new(tokens));
        let (admission, gate) = (admission(options), Arc::default());
        Ok(Self { listener, address, tls, own: Mutex::default(), tokens, admission, gate })
    }

    /// Makes a new token for this user's own clients, where only they can come.
    ///
    /// # Errors
    /// When it cannot be written to `runtime_dir`.
    pub fn let_own_user_in(&self, runtime_dir: &Path) -> Result<(), RuntimeDirError> {
        if !self.address.is_beyond_loopback() {
            let file = runtime_dir.join(token_file_name(self.address.at.port()));
            let token = Token::create(&file)?;
            *self.own.lock().unwrap_or_else(PoisonError::into_inner) = Some(token);
        }
        Ok(())
    }

    /// Where it is: with the port that the system chose.
    pub const fn address(&self) -> Listen {
        self.address
    }

    /// What clients pin; `None` without TLS.
    pub fn fingerprint(&self) -> Option<Fingerprint> {
        self.tls.as_ref().map(ServerTls::fingerprint)
    }

    /// The tokens that it accepts.
    pub fn tokens(&self) -> Arc<Live> {
        self.tokens.clone()
    }

    /// Takes up peers for ever.
    pub async fn accept(self: Arc<Self>, agent: Arc<Agent>) {
        let mut pause = super::accept::Pause::default();
        loop {
            match self.listener.accept().await {
                // Whoever finds no place is told nothing and keeps no descriptor busy.
                Ok((stream, from)) => {
                    pause.over();
                    if let Ok(place) = self.gate.admit(from.ip()) {
                        tokio::spawn(self.clone().take_up(agent.clone(), stream, from, place));
                    }
                }
                Err(error) => pause.after(&error).await,
            }
        }
    }

    async fn take_up(
        self: Arc<Self>,
        agent: Arc<Agent>,
        stream: TcpStream,
        from: SocketAddr,
        place: Place,
    ) {
        let check = |presented: &str| self.check(presented, from);
        let accepted = accept_tcp(stream, self.tls.as_ref(), &self.admission, check);
        let accepted = tokio::time::timeout(HANDSHAKE_DEADLINE, Box::pin(accepted)).await;
        match accepted {
            Ok(Ok((link, peer))) => {
                drop(place);
                super::connection::serve(agent, link, peer).await;
            }
            Ok(Err(LinkError::Turned(Refusal::Token))) => {
                tracing::warn!(%from, "no valid token was presented");
                agent.audit.tell(audit::refused(from));
                place.penalise(Offence::Token);
            }
            Ok(Err(error)) => tracing::debug!(%from, %error, "a handshake failed"),
            Err(_) => {
                tracing::debug!(%from, "a handshake took too long");
                place.penalise(Offence::Deadline);
            }
        }
    }

    fn check(&self, presented: &str, from: SocketAddr) -> Option<Peer> {
        let own = self.own.lock().unwrap_or_else(PoisonError::into_inner);
        let own = own.as_ref().is_some_and(|own| own.matches(presented));
        let named = self.tokens.grant(presented, from);
        if own { Some(Peer::with_loopback_token(from)) } else { named }
    }
}

impl AsFd for Port {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.listener.as_fd()
    }
}

/// Whether a socket listens where it is wished; port 0 wishes for any.
fn serves(socket: &std::net::TcpListener, listen: Listen) -> bool {
    let wished = listen.at;
    socket.local_addr().is_ok_and(|at| {
        at.ip() == wished.ip() && (at.port() == wished.port() || wished.port() == 0)
    })
}

fn taken_over(socket: std::net::TcpListener) -> std::io::Result<TcpListener> {
    socket.set_nonblocking(true)?;
    TcpListener::from_std(socket)
}

fn certificate(options: &AgentOptions, listen: Listen) -> Result<ServerTls, ListenError> {
    let tls = match (&options.tls, &options.state_dir) {
        (Some(files), _) => certificate::configured(files),
        (None, Some(state_dir)) => {
            let names = [hostname(), options.machine.clone(), "localhost".to_owned()];
            let mut names: Vec<String> =
                names.into_iter().filter(|name| is_host_name(name)).collect();
            names.dedup();
            certificate::self_signed(&state_dir.join("tls"), names)
        }
        (None, None) => return Err(ListenError::NoStateDir(listen)),
    };
    tls.map_err(|source| ListenError::Certificate { listen, source })
}

/// Machines may be called what no host can be.
fn is_host_name(name: &str) -> bool {
    name.parse::<crate::config::HostName>().is_ok()
}

fn admission(options: &AgentOptions) -> Admission {
    let own = [hostname(), options.machine.clone()];
    let own = own.iter().filter_map(|name| name.parse().ok());
    Admission {
        origins: options.allowed_origins.clone(),
        hosts: own.chain(options.allowed_hosts.iter().cloned()).collect(),
    }
}
