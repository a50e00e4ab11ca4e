//! The wire: ids, value types, messages and the frame codec. Pure: no tokio, no I/O, no clock.

mod types;
pub mod update;

pub use types::{Counts, Offset, Role, Severity, Winsize};
pub use update::{RowMark, RowUpdate, Update, UpdateError};
