//! Keys to bytes, as the terminfo entry that the program's TERM names has them.
//!
//! Sources: terminfo(5) of ncurses 6.4 (`tests/keys_terminfo.rs` compares with `infocmp`), and
//! xterm ctlseqs, "PC-Style Function Keys", "VT220-Style Function Keys", "Alt and Meta Keys".

use std::fmt;
use std::str::FromStr;

use crate::proto::key::{Key, KeyCode, MAX_FUNCTION_KEY, Modifiers};

use super::Modes;

const ESC: u8 = 0x1b;

/// The terminals that a session's TERM can name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Terminal {
    /// `tmux-256color`: closest to what the emulator does.
    #[default]
    Tmux256,
    /// `screen-256color`: the same without italics, for machines with an older terminfo.
    Screen256,
    /// `xterm-256color`: only where a program insists; claims features the emulator lacks.
    Xterm256,
}

impl Terminal {
    /// Every terminal, best first.
    pub const ALL: [Self; 3] = [Self::Tmux256, Self::Screen256, Self::Xterm256];

    /// The value of TERM.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Tmux256 => "tmux-256color",
            Self::Screen256 => "screen-256color",
            Self::Xterm256 => "xterm-256color",
        }
    }
}

impl fmt::Display for Terminal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A TERM that is not offered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{}` is no terminal we can be; use tmux-256color, screen-256color or xterm-256color",
    .0.escape_debug()
)]
pub struct UnknownTerminal(
    /// What was asked for.
    pub String,
);

impl FromStr for Terminal {
    type Err = UnknownTerminal;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|terminal| terminal.name() == name);
        found.ok_or_else(|| UnknownTerminal(name.to_owned()))
    }
}

/// The bytes a program under `term`, in `modes`, reads for `key`.
///
/// Never empty for a key that has a name ([`Key`]'s `Display` reads back); empty for anything
/// else, such as `F(0)` or a C1 control character.
#[must_use]
pub fn encode(key: &Key, modes: &Modes, term: Terminal) -> Vec<u8> {
    let Key { code, mods } = key.normalized();
    match code {
        KeyCode::Char(c) => character(c, mods),
        KeyCode::Enter => with_alt(b"\r", mods),
        KeyCode::Tab if mods.shift => with_alt(b"\x1b[Z", mods),
        KeyCode::Tab => with_alt(b"\t", mods),
        KeyCode::Backspace if mods.ctrl => with_alt(b"\x08", mods),
        KeyCode::Backspace => with_alt(b"\x7f", mods),
        KeyCode::Escape => with_alt(b"\x1b", mods),
        KeyCode::Up => cursor(b'A', mods, modes),
        KeyCode::Down => cursor(b'B', mods, modes),
        KeyCode::Right => cursor(b'C', mods, modes),
        KeyCode::Left => cursor(b'D', mods, modes),
        KeyCode::Home => home_or_end(b'H', 1, mods, modes, term),
        KeyCode::End => home_or_end(b'F', 4, mods, modes, term),
        KeyCode::Insert => editing(2, mods),
        KeyCode::Delete => editing(3, mods),
        KeyCode::PageUp => editing(5, mods),
        KeyCode::PageDown => editing(6, mods),
        KeyCode::F(n) => function(n, mods),
        KeyCode::Keypad(c) => keypad(c, mods, modes),
        KeyCode::KeypadEnter => keypad('\r', mods, modes),
    }
}

/// Alt sends ESC first (xterm's `altSendsEscape`, what readline and vim read as Meta).
fn with_alt(bytes: &[u8], mods: Modifiers) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() + 1);
    if mods.alt {
        out.push(ESC);
    }
    out.extend_from_slice(bytes);
    out
}

fn character(c: char, mods: Modifiers) -> Vec<u8> {
    if let Some(control) = control_byte(c).filter(|_| mods.ctrl) {
        return with_alt(&[control], mods);
    }
    if c.is_control() {
        return Vec::new();
    }
    with_alt(c.encode_utf8(&mut [0; 4]).as_bytes(), mods)
}

/// What Ctrl makes of `c`: `XLookupString`'s rule, and caret notation's `^?` for DEL. Other
/// characters (`1`, `9`, `é`) have no control byte and are sent as they are, as xterm does.
fn control_byte(c: char) -> Option<u8> {
    let c = u8::try_from(c).ok()?;
    match c {
        b'@'..=b'~' | b' ' => Some(c & 0x1f),
        b'2' => Some(0),
        b'3'..=b'7' => Some(c - b'3' + ESC),
        b'/' => Some(0x1f),
        b'8' | b'?' => Some(0x7f),
        _ => None,
    }
}

/// xterm's modifier parameter: 1 plus Shift 1, Alt 2, Ctrl 4.
fn modifier(mods: Modifiers) -> u8 {
    1 + u8::from(mods.shift) + 2 * u8::from(mods.alt) + 4 * u8::from(mods.ctrl)
}

fn ss3(last: u8) -> Vec<u8> {
    vec![ESC, b'O', last]
}

/// `CSI 1 ; m last`: a key that is one letter when no modifier is held.
fn modified(last: u8, mods: Modifiers) -> Vec<u8> {
    format!("\x1b[1;{}{}", modifier(mods), char::from(last)).into_bytes()
}

fn cursor(last: u8, mods: Modifiers, modes: &Modes) -> Vec<u8> {
    match (mods.is_empty(), modes.application_cursor) {
        (false, _) => modified(last, mods),
        (true, true) => ss3(last),
        (true, false) => vec![ESC, b'[', last],
    }
}

/// Without modifiers tmux and screen send VT220's numbers, in every cursor mode.
fn home_or_end(last: u8, number: u8, mods: Modifiers, modes: &Modes, term: Terminal) -> Vec<u8> {
    match term {
        Terminal::Tmux256 | Terminal::Screen256 if mods.is_empty() => editing(number, mods),
        Terminal::Tmux256 | Terminal::Screen256 | Terminal::Xterm256 => cursor(last, mods, modes),
    }
}

/// `CSI number ~`, `CSI number ; m ~`: VT220's editing and function keys.
fn editing(number: u8, mods: Modifiers) -> Vec<u8> {
    if mods.is_empty() {
        return format!("\x1b[{number}~").into_bytes();
    }
    format!("\x1b[{number};{}~", modifier(mods)).into_bytes()
}

/// terminfo's `kf13` to `kf63` are F1 to F12 again with Shift, Ctrl, Ctrl-Shift, Alt, Alt-Shift.
fn function(n: u8, mods: Modifiers) -> Vec<u8> {
    const ROUNDS: [Modifiers; 6] = [
        Modifiers::NONE,
        Modifiers::SHIFT,
        Modifiers::CTRL,
        Modifiers::CTRL.union(Modifiers::SHIFT),
        Modifiers::ALT,
        Modifiers::ALT.union(Modifiers::SHIFT),
    ];
    let Some(index) = n.checked_sub(1).filter(|_| n <= MAX_FUNCTION_KEY) else {
        return Vec::new();
    };
    let implied = ROUNDS.get(usize::from(index / 12)).copied().unwrap_or_default();
    let mods = mods.union(implied);
    match index % 12 {
        letter @ 0..=3 if mods.is_empty() => ss3(b'P' + letter),
        letter @ 0..=3 => modified(b'P' + letter, mods),
        // VT220 left gaps in the numbering: 16 and 22 are no keys.
        4 => editing(15, mods),
        number @ 5..=9 => editing(12 + number, mods),
        number => editing(13 + number, mods),
    }
}

/// The keypad in application mode (DECKPAM) sends SS3 and a letter, else what is printed on it.
fn keypad(c: char, mods: Modifiers, modes: &Modes) -> Vec<u8> {
    let last = match c {
        '0'..='9' => b'p' + (c as u8 - b'0'),
        '*'..='/' => b'j' + (c as u8 - b'*'),
        '=' => b'X',
        '\r' => b'M',
        _ => return Vec::new(),
    };
    if modes.application_keypad {
        return with_alt(&ss3(last), mods);
    }
    with_alt(&[c as u8], mods)
}

#[cfg(test)]
#[path = "key_tests.rs"]
mod tests;
