//! A full-screen clock: stands in where no full-screen program is installed.

use std::fmt::Write as _;

use chrono::{DateTime, Utc};

use super::{Beat, Generator};
use crate::proto::Winsize;

/// Five rows of `#` and blanks for each of `0`–`9` and `:`.
const GLYPHS: [[&str; 5]; 11] = [
    ["####", "#  #", "#  #", "#  #", "####"],
    ["  # ", " ## ", "  # ", "  # ", " ###"],
    ["####", "   #", "####", "#   ", "####"],
    ["####", "   #", " ###", "   #", "####"],
    ["#  #", "#  #", "####", "   #", "   #"],
    ["####", "#   ", "####", "   #", "####"],
    ["####", "#   ", "####", "#  #", "####"],
    ["####", "   #", "  # ", " #  ", " #  "],
    ["####", "#  #", "####", "#  #", "####"],
    ["####", "#  #", "####", "   #", "####"],
    ["    ", " ## ", "    ", " ## ", "    "],
];

/// See the module. Asks `size` before each frame, so that it follows a resize.
pub struct Clock<S> {
    size: S,
    entered: bool,
}

impl<S: FnMut() -> Winsize> Clock<S> {
    /// A clock that fills the terminal `size` tells of.
    pub const fn new(size: S) -> Self {
        Self { size, entered: false }
    }
}

impl<S: FnMut() -> Winsize> Generator for Clock<S> {
    fn next(&mut self, now: DateTime<Utc>) -> Beat {
        let mut text = String::new();
        if !std::mem::replace(&mut self.entered, true) {
            // Alternate screen on, cursor off (xterm ctlseqs, DECSET 1049 and DECTCEM).
            text.push_str("\x1b[?1049h\x1b[?25l");
        }
        frame(&mut text, now, (self.size)());
        Beat::new(text, 1000 - u64::from(now.timestamp_subsec_millis()) % 1000)
    }
}

/// One whole frame, centred; in a terminal too small for the big digits one plain line.
fn frame(text: &mut String, now: DateTime<Utc>, size: Winsize) {
    let time = now.format("%H:%M:%S").to_string();
    let rows = big(&time);
    let width = rows.first().map_or(0, String::len);
    text.push_str("\x1b[H\x1b[2J");
    if usize::from(size.cols) < width || usize::from(size.rows) < rows.len() + 2 {
        text.push_str(&time);
        return;
    }
    let left = (usize::from(size.cols) - width) / 2 + 1;
    let top = (usize::from(size.rows) - rows.len() - 2) / 2 + 1;
    for (at, row) in rows.iter().enumerate() {
        let _ = write!(text, "\x1b[{};{left}H\x1b[36m{row}\x1b[0m", top + at);
    }
    let date = now.format("%A %d %B %Y UTC").to_string();
    let under = (usize::from(size.cols).saturating_sub(date.len())) / 2 + 1;
    let _ = write!(text, "\x1b[{};{under}H\x1b[2m{date}\x1b[0m", top + rows.len() + 1);
}

fn big(time: &str) -> [String; 5] {
    let mut rows: [String; 5] = Default::default();
    for glyph in time.chars().map(glyph) {
        for (row, part) in rows.iter_mut().zip(glyph) {
            row.push_str(part);
            row.push_str("  ");
        }
    }
    rows
}

fn glyph(c: char) -> &'static [&'static str; 5] {
    let [.., colon] = &GLYPHS;
    c.to_digit(10).and_then(|digit| GLYPHS.get(digit as usize)).unwrap_or(colon)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(size: Winsize) -> String {
        let now = DateTime::from_timestamp(1_700_000_000, 250_000_000).unwrap();
        let mut clock = Clock::new(move || size);
        let beat = clock.next(now);
        assert_eq!(beat.pause.as_millis(), 750, "the next frame comes with the next second");
        let frame = beat.text.strip_prefix("\x1b[?1049h\x1b[?25l\x1b[H\x1b[2J");
        frame.expect("enters the alternate screen, hides the cursor, clears").to_owned()
    }

    #[test]
    fn big_digits_where_they_fit_and_a_line_where_not() {
        let big = shown(Winsize::new(24, 80));
        assert!(big.contains("#### ") && big.contains("Tuesday 14 November 2023 UTC"), "{big:?}");
        assert!(big.starts_with("\x1b[9;17H"), "it is centred: {big:?}");
        for small in [Winsize::new(3, 20), Winsize::new(24, 47), Winsize::new(6, 80)] {
            assert_eq!(shown(small), "22:13:20", "{small}");
        }
    }
}
