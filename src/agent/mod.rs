//! The Agent.

mod authorize;
mod environment;
mod holder;
mod input;
mod log;
mod orphans;
mod pty;
mod runtime_dir;
mod tree;
