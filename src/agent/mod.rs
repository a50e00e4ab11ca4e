//! The Agent.

mod holder;
mod input;
mod log;
mod orphans;
mod pty;
mod tree;
