//! From positions in a row's text to columns of its grid.

use std::ops::Range;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Columns that `text`, which starts at column 0 of a row and fits into it, takes in the grid.
///
/// Follows vt100: at most two columns a character, none for a combining mark, and a character made
/// wide by U+FE0F takes two.
pub(super) fn columns(text: &str) -> u16 {
    let mut columns = 0_u16;
    let mut base = 0;
    for (at, c) in text.char_indices() {
        let width = c.width().unwrap_or(0).min(2) as u16;
        if width > 0 {
            base = at;
        } else if c == '\u{fe0f}' {
            columns = columns.saturating_add(widening(text.get(base..at).unwrap_or_default()));
        }
        columns = columns.saturating_add(width);
    }
    columns
}

/// The columns that U+FE0F adds to the cell with these contents.
fn widening(contents: &str) -> u16 {
    let narrow = contents.chars().next().and_then(UnicodeWidthChar::width) == Some(1);
    u16::from(narrow && format!("{contents}\u{fe0f}").width() > 1)
}

/// The columns of `bytes`, a range of positions in `text`; cut to `text`.
pub(super) fn column_range(text: &str, bytes: Range<usize>) -> Range<u16> {
    let before = |byte| columns(text.get(..boundary(text, byte)).unwrap_or_default());
    let start = before(bytes.start);
    start..before(bytes.end).max(start)
}

/// The start of the character at `byte`, or the end of `text`.
fn boundary(text: &str, byte: usize) -> usize {
    let byte = byte.min(text.len());
    (0..=byte).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_takes_the_columns_of_its_cells() {
        let cases = [
            ("", 0),
            ("abc", 3),
            ("中a", 3),
            ("e\u{301}x", 2),
            ("❤\u{fe0f}x", 3),
            ("a\u{fe0f}x", 2),
            ("👍🏽", 4),
        ];
        for (text, expected) in cases {
            assert_eq!(columns(text), expected, "{text:?}");
        }
    }

    #[test]
    fn byte_ranges_become_column_ranges() {
        let text = "中 error é";
        let error = text.find("error").unwrap();
        assert_eq!(column_range(text, error..error + 5), 3..8);
        assert_eq!(column_range(text, 0..3), 0..2);
        assert_eq!(column_range(text, 1..400), 0..10, "cut to the text, rounded to characters");
        let backwards = Range { start: 9, end: 4 };
        assert_eq!(column_range(text, backwards), 8..8, "empty, like the range");
    }
}
