//! Keys as people name them: `C-/`, `M-x`, `S-F5`, `PgUp`. Terminals' bytes are `term::key`'s matter.

use std::fmt;
use std::str::FromStr;

use serde::de::{self, Deserialize, Deserializer, Visitor};
use serde::ser::{Serialize, Serializer};

pub use super::key_name::KeyError;
use super::key_name::{parse, write_name};

/// The highest function key that has a name (terminfo ends at `kf63`).
pub const MAX_FUNCTION_KEY: u8 = 63;

/// Shift, Alt and Ctrl, held while a key is pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Modifiers {
    /// Shift.
    pub shift: bool,
    /// Alt (Meta, Option).
    pub alt: bool,
    /// Ctrl.
    pub ctrl: bool,
}

impl Modifiers {
    /// No modifier.
    pub const NONE: Self = Self { shift: false, alt: false, ctrl: false };
    /// Shift alone.
    pub const SHIFT: Self = Self { shift: true, ..Self::NONE };
    /// Alt alone.
    pub const ALT: Self = Self { alt: true, ..Self::NONE };
    /// Ctrl alone.
    pub const CTRL: Self = Self { ctrl: true, ..Self::NONE };

    /// What is held in either.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self {
            shift: self.shift || other.shift,
            alt: self.alt || other.alt,
            ctrl: self.ctrl || other.ctrl,
        }
    }

    /// Whether nothing is held.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        !self.shift && !self.alt && !self.ctrl
    }
}

/// A key without its modifiers. Shift-Tab is [`KeyCode::Tab`] with Shift; NUL is Ctrl-Space.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyCode {
    /// A key that types this character.
    Char(char),
    /// Enter, Return.
    Enter,
    /// Tab.
    Tab,
    /// Backspace.
    Backspace,
    /// Escape.
    Escape,
    /// Cursor up.
    Up,
    /// Cursor down.
    Down,
    /// Cursor left.
    Left,
    /// Cursor right.
    Right,
    /// Home.
    Home,
    /// End.
    End,
    /// Page up.
    PageUp,
    /// Page down.
    PageDown,
    /// Insert.
    Insert,
    /// Delete.
    Delete,
    /// A function key, 1 to [`MAX_FUNCTION_KEY`].
    F(u8),
    /// A key of the numeric keypad: one of `0123456789+-*/.,=`.
    Keypad(char),
    /// Enter on the numeric keypad.
    KeypadEnter,
}

/// One key press. Two presses that a terminal cannot tell apart are equal once [normalized].
///
/// [normalized]: Key::normalized
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// Which key.
    pub code: KeyCode,
    /// What is held with it.
    pub mods: Modifiers,
}

impl Key {
    /// `code` with `mods`, normalized.
    #[must_use]
    pub fn new(code: KeyCode, mods: Modifiers) -> Self {
        Self { code, mods }.normalized()
    }

    /// The one form that stands for this press.
    ///
    /// - A control character becomes the key that types it (`\t` is Tab, `\x01` is `C-a`).
    /// - Shift is part of a character (`S-a` is `A`, `S-!` is `!`), except that Ctrl folds
    ///   letters to lower case, because terminals send the same byte for both.
    /// - Ctrl with a digit or symbol takes the name of its control byte: `C-@` and `C-2` are
    ///   `C-Space`, `C-4` is `C-\`, `C-5` is `C-]`, `C-6` is `C-^`, `C-7` and `C-_` are `C-/`;
    ///   `C-i` is Tab, `C-m` Enter, `C-[` and `C-3` Esc, `C-?` and `C-8` Backspace. Terminal
    ///   libraries disagree on these names; what is read and what is configured must still meet.
    #[must_use]
    pub fn normalized(self) -> Self {
        match self.code {
            KeyCode::Char(c) if c.is_ascii_control() => control(c, self.mods),
            KeyCode::Char(c) if self.mods.ctrl => ctrl_character(c, self.mods),
            KeyCode::Char(c) => {
                let c = if self.mods.shift { upper(c) } else { c };
                Self { code: KeyCode::Char(c), mods: Modifiers { shift: false, ..self.mods } }
            }
            _ => self,
        }
    }
}

impl From<KeyCode> for Key {
    fn from(code: KeyCode) -> Self {
        Self::new(code, Modifiers::NONE)
    }
}

/// The key that types the ASCII control character `c`.
fn control(c: char, mods: Modifiers) -> Key {
    // Caret notation: the control byte is the character's low five bits, DEL is `^?`.
    let c = if c == '\x7f' { '?' } else { char::from(c as u8 | 0x40) };
    ctrl_character(c, mods.union(Modifiers::CTRL))
}

fn ctrl_character(c: char, mods: Modifiers) -> Key {
    let named = |code| Key { code, mods: Modifiers { ctrl: false, shift: false, ..mods } };
    let c = match c.to_ascii_lowercase() {
        'i' => return named(KeyCode::Tab),
        'm' => return named(KeyCode::Enter),
        '[' | '3' => return named(KeyCode::Escape),
        '?' | '8' => return named(KeyCode::Backspace),
        '@' | '2' => ' ',
        '4' => '\\',
        '5' => ']',
        '6' => '^',
        '7' | '_' => '/',
        lower => lower,
    };
    let shift = mods.shift && c.is_ascii_alphabetic();
    Key { code: KeyCode::Char(c), mods: Modifiers { shift, ..mods } }
}

/// The upper case of `c` where that is a single character, else `c`.
fn upper(c: char) -> char {
    let mut upper = c.to_uppercase();
    match (upper.next(), upper.next()) {
        (Some(only), None) => only,
        _ => c,
    }
}

/// One canonical name: modifiers as `C-`, `M-`, `S-` in this order, then the key.
impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = self.normalized();
        for (held, prefix) in [(key.mods.ctrl, "C-"), (key.mods.alt, "M-"), (key.mods.shift, "S-")]
        {
            if held {
                f.write_str(prefix)?;
            }
        }
        write_name(key.code, f)
    }
}

/// Reads the names of tmux (`C-x`, `M-Left`, `^]`) and of helix and others (`ctrl+]`,
/// `alt-left`, `A-ret`); the result is normalized.
impl FromStr for Key {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse(text)
    }
}

impl Serialize for Key {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct KeyVisitor;
        impl Visitor<'_> for KeyVisitor {
            type Value = Key;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key name such as \"C-x\" or \"PgUp\"")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Key, E> {
                text.parse().map_err(E::custom)
            }
        }
        deserializer.deserialize_str(KeyVisitor)
    }
}

#[cfg(test)]
#[path = "key_tests.rs"]
pub(crate) mod tests;
