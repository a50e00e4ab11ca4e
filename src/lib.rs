//! watchdeck: one screen for every terminal an operations team is responsible for.
//!
//! An **agent** on each machine hosts **sessions**: programs on pseudo-terminals that outlive every
//! client. Clients (the dashboard, the command line, this crate's [`client`]) watch and type over one
//! protocol, `docs/protocol.md`.
//!
//! # The map of the house
//!
//! Rooms stand on floors. A path may only point down, and rooms of one floor do not know each
//! other; `tests/layers` holds that true.
//!
//! | floor | room | what it knows |
//! |---|---|---|
//! | 7 | [`cli`] | arguments, one file per verb |
//! | 6 | [`app`] | the dashboard: state, update, effects, view |
//! | 5 | [`client`] | a connection to an agent and how it is kept: the public Rust API |
//! | 5 | [`agent`] | sessions, their logs, who may do what, serving clients |
//! | 5 | [`widgets`] | drawing plain values into cells |
//! | 4 | [`holder`] | the process that keeps one session's terminal and output alive |
//! | 4 | [`net`] | moving frames over a transport, who may and whom one trusts; no idea of sessions |
//! | 3 | [`config`] | layered configuration, errors that name file and line; private files |
//! | 2 | [`alert`] | severity of output: lines, rules, counters |
//! | 1 | [`cast`] | recordings in the form of asciinema, written and read |
//! | 1 | [`term`] | the emulator, its pictures, keys and pastes to bytes |
//! | 0 | [`proto`] | ids, messages, frames: what is on the wire |
//!
//! [`proto`], [`term`], [`cast`], [`alert`] and [`widgets`] are pure: no runtime, no files, no network, no
//! clock. So is the dashboard's behaviour (`app::state`, `app::update`): events go in, effects come
//! out.
//!
//! # Five ideas
//!
//! 1. A session is a log of bytes; everything else is a cursor on it. A slow reader costs nothing.
//! 2. Bytes are parsed once, by the agent. Screens travel as state, counts as facts: pictures may be
//!    skipped, bytes are never queued.
//! 3. The agent alone speaks for the terminal: it answers queries once, whoever watches.
//! 4. A program never waits for a viewer.
//! 5. Roles live at one door in the agent, which decides every request.
//!
//! # Example
//!
//! ```
//! use watchdeck::proto::Winsize;
//! use watchdeck::term::{Screen, ScreenOptions};
//!
//! let mut screen = Screen::new(Winsize::new(2, 20), ScreenOptions::default());
//! screen.feed(b"\x1b[1mready\x1b[m\r\n\x1b[6n");
//! assert_eq!(screen.rows().next().as_deref(), Some("ready"));
//! assert_eq!(screen.take_replies(), b"\x1b[2;1R");
//! ```

pub mod agent;
pub mod alert;
pub mod app;
pub mod cast;
pub mod cli;
pub mod client;
pub mod config;
pub mod holder;
pub mod net;
pub mod proto;
pub mod term;
pub mod widgets;
