//! Transports: they move framed messages between a client and an Agent and know nothing of Sessions.
//!
//! Every carrier speaks WebSocket (RFC 6455): text messages are control, binary messages are
//! [`crate::proto::Frame`]s. A new transport is a file here, an [`Address`] variant and a match arm
//! in [`connect`].

mod address;
mod link;
mod packed;
mod tcp;
mod unix;

pub use address::{Address, AddressError};
pub use link::{Lane, Link, LinkError, LinkReader, LinkSender, LinkWriter, Message};
pub use tcp::{Refusal, TokenCheck, accept_tcp, token_file_name};
pub use unix::accept_unix;

use std::time::Duration;

/// How long a connection and its handshake may take together.
pub const HANDSHAKE_DEADLINE: Duration = Duration::from_secs(10);

/// Opens a Link to an Agent.
///
/// # Errors
/// When nothing answers at the address in time, or the Agent refuses the connection.
pub async fn connect(address: &Address, token: Option<&str>) -> Result<Link, LinkError> {
    let open = async {
        match address {
            Address::Unix(path) => unix::connect(path).await,
            Address::Ws(at) => tcp::connect(at, token).await,
        }
    };
    tokio::time::timeout(HANDSHAKE_DEADLINE, open)
        .await
        .map_err(|_| LinkError::Deadline { address: address.to_string() })?
}
