//! Another program takes the place of a running Agent, while its Sessions go on.
//!
//! ```text
//! the Agent that runs                                its successor, a child with a socket as standard input
//!   starts it, passes lock and listening sockets ──▶   reads its configuration, tokens, certificate
//!                                                ◀──   "ready VERSION": it could go on
//!   takes leave of clients, writes everything down
//!   at the holders, lets go of them              ──▶   "go": finds the Sessions again
//!                                                ◀──   "serving": it accepts connections
//!   ends
//! ```
//!
//! Connections that come meanwhile wait in the listening sockets, which are never closed. A successor
//! that fails before "ready" changes nothing; after "go", the old Agent finds its Sessions again itself.

mod heir;
mod successor;

pub use heir::{Heir, Inheritance};
pub use successor::{Offer, Successor};

use std::time::Duration;

/// What the successor says when it could go on; its version follows.
const READY: &str = "ready ";
/// What it is told when everything is its own.
const GO: &str = "go";
/// What it says when it accepts connections.
const SERVING: &str = "serving";
/// How long a successor may take to get ready.
const READY_DEADLINE: Duration = Duration::from_secs(10);
/// How long it may take to find the Sessions again, before the old Agent does.
const SERVING_DEADLINE: Duration = Duration::from_secs(10);
/// Longest line of either.
const LINE_MAX: u64 = 256;
/// Descriptors that are passed: the lock, the Unix socket, and perhaps the TCP socket.
const FDS_MAX: usize = 3;
