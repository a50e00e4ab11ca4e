//! The one filter before the parser.
//!
//! Program output is hostile, cut anywhere, and asks for more than vt100 knows. Nothing reaches the parser but
//! through here:
//!
//! - [`stream`] delimits sequences, holds back what is incomplete, joins all that may pass into long spans, and
//!   keeps control strings away from the parser;
//! - [`scan`] and [`string`] say where a sequence or a control string ends, within fixed bounds;
//! - [`table`] says for each sequence whether it passes, is dropped, or is performed here;
//! - [`terminal`] and its files perform: they rewrite into what the parser has, track what it does not export,
//!   answer queries from the state at that very byte, and collect notices.
//!
//! Two rules keep vt100 0.18.1 from its known panics: screens are never smaller than
//! [`Winsize::MIN`](crate::proto::Winsize::MIN), and U+FE0F is dropped while the cursor waits behind the last
//! column ([`mod@print`]).

mod alternate;
mod answers;
mod checkpoint;
mod modes;
mod moves;
mod params;
mod print;
mod reset;
mod scan;
mod sgr;
mod state;
mod stream;
mod string;
mod strings;
mod table;
mod terminal;

pub(super) use stream::Filter;
pub(super) use string::Terminator;
pub(super) use terminal::Terminal;
