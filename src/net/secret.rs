//! A token, as long as this program holds one.

use std::fmt;

/// The variable that holds the token for every machine that has none of its own. Also the beginning
/// of those for one machine.
pub const TOKEN_VARIABLE: &str = "WATCHDECK_TOKEN";

/// Longest token that is taken, in bytes.
const MAX: usize = 512;

/// A token. It is never printed: not by `Debug`, and it has no `Display`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

/// Why a text is no token. The text is not repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not a token: a token is one word of printable ASCII characters, at most 512")]
pub struct NotAToken;

impl Secret {
    /// Takes the text of a token file, of a variable or of a line: blanks around it do not count.
    ///
    /// # Errors
    /// It is empty, too long, or holds what an HTTP header cannot carry.
    pub fn new(text: &str) -> Result<Self, NotAToken> {
        let token = text.trim();
        let good = (1..=MAX).contains(&token.len()) && token.bytes().all(|b| b.is_ascii_graphic());
        if good { Ok(Self(token.to_owned())) } else { Err(NotAToken) }
    }

    /// The token itself, for the one place that sends it.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

/// The variable that holds the token for `machine`: its name in upper case, every other sign than a
/// letter or digit as `_`.
#[must_use]
pub fn token_variable(machine: &str) -> String {
    let sign = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' };
    format!("{TOKEN_VARIABLE}_{}", machine.chars().map(sign).collect::<String>())
}

/// Names of variables in this process that hold tokens: no child may inherit them.
pub fn token_variables() -> impl Iterator<Item = std::ffi::OsString> {
    std::env::vars_os()
        .map(|(name, _)| name)
        .filter(|name| name.as_encoded_bytes().starts_with(TOKEN_VARIABLE.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_one_word_and_never_shown() {
        let secret = Secret::new(" wdt_abc\n").unwrap();
        assert_eq!(secret.reveal(), "wdt_abc");
        assert_eq!(format!("{secret:?}"), "[secret]");
        let long = "x".repeat(MAX + 1);
        for text in ["", " \n", "two words", "a\r\nHost: x", "ü", "a\0", &long] {
            assert_eq!(Secret::new(text), Err(NotAToken));
        }
    }

    #[test]
    fn variables_are_named_after_machines() {
        assert_eq!(token_variable("db-1.example"), "WATCHDECK_TOKEN_DB_1_EXAMPLE");
    }
}
