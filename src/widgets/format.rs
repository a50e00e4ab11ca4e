//! Numbers, ages and names the way the screen shows them.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::time::Duration;

use ratatui::buffer::CellWidth;

/// Shown in place of a character that must not reach the terminal.
pub const PLACEHOLDER: char = '\u{FFFD}';

/// Combining marks that may stand on one base character; more would paint over other rows.
const MARKS_MAX: usize = 3;

/// `n` in at most four columns: `999`, `1.2k`, `34k`, `5.6M`, `7.8G`.
#[must_use]
pub fn count(n: u64) -> String {
    short(n, 1000, ["k", "M", "G", "T", "P", "E"])
}

/// `n` things, named by the word for one: `1 session`, `3 sessions`.
#[must_use]
pub fn things(n: usize, one: &str) -> String {
    let plural = if n == 1 { "" } else { "s" };
    format!("{n} {one}{plural}")
}

/// `n` bytes in at most five columns: `999B`, `1.2K`, `4.0M`, in powers of 1024.
#[must_use]
pub fn bytes(n: u64) -> String {
    if n < 1000 { format!("{n}B") } else { short(n, 1024, ["K", "M", "G", "T", "P", "E"]) }
}

/// Rounds down, so that a number never shows as more than it is.
fn short(n: u64, base: u64, units: [&str; 6]) -> String {
    if n < 1000 {
        return n.to_string();
    }
    let (mut unit, mut scale) = (0, base);
    while unit < 5 && n / scale >= 1000 {
        scale = scale.saturating_mul(base);
        unit += 1;
    }
    let tenths = u128::from(n) * 10 / u128::from(scale);
    match tenths {
        0..=99 => format!("{}.{}{}", tenths / 10, tenths % 10, units[unit]),
        _ => format!("{}{}", tenths / 10, units[unit]),
    }
}

/// A duration in its largest unit, rounded down: `4s`, `12m`, `3h`, `9d`.
#[must_use]
pub fn age(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match seconds {
        0..60 => format!("{seconds}s"),
        60..3600 => format!("{}m", seconds / 60),
        3600..86_400 => format!("{}h", seconds / 3600),
        _ => format!("{}d", seconds / 86_400),
    }
}

/// Whether a character says nothing by itself but changes how others are shown or where they
/// go: controls, bidi controls and the other default-ignorable characters of the Unicode
/// Character Database (`Default_Ignorable_Code_Point`), without the combining marks of scripts.
#[must_use]
pub fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}'..='\u{1160}'
            | '\u{17B4}'..='\u{17B5}' | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}'
            | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{3164}'
            | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}'
            | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}'
            | '\u{E0000}'..='\u{E0FFF}')
}

/// Columns a visible character takes: 0 for a combining mark, else 1 or 2. Uses the very table
/// that ratatui positions cells by.
#[must_use]
pub fn char_width(c: char) -> usize {
    match c {
        ' '..='~' => 1,
        c if is_hidden(c) => 0,
        c => usize::from(c.encode_utf8(&mut [0; 4]).cell_width()),
    }
}

/// Foreign text made safe to show: every hidden character becomes [`PLACEHOLDER`], except
/// variation selectors, which are dropped; combining marks without a base or above three on
/// one base are dropped. Line ends and tabs become spaces.
#[must_use]
pub fn shown(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|b| matches!(b, b' '..=b'~')) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len());
    let mut marks = MARKS_MAX;
    for c in text.chars() {
        match c {
            '\t' | '\n' | '\r' => (safe.push(' '), marks = 0).1,
            '\u{FE00}'..='\u{FE0F}' => {}
            c if is_hidden(c) => (safe.push(PLACEHOLDER), marks = MARKS_MAX).1,
            c if char_width(c) > 0 => (safe.push(c), marks = 0).1,
            c if marks < MARKS_MAX => (safe.push(c), marks += 1).1,
            _ => {}
        }
    }
    Cow::Owned(safe)
}

/// Foreign text with every character spelled out that could deceive a reader: all that is
/// hidden and all beyond ASCII become `\u{202e}`. For questions whose answer destroys something.
#[must_use]
pub fn spelled(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|b| matches!(b, b' '..=b'~')) {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, ' '..='~') {
            plain.push(c);
        } else {
            let _ = write!(plain, "{}", c.escape_unicode());
        }
    }
    Cow::Owned(plain)
}

/// Columns that `text` takes once it is [`shown`].
#[must_use]
pub fn width(text: &str) -> usize {
    shown(text).chars().map(char_width).sum()
}

/// `text` cut in its middle to at most `columns`, because names differ at their ends:
/// `api-gateway-prod-7` in 16 columns is `api-gate…-prod-7`. The result is [`shown`].
#[must_use]
pub fn middle(text: &str, columns: usize, ellipsis: char) -> Cow<'_, str> {
    let safe = shown(text);
    if safe.chars().map(char_width).sum::<usize>() <= columns {
        return safe;
    }
    let Some(room) = columns.checked_sub(1) else { return Cow::Borrowed("") };
    let head = prefix(&safe, room.div_ceil(2));
    let rest = room - head.chars().map(char_width).sum::<usize>();
    Cow::Owned(format!("{head}{ellipsis}{}", suffix(&safe, rest)))
}

/// `text` cut at its end to at most `columns`, for sentences. The result is [`shown`].
#[must_use]
pub fn end(text: &str, columns: usize, ellipsis: char) -> Cow<'_, str> {
    let safe = shown(text);
    if safe.chars().map(char_width).sum::<usize>() <= columns {
        return safe;
    }
    let Some(room) = columns.checked_sub(1) else { return Cow::Borrowed("") };
    Cow::Owned(format!("{}{ellipsis}", prefix(&safe, room).trim_end()))
}

/// `text` with spaces before it up to `columns`; longer text stays as it is.
#[must_use]
pub fn right(text: &str, columns: usize) -> String {
    let pad = columns.saturating_sub(width(text));
    format!("{:pad$}{text}", "")
}

/// `text` broken at blanks into at most `rows` lines of at most `columns`; a word longer than a
/// line is broken anywhere, and the last line ends in `ellipsis` when there is more.
#[must_use]
pub fn wrap(text: &str, columns: usize, rows: usize, ellipsis: char) -> Vec<String> {
    let safe = shown(text);
    let mut rest = safe.trim();
    let mut lines = Vec::new();
    while !rest.is_empty() && columns > 1 {
        if lines.len() + 1 >= rows {
            lines.push(end(rest, columns, ellipsis).into_owned());
            break;
        }
        let fits = prefix(rest, columns);
        let at_blank = rest[fits.len()..].is_empty() || rest[fits.len()..].starts_with(' ');
        let cut = if at_blank { fits.len() } else { fits.rfind(' ').unwrap_or(fits.len()) };
        lines.push(rest[..cut].trim_end().to_owned());
        rest = rest[cut..].trim_start();
    }
    lines
}

/// The longest start of `text` that takes at most `columns`.
fn prefix(text: &str, columns: usize) -> &str {
    let mut used = 0;
    let cut = text.char_indices().find(|&(_, c)| {
        used += char_width(c);
        used > columns
    });
    &text[..cut.map_or(text.len(), |(at, _)| at)]
}

/// The longest end of `text` that takes at most `columns` and starts with a base character.
fn suffix(text: &str, columns: usize) -> &str {
    let (mut used, mut start) = (0, text.len());
    for (at, c) in text.char_indices().rev() {
        used += char_width(c);
        if used > columns {
            break;
        }
        if char_width(c) > 0 {
            start = at;
        }
    }
    &text[start..]
}

#[cfg(test)]
mod tests;
