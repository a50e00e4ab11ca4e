//! Colours of marks, which user rules name.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The 16 colours that every terminal has (ECMA-48 8.3.117 and the bright ones of aixterm), by
/// their palette index.
const NAMES: [&str; 16] = [
    "black",
    "red",
    "green",
    "yellow",
    "blue",
    "magenta",
    "cyan",
    "white",
    "bright-black",
    "bright-red",
    "bright-green",
    "bright-yellow",
    "bright-blue",
    "bright-magenta",
    "bright-cyan",
    "bright-white",
];
/// Other words for the palette's greys.
const GREYS: [(&str, u8); 2] = [("gray", 8), ("grey", 8)];

/// The colour that a rule gives its marks. Written as a name (`magenta`, `bright-red`), a number of
/// the 256-colour palette (`208`) or `#rrggbb`; the same text is its form in JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum MarkColor {
    /// An entry of the palette; the first 16 have names.
    Indexed(u8),
    /// Red, green, blue.
    Rgb(u8, u8, u8),
}

/// Text that is no [`MarkColor`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no colour; write a name like `magenta` or `bright-red`, 0 to 255, or `#rrggbb`")]
pub struct ColorError(String);

impl FromStr for MarkColor {
    type Err = ColorError;

    fn from_str(text: &str) -> Result<Self, ColorError> {
        let word = text.trim().to_ascii_lowercase().replace([' ', '_'], "-");
        let color = match word.strip_prefix('#') {
            Some(digits) => rgb(digits),
            None => named(&word).or_else(|| word.parse().ok()).map(Self::Indexed),
        };
        color.ok_or_else(|| ColorError(text.to_owned()))
    }
}

fn rgb(digits: &str) -> Option<MarkColor> {
    let is_hex = digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    let number = u32::from_str_radix(digits, 16).ok().filter(|_| is_hex)?;
    let [_, red, green, blue] = number.to_be_bytes();
    Some(MarkColor::Rgb(red, green, blue))
}

fn named(word: &str) -> Option<u8> {
    let known = NAMES.into_iter().zip(0..).chain(GREYS);
    known.into_iter().find_map(|(name, index)| (name == word).then_some(index))
}

impl fmt::Display for MarkColor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Indexed(index) => match NAMES.get(usize::from(index)) {
                Some(name) => f.write_str(name),
                None => write!(f, "{index}"),
            },
            Self::Rgb(red, green, blue) => write!(f, "#{red:02x}{green:02x}{blue:02x}"),
        }
    }
}

impl TryFrom<String> for MarkColor {
    type Error = ColorError;

    fn try_from(text: String) -> Result<Self, ColorError> {
        text.parse()
    }
}

impl From<MarkColor> for String {
    fn from(color: MarkColor) -> Self {
        color.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_read_as_people_write_them() {
        for (text, color) in [
            ("magenta", MarkColor::Indexed(5)),
            ("Bright Red", MarkColor::Indexed(9)),
            ("bright_white", MarkColor::Indexed(15)),
            ("grey", MarkColor::Indexed(8)),
            ("208", MarkColor::Indexed(208)),
            ("#Ff8000", MarkColor::Rgb(255, 128, 0)),
        ] {
            assert_eq!(text.parse(), Ok(color), "{text}");
        }
        for wrong in ["", "#", "#fff", "#+12345", "#ff80000", "256", "-1", "mauve", "#ff80é"] {
            assert_eq!(wrong.parse::<MarkColor>(), Err(ColorError(wrong.to_owned())));
        }
    }

    #[test]
    fn every_colour_is_read_as_it_is_written() {
        let indexed = (0..=255).map(MarkColor::Indexed);
        for color in indexed.chain([MarkColor::Rgb(0, 1, 2), MarkColor::Rgb(255, 254, 253)]) {
            assert_eq!(color.to_string().parse(), Ok(color));
        }
    }
}
