//! The way through the system's ssh, against a real sshd on loopback.

#![allow(clippy::unwrap_used, clippy::expect_used)] // in a test it is the verdict

#[path = "../support/mod.rs"]
mod support;

#[path = "../cli_support/mod.rs"]
mod cli_support;

#[path = "../support/sshd.rs"]
mod sshd;

mod deploy;
mod hosts;
mod way;
