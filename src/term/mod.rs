//! Terminals: the emulator behind one safe wrapper, the filter before it, keys to bytes. Pure.

pub mod answer;
pub mod key;
pub mod modes;
pub mod mouse;
pub mod paste;

pub use key::Terminal;
pub use modes::{CursorShape, Modes, MouseEncoding, MouseTracking};
