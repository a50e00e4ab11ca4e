//! How a proof tells what it measured, and how often it tries.
#![allow(dead_code)] // each test binary uses its own part

/// As many as a run on every change has time for, or as many as are promised.
pub fn times(few: usize, full: usize) -> usize {
    if std::env::var_os("WATCHDECK_FULL_COUNTS").is_some() { full } else { few }
}

/// Tells what a proof measured: `trust: PROMISE FAULTS WHAT: VALUES`, on one line. Only what holds
/// is told, so this comes after the assertions.
pub fn tell(promise: u8, faults: &str, what: &str, values: &str) {
    println!("trust: {promise} {faults} {what}: {values}");
}
