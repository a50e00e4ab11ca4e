//! Keeping a viewer's picture equal to the emulator's.
//!
//! The agent takes a [`View`](super::View) of its screen whenever it wants to send one, and
//! [compares](diff()) it with the last one it sent to that viewer. The viewer
//! [applies](Replica::apply) the update to its replica, whose view then equals the agent's: every
//! cell, wrap flag, mark, the cursor, modes and title. Views between two sent ones are simply never
//! looked at, so a slow viewer skips pictures, not bytes.

mod diff;
mod modes;
mod replica;
mod scroll;

pub use diff::{Base, diff};
pub use replica::{Desync, Replica};

#[cfg(test)]
mod tests;
