//! Which foreign characters may be shown, and what stands in for the others.
//!
//! Whatever is drawn must take exactly the columns that the grid says, on every terminal, and must
//! not change how its neighbours are drawn. Otherwise a program could push its text over the frame
//! of its pane, or reorder it.

use std::ops::RangeInclusive;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Stands in for what may not be shown: U+FFFD, the sign that Unicode defines for this.
const REPLACEMENT: &str = "\u{fffd}";

/// Combining marks shown on one character. Written languages need up to three; more climb out of
/// the row.
const MAX_MARKS: usize = 3;

/// Characters that are never shown, ascending: those without a glyph of their own (Unicode
/// `Default_Ignorable_Code_Point`, which has the bidi controls, joiners, variation selectors and
/// tag characters), line and paragraph separators, annotation and hieroglyph controls,
/// noncharacters.
const HIDDEN: [RangeInclusive<char>; 20] = [
    '\u{ad}'..='\u{ad}',
    '\u{34f}'..='\u{34f}',
    '\u{61c}'..='\u{61c}',
    '\u{115f}'..='\u{1160}',
    '\u{17b4}'..='\u{17b5}',
    '\u{180b}'..='\u{180f}',
    '\u{200b}'..='\u{200f}',
    '\u{2028}'..='\u{202e}',
    '\u{2060}'..='\u{206f}',
    '\u{3164}'..='\u{3164}',
    '\u{fdd0}'..='\u{fdef}',
    '\u{fe00}'..='\u{fe0f}',
    '\u{feff}'..='\u{feff}',
    '\u{ffa0}'..='\u{ffa0}',
    '\u{fff0}'..='\u{fffb}',
    '\u{fffe}'..='\u{ffff}',
    '\u{13430}'..='\u{1345f}',
    '\u{1bca0}'..='\u{1bca3}',
    '\u{1d173}'..='\u{1d17a}',
    '\u{e0000}'..='\u{e0fff}',
];

/// Skin tones. Some terminals melt them into the character before, others give them two columns.
const EMOJI_MODIFIERS: RangeInclusive<char> = '\u{1f3fb}'..='\u{1f3ff}';

/// Whether `c` may be shown: it has a glyph, and that glyph leaves its neighbours alone.
/// False for controls, bidi controls, joiners, variation selectors and tag characters.
#[must_use]
pub fn is_printable(c: char) -> bool {
    if c.is_ascii() {
        return !c.is_ascii_control();
    }
    let after = HIDDEN.partition_point(|range| *range.start() <= c);
    let hidden = after.checked_sub(1).and_then(|at| HIDDEN.get(at));
    !c.is_control() && !hidden.is_some_and(|range| range.contains(&c))
}

/// Foreign text (a title, a name, a line) made safe to show on one line: what may not be shown is
/// left out, and at most `max_chars` characters are kept.
#[must_use]
pub fn single_line(text: &str, max_chars: usize) -> String {
    text.chars().filter(|c| is_printable(*c)).take(max_chars).collect()
}

/// What is shown for the contents of one grid cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Glyph<'a> {
    pub(super) text: &'a str,
    /// Columns that `text` takes: 1 or 2, never more than the cell claims.
    pub(super) width: u8,
}

impl Glyph<'_> {
    pub(super) const BLANK: Glyph<'static> = Glyph { text: " ", width: 1 };
    const REPLACED: Glyph<'static> = Glyph { text: REPLACEMENT, width: 1 };
}

/// The glyph for `contents`, which claims two columns if `wide`, else one.
///
/// A wide cell whose text draws narrow without what had to be dropped (an emoji made wide by
/// U+FE0F) gets that narrow glyph, of width 1; the cell's other half is then shown blank.
pub(super) fn glyph(contents: &str, wide: bool) -> Glyph<'_> {
    let mut chars = contents.char_indices();
    let Some((_, base)) = chars.next() else { return Glyph::BLANK };
    if EMOJI_MODIFIERS.contains(&base) {
        return Glyph::BLANK;
    }
    if !is_printable(base) {
        return Glyph::REPLACED;
    }
    let is_mark = |c: char| c.width() == Some(0) && is_printable(c);
    let end = chars
        .take(MAX_MARKS)
        .take_while(|(_, c)| is_mark(*c))
        .last()
        .map_or(base.len_utf8(), |(at, c)| at + c.len_utf8());
    let text = contents.get(..end).unwrap_or(REPLACEMENT);
    match text.width() {
        1 => Glyph { text, width: 1 },
        2 if wide => Glyph { text, width: 2 },
        _ => Glyph::REPLACED,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_of_hidden_characters_ascend() {
        assert!(HIDDEN.windows(2).all(|pair| pair[0].end() < pair[1].start()));
    }

    #[test]
    fn tricks_are_not_printable() {
        let tricks = "\0\u{7}\u{1b}\u{7f}\u{85}\u{9b}\u{ad}\u{61c}\u{200b}\u{200d}\u{200e}\
                      \u{200f}\u{202a}\u{202e}\u{2066}\u{2069}\u{2028}\u{feff}\u{fe0f}\u{e0001}\u{e0041}\u{e0100}\u{fffb}\u{ffff}";
        for c in tricks.chars() {
            assert!(!is_printable(c), "U+{:04X}", u32::from(c));
        }
        for c in "a ~é中❤👍│\u{301}\u{e0b0}\u{fffd}\u{ac}\u{ae}\u{2010}\u{202f}".chars() {
            assert!(is_printable(c), "U+{:04X}", u32::from(c));
        }
    }

    #[test]
    fn a_glyph_is_as_wide_as_it_draws() {
        let narrow = |text| Glyph { text, width: 1 };
        let wide = |text| Glyph { text, width: 2 };
        let cases = [
            ("a", false, narrow("a")),
            ("", false, Glyph::BLANK),
            ("中", true, wide("中")),
            ("e\u{301}", false, narrow("e\u{301}")),
            ("e\u{301}\u{302}\u{303}\u{304}", false, narrow("e\u{301}\u{302}\u{303}")),
            ("e\u{202e}\u{301}", false, narrow("e")),
            ("❤\u{fe0f}", true, narrow("❤")),
            ("7\u{fe0f}\u{20e3}", true, narrow("7")),
            ("👍", true, wide("👍")),
            ("👨\u{200d}", true, wide("👨")),
            ("👍\u{fe0e}", true, wide("👍")),
            ("\u{1f3fd}", true, Glyph::BLANK),
            ("\u{115f}", true, Glyph::REPLACED),
            ("\u{17d8}", true, Glyph::REPLACED),
            ("\u{ffff}", false, Glyph::REPLACED),
            ("中", false, Glyph::REPLACED),
        ];
        for (contents, claims_two, expected) in cases {
            assert_eq!(glyph(contents, claims_two), expected, "{contents:?}");
        }
    }

    #[test]
    fn a_line_loses_what_may_not_be_shown() {
        assert_eq!(single_line("a\x1b]0;b\x07\n\u{202e}c", 80), "a]0;bc");
        assert_eq!(single_line("abcdef", 3), "abc");
    }
}
