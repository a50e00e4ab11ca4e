//! The same suite over every carrier: what a link may do to a connection, and what must be true all
//! the same.

mod command;
mod damage;
mod gap;
mod input;
mod output;
mod silence;
mod stale;
