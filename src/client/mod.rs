//! The client side of the protocol: one [`Client`] per connection, and a [`Supervisor`] that keeps
//! a machine connected for the dashboard. The public Rust API of watchdeck.

mod backoff;
mod connection;
mod outbox;
mod supervisor;
mod token;
mod way;

pub use backoff::Backoff;
pub use connection::{Client, ClientError, ConnectOptions, Incoming, IncomingStream};
pub use outbox::{Full, Numbered, Outbox, Resume};
pub use supervisor::{LinkEvent, LinkState, Supervisor, SupervisorHandle};
pub use token::{TokenError, TokenPlaces};
pub use way::Way;
