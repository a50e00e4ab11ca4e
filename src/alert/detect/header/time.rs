//! Times and dates as loggers write them.

/// Whether a token is a time or a date: `12:34:56.789`, `2024-05-01T…Z`, `11-Mar-2024`, `8:15AM`,
/// `2024/05/01`, `01/May/2024:10:00:00`.
pub(super) fn is_time(token: &str) -> bool {
    let bytes = token.as_bytes();
    let is_clock =
        has(bytes, b':', 2) && !token.split(':').next().unwrap_or_default().contains('.');
    let is_date = has(bytes, b'-', 2) || has(bytes, b'/', 2) || is_named_date(token);
    let is_dotted = bytes.get(4) == Some(&b'.') && has(bytes, b'.', 2);
    let fits = |byte: u8| is_number_byte(byte) || byte.is_ascii_alphabetic();
    (is_clock || is_date || is_dotted)
        && bytes.first().is_some_and(u8::is_ascii_digit)
        && bytes.iter().all(|&byte| fits(byte))
}

/// Whether a token of digits only is a date because a time follows it (`240311 08:15:44`,
/// `081109 203615`), or is seconds or milliseconds since 1970, or ISO 8601's basic form
/// (`20240311T081542Z`).
pub(super) fn is_compact_date(token: &str, next: &str) -> bool {
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let whole = token.split('.').next().unwrap_or_default();
    let is_epoch = matches!(whole.len(), 10 | 13) && whole.starts_with('1') && is_digits(whole);
    let is_date = matches!(token.len(), 6 | 8) && is_digits(token);
    let (day, clock) = token.split_once('T').unwrap_or_default();
    let is_basic = day.len() == 8 && is_digits(day) && clock.len() >= 6 && is_time_tail(clock);
    is_epoch || is_basic || is_date && (is_time(next) || next.len() == 6 && is_digits(next))
}

/// Digits, a fraction and a zone, without colons.
fn is_time_tail(clock: &str) -> bool {
    clock.bytes().all(|b| b.is_ascii_digit() || b".,+-Z".contains(&b))
}

/// A byte of a number, a time or a process id.
pub(super) fn is_number_byte(byte: u8) -> bool {
    byte.is_ascii_digit() || b":-/.,+#xabcdef".contains(&byte)
}

/// Whether a digit, `separator` and `digits` digits stand together.
fn has(bytes: &[u8], separator: u8, digits: usize) -> bool {
    bytes.windows(digits + 2).any(|window| {
        window.get(1) == Some(&separator)
            && window.iter().enumerate().all(|(i, byte)| i == 1 || byte.is_ascii_digit())
    })
}

/// `11-Mar-2024`, `11/Mar/2024:08:15:42`.
fn is_named_date(token: &str) -> bool {
    let mut parts = token.split(['-', '/', ':']);
    let mut digits = |most: usize| {
        parts.next().is_some_and(|part| {
            (1..=most).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit())
        })
    };
    if !digits(2) {
        return false;
    }
    let mut parts = token.split(['-', '/', ':']).skip(1);
    let month =
        parts.next().is_some_and(|p| p.len() == 3 && p.bytes().all(|b| b.is_ascii_alphabetic()));
    let year = parts.next().is_some_and(|p| p.len() == 4 && p.bytes().all(|b| b.is_ascii_digit()));
    month && year
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_from_numbers() {
        for token in [
            "12:34:56.789",
            "2024-05-01T10:00:00Z",
            "11-Mar-2024",
            "11/Mar/2024:08:15:42",
            "8:15AM",
            "2024/05/01",
            "24/03/11",
            "2024.05.01",
            "08:15:42,118",
        ] {
            assert!(is_time(token), "{token}");
        }
        for token in ["", "812", "1.2.3", "3-errors", "10.0.0.5:80", "a:12", "11-Mar-x"] {
            assert!(!is_time(token), "{token}");
        }
        assert!(is_compact_date("081109", "203615") && is_compact_date("1710144942.118", ""));
        assert!(!is_compact_date("081109", "errors"));
    }
}
