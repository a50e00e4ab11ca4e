//! Reaching an agent over the network: who is let in, who is told what, and when that ends.

#![allow(clippy::unwrap_used, clippy::expect_used)] // in a test it is the verdict

#[path = "../support/mod.rs"]
mod support;

#[path = "../support/proof.rs"]
mod proof;

mod door;
mod identity;
mod limits;
mod raw;
mod silence;
mod start;
mod tokens;
