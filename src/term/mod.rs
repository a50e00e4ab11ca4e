//! Terminals: the emulator behind one safe wrapper, the filter before it, keys to bytes. Pure.

pub mod answer;
mod columns;
mod grid;
mod history;
pub mod key;
mod marks;
pub mod modes;
pub mod mouse;
pub mod paste;
mod screen;
mod sync;
mod view;

pub use answer::answer_shaped;
pub use history::{Excerpt, History, HistoryRow, Match};
pub use key::Terminal;
pub use marks::mark_lines;
pub use modes::{CursorShape, Modes, MouseEncoding, MouseTracking};
pub use screen::{Screen, ScreenOptions, ScrolledRow};
pub use sync::{Base, Desync, Replica, diff};
pub use view::{Cell, Color, View, is_printable, single_line};
