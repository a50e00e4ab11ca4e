//! The client's side: no byte of a token leaves before the Agent has been verified here.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::config::HostPort;
use crate::net::error::{LinkError, NeedKind};
use crate::net::pins::{KnownAgents, Pin};

use super::verifier::PinVerifier;
use super::{Fingerprint, provider};

/// How an Agent proves that it is the right one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trust {
    /// Its certificate is the one in the file of known agents.
    Pin {
        /// That file.
        known: PathBuf,
        /// What to do where the file has none for it.
        first_use: FirstUse,
    },
    /// An authority that the system trusts vouches for its certificate and name.
    System,
    /// An authority in this PEM file does.
    Ca(PathBuf),
}

/// What to do with an Agent that was never seen before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FirstUse {
    /// Trust its certificate from now on, and say so. Somebody must be there to read it.
    Record,
    /// Refuse, and say how to trust it.
    Refuse,
}

/// A verified stream, and what to tell about it.
pub(in crate::net) struct Secured {
    pub(in crate::net) stream: TlsStream<TcpStream>,
    pub(in crate::net) notice: Option<String>,
}

/// Does the TLS handshake and verifies the Agent.
pub(in crate::net) async fn connect(
    stream: TcpStream,
    at: &HostPort,
    trust: &Trust,
) -> Result<Secured, LinkError> {
    match trust {
        Trust::Pin { known, first_use } => pinned(stream, at, known, *first_use).await,
        Trust::System => {
            let roots = blocking(|| Ok(system_roots())).await.map_err(unreachable(at))?;
            vouched(stream, at, roots).await
        }
        Trust::Ca(path) => {
            let path = path.clone();
            let roots = blocking(move || own_roots(&path)).await.map_err(unreachable(at))?;
            vouched(stream, at, roots).await
        }
    }
}

fn unreachable(at: &HostPort) -> impl Fn(io::Error) -> LinkError {
    let address = format!("wss://{at}");
    move |source| LinkError::Connect { address: address.clone(), source }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(io::Error::other)?
}

fn system_roots() -> RootCertStore {
    let mut roots = RootCertStore::empty();
    let found = rustls_native_certs::load_native_certs();
    for error in &found.errors {
        tracing::debug!(%error, "a certificate of the system cannot be read");
    }
    roots.add_parsable_certificates(found.certs);
    roots
}

fn own_roots(path: &Path) -> io::Result<RootCertStore> {
    let failed = |reason: String| io::Error::other(format!("{}: {reason}", path.display()));
    let mut roots = RootCertStore::empty();
    let certificates =
        CertificateDer::pem_file_iter(path).map_err(|error| failed(error.to_string()))?;
    for certificate in certificates {
        let certificate = certificate.map_err(|error| failed(error.to_string()))?;
        roots.add(certificate).map_err(|error| failed(error.to_string()))?;
    }
    match roots.is_empty() {
        true => Err(failed("there is no certificate in PEM form in it".to_owned())),
        false => Ok(roots),
    }
}

async fn vouched(
    stream: TcpStream,
    at: &HostPort,
    roots: RootCertStore,
) -> Result<Secured, LinkError> {
    let config = ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .map_err(|error| unreachable(at)(io::Error::other(error)))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    match handshake(stream, at, config).await {
        Ok(stream) => Ok(Secured { stream, notice: None }),
        Err(error) => Err(match certificate_fault(&error) {
            Some(fault) => {
                let reason = format!("the certificate of wss://{at} is not trusted: {fault}");
                LinkError::needs_you(NeedKind::Identity, reason, None)
            }
            None => unreachable(at)(error),
        }),
    }
}

/// What is wrong with the peer's certificate, if that is why a handshake failed.
fn certificate_fault(error: &io::Error) -> Option<String> {
    let inner = error.get_ref()?.downcast_ref::<rustls::Error>()?;
    match inner {
        rustls::Error::InvalidCertificate(fault) => Some(fault.to_string()),
        _ => None,
    }
}

async fn handshake(
    stream: TcpStream,
    at: &HostPort,
    config: ClientConfig,
) -> io::Result<TlsStream<TcpStream>> {
    let name = at.host.as_str().trim_end_matches('.').to_owned();
    let name = ServerName::try_from(name).map_err(io::Error::other)?;
    TlsConnector::from(Arc::new(config)).connect(name, stream).await
}

async fn pinned(
    stream: TcpStream,
    at: &HostPort,
    known: &Path,
    first_use: FirstUse,
) -> Result<Secured, LinkError> {
    let known = KnownAgents::new(known);
    let (file, host) = (known.clone(), at.clone());
    let pin = blocking(move || file.get(&host).map_err(io::Error::other)).await;
    let pin = pin.map_err(|error| unusable(at, &error))?;
    let verifier = Arc::new(PinVerifier::new(
        pin.as_ref().map(|pin| pin.fingerprint),
        first_use == FirstUse::Record,
    ));
    let stream = match handshake(stream, at, pin_config(at, verifier.clone())?).await {
        Ok(stream) => stream,
        Err(error) => return Err(refused(at, &known, pin, verifier.seen(), error)),
    };
    let notice = match (pin, verifier.seen()) {
        (None, Some(seen)) => Some(record(at, known, seen).await?),
        _ => None,
    };
    Ok(Secured { stream, notice })
}

fn pin_config(at: &HostPort, verifier: Arc<PinVerifier>) -> Result<ClientConfig, LinkError> {
    let builder = ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .map_err(|error| unreachable(at)(io::Error::other(error)))?;
    Ok(builder.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth())
}

/// Before anything is sent: a pin that cannot be noted would be no pin the next time.
async fn record(at: &HostPort, known: KnownAgents, seen: Fingerprint) -> Result<String, LinkError> {
    let path = known.path().display().to_string();
    let host = at.clone();
    let noted = blocking(move || known.add(&host, seen).map_err(io::Error::other)).await;
    noted.map_err(|error| unusable(at, &error))?;
    Ok(format!("wss://{at} is new; its certificate {seen} is trusted from now on, noted in {path}"))
}

fn unusable(at: &HostPort, error: &io::Error) -> LinkError {
    let reason = format!("wss://{at} cannot be verified: {error}");
    LinkError::needs_you(NeedKind::Identity, reason, None)
}

fn refused(
    at: &HostPort,
    known: &KnownAgents,
    pin: Option<Pin>,
    seen: Option<Fingerprint>,
    error: io::Error,
) -> LinkError {
    match (pin, seen) {
        (Some(Pin { fingerprint, line }), Some(seen)) if fingerprint != seen => {
            let reason = format!(
                "the certificate of wss://{at} has changed: {}:{line} has {fingerprint}, it shows {seen}. \
                 Somebody may be in between. Ask whoever runs the agent; only if the change was meant, forget the old one",
                known.path().display(),
            );
            let forget = format!("watchdeck hosts forget wss://{at}");
            LinkError::needs_you(NeedKind::Identity, reason, Some(forget))
        }
        (None, Some(seen)) => {
            let reason = format!(
                "wss://{at} was never seen before; its certificate is {seen}. \
                 Compare it with `watchdeck agent --status` there, then trust it"
            );
            let trust = format!("watchdeck hosts trust wss://{at} {seen}");
            LinkError::needs_you(NeedKind::Identity, reason, Some(trust))
        }
        _ => unreachable(at)(error),
    }
}

/// The certificate that an Agent shows, trusted by nobody yet.
pub(in crate::net) async fn see(
    stream: TcpStream,
    at: &HostPort,
) -> Result<Fingerprint, LinkError> {
    let verifier = Arc::new(PinVerifier::new(None, true));
    handshake(stream, at, pin_config(at, verifier.clone())?).await.map_err(unreachable(at))?;
    let nothing = || unreachable(at)(io::Error::other("it showed no certificate"));
    verifier.seen().ok_or_else(nothing)
}
