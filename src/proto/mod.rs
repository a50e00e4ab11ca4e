//! The wire: ids, value types, messages and the frame codec. Pure: no tokio, no I/O, no clock.

pub mod key;
mod key_name;
pub mod name;
mod types;

pub use key::{Key, KeyCode, KeyError, Modifiers};
pub use name::{NameError, validate_name};
pub use types::{Counts, Offset, Role, Severity, Winsize};
