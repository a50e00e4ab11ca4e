//! Names of machines and sessions: labels that are safe in paths, arguments and on screen.

/// Longest name in bytes (all of them ASCII).
pub const MAX_NAME: usize = 64;

/// Why a text cannot be a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// No character at all.
    #[error("a name is empty; use 1 to 64 of A-Z a-z 0-9 . _ -")]
    Empty,
    /// More than [`MAX_NAME`] bytes.
    #[error("a name of {0} bytes is too long; use at most 64")]
    TooLong(usize),
    /// Would read as a directory.
    #[error("`.` and `..` are no names; they mean directories")]
    Dots,
    /// Would read as an option.
    #[error("a name may not start with `-`; programs would take it for an option")]
    LeadingDash,
    /// A character outside the set.
    #[error("{0:?} is not allowed in a name; use A-Z a-z 0-9 . _ -")]
    Character(char),
}

/// Checks that `name` is 1 to [`MAX_NAME`] of `A-Z a-z 0-9 . _ -`, is not `.` or `..`, and does
/// not start with `-`. So a name can neither leave a directory, nor pass for an option, nor hide
/// a control or look-alike character.
///
/// # Errors
/// Says what is wrong with the name. Length is judged first, so that a huge text is not scanned.
pub fn validate_name(name: &str) -> Result<(), NameError> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    match name {
        "" => Err(NameError::Empty),
        _ if name.len() > MAX_NAME => Err(NameError::TooLong(name.len())),
        "." | ".." => Err(NameError::Dots),
        _ if name.starts_with('-') => Err(NameError::LeadingDash),
        _ => name.chars().find(|c| !allowed(*c)).map_or(Ok(()), |c| Err(NameError::Character(c))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_pass() {
        for name in
            ["a", "7", "web-1", "Web_1.prod", "...", ".hidden", "_", "a..b", &"x".repeat(64)]
        {
            assert_eq!(validate_name(name), Ok(()), "{name}");
        }
    }

    #[test]
    fn hostile_names_are_refused_with_the_reason() {
        for (name, reason) in [
            ("", NameError::Empty),
            (".", NameError::Dots),
            ("..", NameError::Dots),
            ("-rf", NameError::LeadingDash),
            ("--", NameError::LeadingDash),
            ("/etc/passwd", NameError::Character('/')),
            ("../../x", NameError::Character('/')),
            ("a\\b", NameError::Character('\\')),
            ("a\0b", NameError::Character('\0')),
            ("a\nb", NameError::Character('\n')),
            ("a\x1b[2J", NameError::Character('\x1b')),
            ("a\u{9b}2J", NameError::Character('\u{9b}')),
            ("a\u{202e}b", NameError::Character('\u{202e}')),
            ("a\u{200b}b", NameError::Character('\u{200b}')),
            ("\u{430}dmin", NameError::Character('\u{430}')),
            ("a b", NameError::Character(' ')),
            ("a:b", NameError::Character(':')),
            ("a*", NameError::Character('*')),
            ("$(id)", NameError::Character('$')),
            ("~", NameError::Character('~')),
        ] {
            assert_eq!(validate_name(name), Err(reason), "{name:?}");
        }
        assert_eq!(validate_name(&"x".repeat(65)), Err(NameError::TooLong(65)));
        assert_eq!(validate_name(&"x".repeat(300)), Err(NameError::TooLong(300)));
    }

    #[test]
    fn a_message_shows_no_raw_control_character() {
        let message = NameError::Character('\u{202e}').to_string();
        assert!(message.is_ascii(), "{message}");
    }
}
