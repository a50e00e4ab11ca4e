//! The wire: ids, value types, messages and the frame codec. Pure: no tokio, no I/O, no clock.

mod types;

pub use types::{Counts, Offset, Role, Severity, Winsize};
