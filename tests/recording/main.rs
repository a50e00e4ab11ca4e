//! Recordings of real sessions: complete or visibly incomplete (reliability, F27, F28, T8, T20, T27).

#![allow(clippy::unwrap_used)] // in a test it is the verdict

mod agent;
#[path = "../cli_support/mod.rs"]
mod cli_support;
mod disk;
mod full;
mod hung;
#[path = "../support/proof.rs"]
mod proof;
mod reading;
mod replay;
mod verb;
