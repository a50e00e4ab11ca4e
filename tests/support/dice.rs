//! Chance that can be repeated.
#![allow(dead_code)] // each test binary uses its own part

use std::ops::Range;

/// Pseudo-random numbers (splitmix64). A test that fails says the seed; `WATCHDECK_SEED` sets it.
#[derive(Debug)]
pub struct Dice {
    seed: u64,
    state: u64,
}

impl Dice {
    /// With a seed of its own in every run.
    pub fn thrown() -> Self {
        let given = std::env::var("WATCHDECK_SEED").ok().and_then(|seed| seed.parse().ok());
        Self::with(given.unwrap_or_else(|| getrandom::u64().unwrap() >> 16))
    }

    pub fn with(seed: u64) -> Self {
        Self { seed, state: seed }
    }

    pub fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.state ^ (self.state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub fn within(&mut self, range: Range<u64>) -> u64 {
        range.start + self.next() % (range.end - range.start).max(1)
    }
}

impl Drop for Dice {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("to repeat this: WATCHDECK_SEED={}", self.seed);
        }
    }
}
