//! The dashboard.

pub mod command;
pub mod effect;
pub mod event;
mod fuzzy;
pub mod geometry;
pub mod keymap;
mod keys_doc;
pub mod state;
pub mod update;
pub mod view;

pub use keys_doc::keys_markdown;
