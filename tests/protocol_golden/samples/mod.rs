//! One value of every message, named as in the golden files.

mod agent;
mod client;
mod frames;

use watchdeck::proto::Winsize;

pub use agent::{EVENTS, agent};
pub use client::client;
pub use frames::{changes, colours, frames, snapshot};

/// Messages by their name in a golden file.
pub type Named<T> = Vec<(String, T)>;

const SIZE: Winsize = Winsize { rows: 24, cols: 80 };
const ID: u64 = 7;

fn text(text: &str) -> String {
    text.to_owned()
}
