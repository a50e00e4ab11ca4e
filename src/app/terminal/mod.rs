//! The operator's own terminal: taken over and given back, and written to only where it changes.

mod guard;
mod painter;

pub use guard::{Guard, Outside};
pub use painter::{Cursor, Painter};
