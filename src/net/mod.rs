//! Transports: they move framed messages between a client and an Agent and know nothing of Sessions.
//!
//! Every carrier speaks WebSocket (RFC 6455): text messages are control, binary messages are
//! [`crate::proto::Frame`]s. A new transport is a file here, an [`Address`] variant and a match arm
//! in [`connect`].

mod address;
mod admit;
mod error;
mod link;
pub mod packed;
mod pins;
mod pulse;
mod secret;
mod socket;
mod ssh;
mod tcp;
mod threshold;
mod tls;
mod unix;

pub use address::Address;
pub use admit::{Admission, Refusal};
pub use error::{LinkError, Need, NeedKind};
pub use link::{FROM_CLIENT_MAX, Lane, Link, LinkReader, LinkSender, LinkWriter, Message};
pub use pins::{KnownAgents, Pin, PinError};
pub use pulse::{DEAD_AFTER, PING_AFTER};
pub use secret::{NotAToken, Secret, TOKEN_VARIABLE, token_variable, token_variables};
pub use ssh::{
    PROXY_GENERATION, Preamble, Progress, Purpose, SshOptions, proxy_greeting, ssh_arguments,
    ssh_command_line,
};
pub use tcp::{accept_stream, accept_tcp, token_file_name};
pub use threshold::BEFORE_AUTH_MAX;
pub use tls::{Fingerprint, FirstUse, SelfSigned, ServerTls, TlsError, Trust};
pub use unix::accept_unix;

use std::time::Duration;

use crate::config::HostPort;

/// How long a connection and its handshake may take together.
pub const HANDSHAKE_DEADLINE: Duration = Duration::from_secs(10);

/// How to open a Link: what each kind of address needs.
#[derive(Debug, Clone)]
pub struct LinkOptions {
    /// Who one is, for WebSocket addresses.
    pub token: Option<Secret>,
    /// How an Agent behind TLS is verified.
    pub trust: Trust,
    /// How ssh is run.
    pub ssh: SshOptions,
}

/// Opens a Link to an Agent.
///
/// # Errors
/// When nothing answers at the address in time, the Agent refuses the connection, or only a human
/// can go on.
pub async fn connect(address: &Address, options: &LinkOptions) -> Result<Link, LinkError> {
    let token = options.token.as_ref();
    let open = async {
        match address {
            Address::Unix(path) => unix::connect(path).await,
            Address::Ws(at) => tcp::connect(at, token).await,
            Address::Wss(at) => tcp::connect_tls(at, &options.trust, token).await,
            // Brings its own deadline: log-ins take longer.
            Address::Ssh(host) => return ssh::connect(host, &options.ssh).await,
        }
    };
    match address {
        Address::Ssh(_) => open.await,
        _ => within(HANDSHAKE_DEADLINE, address, open).await,
    }
}

/// The certificate that an Agent behind TLS shows. Nothing is sent to it, and nothing is trusted.
///
/// # Errors
/// When nothing answers there in time, or it does not speak TLS.
pub async fn see_certificate(at: &HostPort) -> Result<Fingerprint, LinkError> {
    let address = Address::Wss(at.clone());
    let see = async {
        let stream = socket::connect(at.host.as_str(), at.port).await;
        let failed = |source| LinkError::Connect { address: address.to_string(), source };
        tls::see(stream.map_err(failed)?, at).await
    };
    within(HANDSHAKE_DEADLINE, &address, see).await
}

async fn within<T>(
    after: Duration,
    address: &Address,
    work: impl Future<Output = Result<T, LinkError>>,
) -> Result<T, LinkError> {
    let late = |_| LinkError::Deadline { address: address.to_string(), after };
    tokio::time::timeout(after, work).await.map_err(late)?
}
