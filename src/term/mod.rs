//! Terminals: the emulator behind one safe wrapper, the filter before it, keys to bytes. Pure.

pub mod answer;
mod charset;
mod columns;
mod contain;
mod emulator;
mod fast_forward;
mod filter;
mod grid;
mod history;
pub mod key;
mod marks;
pub mod modes;
pub mod mouse;
pub mod notice;
pub mod palette;
pub mod paste;
mod query;
mod row_set;
pub mod screen;
pub mod scrolled_row;
pub mod sync;
mod tabs;
mod view;

pub use answer::answer_shaped;
pub use contain::contains_panics;
pub use history::{Excerpt, History, HistoryRow, Match};
pub use key::Terminal;
pub use marks::{LineMark, mark_lines};
pub use modes::{CursorShape, Modes, MouseEncoding, MouseTracking};
pub use notice::{Notice, PromptMark};
pub use palette::{Palette, Rgb};
pub use row_set::RowSet;
pub use screen::{Screen, ScreenOptions};
pub use scrolled_row::ScrolledRow;
pub use sync::{Desync, Replica};
pub use view::{Cell, Color, View, is_printable, single_line};
