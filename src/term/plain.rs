//! Foreign text made safe for one line of the dashboard.

/// `bytes` as one line of at most `max` characters: invalid UTF-8 replaced, and everything left out that
/// prints nothing or moves text around (controls, bidirectional and zero-width formatting, tag characters),
/// because a title or a path that contains these could imitate what it is not.
pub(super) fn line(bytes: &[u8], max: usize) -> String {
    let text = String::from_utf8_lossy(bytes);
    text.chars().filter(|&c| is_visible(c)).take(max).collect()
}

/// Whether a character of a label may be shown.
fn is_visible(c: char) -> bool {
    let formatting = matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}');
    !c.is_control() && !formatting
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_keep_text_and_lose_tricks() {
        let cases: [(&[u8], &str); 5] = [
            (b"vim README.md", "vim README.md"),
            (b"a\x1b[31mb\x07\n", "a[31mb"),
            ("safe\u{202e}gpj.exe".as_bytes(), "safegpj.exe"),
            (b"caf\xe9", "caf\u{fffd}"),
            ("日本\u{200b}語".as_bytes(), "日本語"),
        ];
        for (bytes, expected) in cases {
            assert_eq!(line(bytes, 80), expected);
        }
        assert_eq!(line(b"abcdef", 3), "abc");
    }
}
