//! The names of keys: one table, read in both directions.

use std::fmt;

use super::key::{Key, KeyCode, MAX_FUNCTION_KEY, Modifiers};

/// Keys with a name: the canonical one first, then what else users write.
const NAMES: &[(KeyCode, &[&str])] = &[
    (KeyCode::Enter, &["Enter", "Return", "Ret", "CR"]),
    (KeyCode::Tab, &["Tab"]),
    (KeyCode::Backspace, &["Backspace", "BSpace", "BS"]),
    (KeyCode::Escape, &["Esc", "Escape"]),
    (KeyCode::Up, &["Up"]),
    (KeyCode::Down, &["Down"]),
    (KeyCode::Left, &["Left"]),
    (KeyCode::Right, &["Right"]),
    (KeyCode::Home, &["Home"]),
    (KeyCode::End, &["End"]),
    (KeyCode::PageUp, &["PgUp", "PageUp", "PPage"]),
    (KeyCode::PageDown, &["PgDn", "PageDown", "PgDown", "NPage"]),
    (KeyCode::Insert, &["Insert", "Ins", "IC"]),
    (KeyCode::Delete, &["Delete", "Del", "DC"]),
    (KeyCode::KeypadEnter, &["KPEnter"]),
    (KeyCode::Char(' '), &["Space", "Spc"]),
    (KeyCode::Char('-'), &["-", "Minus"]),
    (KeyCode::Char('+'), &["+", "Plus"]),
];

/// Keys whose name implies a modifier.
const WITH_MODIFIER: &[(&str, KeyCode, Modifiers)] = &[
    ("BTab", KeyCode::Tab, Modifiers::SHIFT),
    ("BackTab", KeyCode::Tab, Modifiers::SHIFT),
    ("Null", KeyCode::Char(' '), Modifiers::CTRL),
];

/// Modifier words, each followed by `-` or `+` in a key name.
const MODIFIERS: &[(&[&str], Modifiers)] = &[
    (&["C", "Ctrl", "Control"], Modifiers::CTRL),
    (&["M", "A", "Alt", "Meta", "Option"], Modifiers::ALT),
    (&["S", "Shift"], Modifiers::SHIFT),
];

/// The characters on the numeric keypad, named `KP7`, `KP*`.
const KEYPAD: &str = "0123456789+-*/.,=";

/// Why a text names no key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Nothing was written.
    #[error("a key name is missing; write a character, or a name such as Enter, PgUp, F5, C-x")]
    Empty,
    /// No key has this name.
    #[error("`{}` is not a key; {}", .name.escape_debug(), advice(.nearest.as_deref()))]
    Unknown {
        /// What was written.
        name: String,
        /// The key name that is most like it, if one is.
        nearest: Option<String>,
    },
}

fn advice(nearest: Option<&str>) -> String {
    nearest.map_or_else(
        || "write a character, or a name such as Enter, PgUp, F5 (to F63), C-x, M-Left".to_owned(),
        |name| format!("did you mean `{name}`?"),
    )
}

/// Writes the canonical name of `code`.
pub(super) fn write_name(code: KeyCode, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if let Some(name) = canonical(code) {
        return f.write_str(name);
    }
    match code {
        KeyCode::F(n) => write!(f, "F{n}"),
        KeyCode::Keypad(c) => write!(f, "KP{c}"),
        KeyCode::Char(c) => write!(f, "{c}"),
        // Every other code stands in the table; a test holds that true.
        _ => f.write_str("?"),
    }
}

fn canonical(code: KeyCode) -> Option<&'static str> {
    NAMES.iter().find(|(named, _)| *named == code).and_then(|(_, names)| names.first().copied())
}

/// Reads a key name; the result is normalized.
pub(super) fn parse(text: &str) -> Result<Key, KeyError> {
    if text.is_empty() {
        return Err(KeyError::Empty);
    }
    let (mods, name) = split_modifiers(text);
    let (code, implied) = code(name).ok_or_else(|| unknown(text, name))?;
    Ok(Key::new(code, mods.union(implied)))
}

/// Takes leading modifiers (`C-`, `alt+`, `^`) off `text`; the rest is never empty.
fn split_modifiers(text: &str) -> (Modifiers, &str) {
    if let Some(rest) = text.strip_prefix('^').filter(|rest| rest.chars().count() == 1) {
        return (Modifiers::CTRL, rest);
    }
    let mut mods = Modifiers::NONE;
    let mut rest = text;
    while let Some((modifier, tail)) = leading_modifier(rest) {
        mods = mods.union(modifier);
        rest = tail;
    }
    (mods, rest)
}

fn leading_modifier(text: &str) -> Option<(Modifiers, &str)> {
    let (word, tail) = text.split_once(['-', '+']).filter(|(_, tail)| !tail.is_empty())?;
    let (_, modifier) = MODIFIERS.iter().find(|(words, _)| is_any(words, word))?;
    Some((*modifier, tail))
}

fn is_any(names: &[&str], text: &str) -> bool {
    names.iter().any(|name| name.eq_ignore_ascii_case(text))
}

fn code(name: &str) -> Option<(KeyCode, Modifiers)> {
    if let Some(c) = only_char(name) {
        return (!c.is_control()).then_some((KeyCode::Char(c), Modifiers::NONE));
    }
    let plain = NAMES.iter().find(|(_, names)| is_any(names, name)).map(|(code, _)| *code);
    if let Some(code) = plain.or_else(|| function(name)).or_else(|| keypad(name)) {
        return Some((code, Modifiers::NONE));
    }
    let (_, code, mods) = WITH_MODIFIER.iter().find(|(n, ..)| n.eq_ignore_ascii_case(name))?;
    Some((*code, *mods))
}

fn only_char(text: &str) -> Option<char> {
    let mut chars = text.chars();
    chars.next().filter(|_| chars.next().is_none())
}

fn function(name: &str) -> Option<KeyCode> {
    let digits = name.strip_prefix(['F', 'f'])?;
    // `parse` would also take `+5` and `05`; a key has one spelling of its number.
    let plain = digits.bytes().all(|b| b.is_ascii_digit()) && !digits.starts_with('0');
    let n: u8 = digits.parse().ok().filter(|_| plain)?;
    (n <= MAX_FUNCTION_KEY).then_some(KeyCode::F(n))
}

fn keypad(name: &str) -> Option<KeyCode> {
    let prefix = name.get(..2).filter(|p| p.eq_ignore_ascii_case("KP"))?;
    only_char(name.get(prefix.len()..)?).filter(|c| KEYPAD.contains(*c)).map(KeyCode::Keypad)
}

fn unknown(text: &str, name: &str) -> KeyError {
    let prefix = text.strip_suffix(name).unwrap_or_default();
    let nearest = nearest(name).map(|near| format!("{prefix}{near}"));
    KeyError::Unknown { name: text.to_owned(), nearest }
}

/// The table's name that differs from `name` by at most two edits and is not all different.
fn nearest(name: &str) -> Option<&'static str> {
    let wanted = name.to_ascii_lowercase();
    let names = NAMES.iter().flat_map(|(_, names)| names.iter().copied());
    names
        .filter(|known| known.len() > 2)
        .map(|known| (strsim::damerau_levenshtein(&wanted, &known.to_ascii_lowercase()), known))
        .filter(|(edits, known)| *edits <= 2 && *edits < known.len() / 2 + 1)
        .min_by_key(|(edits, _)| *edits)
        .map(|(_, known)| known)
}
