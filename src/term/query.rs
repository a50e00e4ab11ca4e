//! Replies to a program's queries: their formats and their queue. See xterm ctlseqs for all but the named.
//!
//! A reply is typed into the program, so its form is fixed: besides the numbers of modes and colours, limited to
//! their range, no byte of a reply is chosen by the program.

use std::fmt::Write as _;

use super::filter::Terminator;
use super::palette::Rgb;
use crate::proto::Winsize;

/// DA1: a VT220 with ANSI colour.
pub(super) const PRIMARY_ATTRIBUTES: &str = "\x1b[?62;22c";
/// DA2: a terminal of no known version, so that vim asks no further.
pub(super) const SECONDARY_ATTRIBUTES: &str = "\x1b[>0;0;0c";
/// DSR 5: no malfunction.
pub(super) const OPERATING_STATUS: &str = "\x1b[0n";

/// CPR for a row and column from 0.
pub(super) fn cursor_position((row, col): (u16, u16)) -> String {
    format!("\x1b[{};{}R", row + 1, col + 1)
}

/// DECXCPR for a row and column from 0.
pub(super) fn extended_cursor_position((row, col): (u16, u16)) -> String {
    format!("\x1b[?{};{}R", row + 1, col + 1)
}

/// DECRPM: a mode is set (1), reset (2) or not known (0). `prefix` is `?` for private modes.
pub(super) fn mode(prefix: &str, mode: u16, state: Option<bool>) -> String {
    let value = match state {
        Some(true) => 1,
        Some(false) => 2,
        None => 0,
    };
    format!("\x1b[{prefix}{mode};{value}$y")
}

/// XTVERSION.
pub(super) fn version() -> &'static str {
    concat!("\x1bP>|watchdeck(", env!("CARGO_PKG_VERSION"), ")\x1b\\")
}

/// The size of the text area in characters (XTWINOPS 18).
pub(super) fn text_area_size(size: Winsize) -> String {
    format!("\x1b[8;{};{}t", size.rows, size.cols)
}

/// The colour of `index` (OSC 4).
pub(super) fn indexed_colour(index: u8, colour: Rgb, by: Terminator) -> String {
    format!("\x1b]4;{index};{}{}", rgb(colour), end(by))
}

/// The colour of OSC 10, 11 or 12.
pub(super) fn dynamic_colour(code: u16, colour: Rgb, by: Terminator) -> String {
    format!("\x1b]{code};{}{}", rgb(colour), end(by))
}

/// An X11 colour with 16 bits a channel.
fn rgb(Rgb(r, g, b): Rgb) -> String {
    format!("rgb:{r:02x}{r:02x}/{g:02x}{g:02x}/{b:02x}{b:02x}")
}

const fn end(by: Terminator) -> &'static str {
    match by {
        Terminator::Bell => "\x07",
        Terminator::St => "\x1b\\",
    }
}

/// XTGETTCAP: the value of a capability, whose name comes in hexadecimal digits.
pub(super) fn capability(name: &[u8], term_name: &str) -> String {
    let value = match decoded(name).as_deref() {
        Some(b"TN") => Some(("TN", term_name)),
        Some(b"Co") => Some(("Co", "256")),
        Some(b"colors") => Some(("colors", "256")),
        Some(b"RGB") => Some(("RGB", "8/8/8")),
        _ => None,
    };
    match value {
        Some((name, value)) => format!("\x1bP1+r{}={}\x1b\\", encoded(name), encoded(value)),
        None => "\x1bP0+r\x1b\\".to_owned(),
    }
}

/// DECRQSS: the pen (`m`) or the cursor's style (` q`); nothing else is told.
pub(super) fn setting(name: &[u8], screen: &vt100::Screen) -> String {
    match name {
        b"m" => format!("\x1bP1$r{}m\x1b\\", pen(screen)),
        b" q" => format!("\x1bP1$r{} q\x1b\\", cursor_style(screen.cursor_style())),
        _ => "\x1bP0$r\x1b\\".to_owned(),
    }
}

/// The pen as SGR parameters; colours with `:` as programs that ask expect.
fn pen(screen: &vt100::Screen) -> String {
    let attributes = [
        (screen.bold(), ";1"),
        (screen.dim(), ";2"),
        (screen.italic(), ";3"),
        (screen.underline(), ";4"),
        (screen.inverse(), ";7"),
    ];
    let mut pen = String::from("0");
    pen.extend(attributes.into_iter().filter(|(on, _)| *on).map(|(_, parameter)| parameter));
    push_colour(&mut pen, 30, screen.fgcolor());
    push_colour(&mut pen, 40, screen.bgcolor());
    pen
}

/// Adds a colour; `base` is 30 for text and 40 for the background.
fn push_colour(pen: &mut String, base: u8, colour: vt100::Color) {
    // Writing to a String cannot fail.
    let _ = match colour {
        vt100::Color::Default => Ok(()),
        vt100::Color::Idx(n @ 0..=7) => write!(pen, ";{}", base + n),
        vt100::Color::Idx(n @ 8..=15) => write!(pen, ";{}", base + 60 + n - 8),
        vt100::Color::Idx(n) => write!(pen, ";{}:5:{n}", base + 8),
        vt100::Color::Rgb(r, g, b) => write!(pen, ";{}:2::{r}:{g}:{b}", base + 8),
    };
}

/// The parameter of DECSCUSR.
pub(super) const fn cursor_style(style: vt100::CursorStyle) -> u8 {
    match style {
        vt100::CursorStyle::Default => 0,
        vt100::CursorStyle::BlinkBlock => 1,
        vt100::CursorStyle::SteadyBlock => 2,
        vt100::CursorStyle::BlinkUnderline => 3,
        vt100::CursorStyle::SteadyUnderline => 4,
        vt100::CursorStyle::BlinkVerticalBar => 5,
        vt100::CursorStyle::SteadyVerticalBar => 6,
    }
}

/// The byte that two hexadecimal digits stand for.
pub(super) fn hex_byte([high, low]: [u8; 2]) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|n| u8::try_from(n).ok());
    Some(digit(high)? * 16 + digit(low)?)
}

fn decoded(digits: &[u8]) -> Option<Vec<u8>> {
    let (pairs, odd) = digits.as_chunks::<2>();
    if odd.is_empty() { pairs.iter().copied().map(hex_byte).collect() } else { None }
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02X}")).collect()
}

/// Replies on their way to the program. Beyond [`Replies::MAX`] the newest are lost: a program that asks
/// without reading must not make the terminal grow.
#[derive(Debug, Default)]
pub(super) struct Replies {
    waiting: Vec<u8>,
}

impl Replies {
    /// Bytes that may wait.
    pub(super) const MAX: usize = 4 * 1024;

    /// Adds a whole reply, or nothing of it.
    pub(super) fn push(&mut self, reply: &[u8]) {
        if self.waiting.len() + reply.len() <= Self::MAX {
            self.waiting.extend_from_slice(reply);
        }
    }

    /// Takes all that wait.
    pub(super) fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.waiting)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capabilities_are_named_in_hexadecimal() {
        assert_eq!(capability(b"544E", "tmux"), "\x1bP1+r544E=746D7578\x1b\\");
        assert_eq!(capability(b"544e", "tmux"), "\x1bP1+r544E=746D7578\x1b\\");
        assert_eq!(capability(b"436F", "x"), "\x1bP1+r436F=323536\x1b\\");
        for unknown in [b"696E646E".as_slice(), b"54", b"5", b"", b"zz", b"\x1b["] {
            assert_eq!(capability(unknown, "x"), "\x1bP0+r\x1b\\");
        }
    }

    #[test]
    fn waiting_replies_are_bounded_and_whole() {
        let mut replies = Replies::default();
        for _ in 0..2000 {
            replies.push(PRIMARY_ATTRIBUTES.as_bytes());
        }
        let waiting = replies.take();
        assert!(waiting.len() <= Replies::MAX && waiting.len() > Replies::MAX - 10);
        assert!(waiting.ends_with(b"\x1b[?62;22c"));
        assert!(replies.take().is_empty());
    }

    #[test]
    fn colours_are_written_with_sixteen_bits() {
        let colour = Rgb(0x10, 0xff, 0x00);
        let reply = dynamic_colour(11, colour, Terminator::Bell);
        assert_eq!(reply, "\x1b]11;rgb:1010/ffff/0000\x07");
        let reply = indexed_colour(7, colour, Terminator::St);
        assert_eq!(reply, "\x1b]4;7;rgb:1010/ffff/0000\x1b\\");
    }
}
