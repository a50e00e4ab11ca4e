//! The holder: a small process per Session that owns its terminal, reads it, keeps the ring of its
//! output and knows how its program ended. It outlives the Agent, which may crash, restart or be
//! replaced at any time: the next one connects again and goes on at the exact byte.
//!
//! What is not in here cannot end a Session: no emulator, no patterns, no network, no runtime. One
//! thread waits in `poll`; every buffer is bounded; what the Agent wants remembered is stored as
//! it came ([`wire::Order::Store`]).
//!
//! - [`wire`]: the protocol on the holder's Unix socket
//! - [`ring`]: the output, in memory that the Agent reads without asking
//! - [`pty`]: opening the terminal and starting the program in it
//! - [`tree`] and [`cgroup`]: ending everything that the program started
//! - [`process`]: the loop

mod cgroup;
mod connection;
pub mod input;
mod killing;
mod marks;
mod memory;
mod process;
pub mod pty;
mod reap;
pub mod ring;
mod terminal;
mod tree;
pub mod wire;

pub use cgroup::own_group;
pub use marks::Mark;
pub use process::run;
pub use tree::members;

/// The first argument that makes this program a holder.
pub const VERB: &str = "holder";
/// Bytes of input that may wait for a program that does not read.
pub const INPUT_MAX: usize = 1 << 20;
/// Smallest ring: the counting reader needs room to work in.
pub const RING_MIN: usize = 4 * RESERVE;
/// Bytes of the ring that are never filled with what the Agent has not taken yet.
pub const RESERVE: usize = 64 << 10;
/// What processes of this program are called in the process table (at most 15 bytes, `prctl(2)`).
pub const AGENT_COMM: &str = "watchdeck-agent";
/// See [`AGENT_COMM`].
pub const HOLDER_COMM: &str = "watchdeck-holdr";
