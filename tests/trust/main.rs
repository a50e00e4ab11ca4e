//! The proofs of what is promised: every carrier under every fault, and terminals at their worst.
//!
//! Each proof prints one line of what it measured, `trust: PROMISE FAULTS WHAT: VALUES`; see
//! `CONTRIBUTING.md`. Counts are small by default and full under `WATCHDECK_FULL_COUNTS`.
#![allow(clippy::unwrap_used, clippy::expect_used)] // a test that cannot go on fails

#[path = "../support/mod.rs"]
mod support;

#[path = "../support/proof.rs"]
mod proof;

#[path = "../support/chaos.rs"]
mod chaos;

#[path = "../support/dice.rs"]
mod dice;

#[path = "../support/sshd.rs"]
mod sshd;

mod ends;
mod ledger;
mod links;
mod probe;
mod site;
mod terminals;
