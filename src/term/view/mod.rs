//! [`View`]: an immutable picture of a screen, for painters, dumps and differences.

mod ansi;
mod cell;
mod picture;
mod printable;

pub use cell::{Cell, Color};
pub use picture::View;
pub use printable::{is_printable, single_line};

pub(in crate::term) use picture::Picture;

#[cfg(test)]
mod tests;
