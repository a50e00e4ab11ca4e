//! The dashboard.
//!
//! One direction: an [`event::AppEvent`] goes through [`update()`](update::update), which changes
//! the [`state::State`] and returns [`effect::Effect`]s; [`view`] turns the state into widgets'
//! arguments; `runtime` waits for events, executes effects and draws. State and update know no
//! socket, no clock and no terminal, so everything the dashboard does can be tested by feeding
//! events and looking at state, effects and the drawn buffer.
//!
//! Commands are rows of one table ([`command::COMMANDS`]), which feeds keymap, help, hint line,
//! palette and `docs/keys.md`.

pub mod command;
pub mod effect;
mod entry;
pub mod event;
mod fuzzy;
pub mod geometry;
pub mod keymap;
mod keys_doc;
mod replay;
mod runtime;
pub mod state;
mod terminal;
pub mod update;
pub mod view;

#[cfg(test)]
mod tests;

pub use entry::{Exit, RunOptions, Starter, Starting, Target, attach, run};
pub use keys_doc::keys_markdown;
pub use replay::{ReplayOptions, replay};
