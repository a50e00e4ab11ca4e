//! [`History`]: the rows of a session's Log, at any width.

mod build;
mod lines;
mod rows;
mod search;

pub use build::Excerpt;
pub use rows::{History, HistoryRow};
pub use search::Match;

#[cfg(test)]
mod tests;
