//! Terminals: the emulator behind one safe wrapper, the filter before it, keys to bytes. Pure.

pub mod modes;

pub use modes::{CursorShape, Modes, MouseEncoding, MouseTracking};
