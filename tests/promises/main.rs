//! Proofs of what is promised to whoever looks: roles, cells, answers and pastes, memory.
//!
//! Each proof prints one line of what it measured; see `CONTRIBUTING.md`. Links and terminals under
//! every fault are proved in `tests/trust`.
#![allow(clippy::unwrap_used, clippy::expect_used)] // a test that cannot go on fails

#[path = "../support/mod.rs"]
mod support;

#[path = "../support/proof.rs"]
mod proof;

#[path = "../support/terminal.rs"]
mod terminal;

#[path = "../deck/machine.rs"]
#[allow(dead_code)] // shared with the tests of the dashboard
mod machine;

mod answers;
mod cells;
mod memory;
mod pastes;
mod roles;
