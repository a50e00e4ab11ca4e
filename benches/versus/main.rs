//! watchdeck against its peers, in one run: `cargo bench --bench versus [-- flood echo idle memory attach]`.
//!
//! Every number is a ratio against something measured in the same run on the same machine: a bare
//! reader of the same terminal, and tmux where it is installed. Nothing here fails on a slow machine;
//! it prints.

#![allow(clippy::expect_used, clippy::unwrap_used)] // a benchmark that cannot go on has nothing better to do

mod agent;
mod attach;
mod echo;
mod flood;
mod idle;
mod memory;
mod payload;
mod stats;
mod terminal;

fn main() {
    // Cargo passes `--bench`; words choose sections.
    let chosen: Vec<String> =
        std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let wanted = |section: &str| chosen.is_empty() || chosen.iter().any(|word| word == section);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    if wanted("flood") {
        flood::run(&runtime);
    }
    if wanted("echo") {
        echo::run(&runtime);
    }
    if wanted("attach") {
        attach::run(&runtime);
    }
    if wanted("idle") {
        idle::run(&runtime);
    }
    if wanted("memory") {
        memory::run(&runtime);
    }
}
