//! Terminals: the emulator behind one safe wrapper, the filter before it, keys to bytes. Pure.

mod charset;
mod emulator;
mod fast_forward;
mod filter;
pub mod modes;
pub mod notice;
pub mod palette;
mod plain;
mod query;
pub mod screen;
pub mod scrolled_row;
mod tabs;

pub use modes::{CursorShape, Modes, MouseEncoding, MouseTracking};
pub use notice::{Notice, PromptMark};
pub use palette::{Palette, Rgb};
pub use screen::{Screen, ScreenOptions};
pub use scrolled_row::ScrolledRow;
