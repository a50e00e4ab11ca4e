//! Sessions outlive their agent: killed, stopped, restarted, after a reboot. Real processes.
#![allow(clippy::unwrap_used, clippy::expect_used)] // a test that cannot go on fails

#[path = "../support/mod.rs"]
mod support;

#[path = "../support/proof.rs"]
mod proof;

mod lost;
mod restarts;
mod site;
mod upgrades;
