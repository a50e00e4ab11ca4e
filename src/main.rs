//! The watchdeck binary.
fn main() {}
