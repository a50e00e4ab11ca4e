//! Terminals: the emulator behind one safe wrapper, the filter before it, keys to bytes. Pure.

mod columns;
mod grid;
mod history;
mod marks;
pub mod modes;
mod screen;
pub mod sync;
mod view;

pub use history::{Excerpt, History, HistoryRow, Match};
pub use marks::mark_lines;
pub use modes::{CursorShape, Modes, MouseEncoding, MouseTracking};
pub use screen::{Screen, ScreenOptions, ScrolledRow};
pub use sync::{Desync, Replica};
pub use view::{Cell, Color, View, is_printable, single_line};
