//! Skipping the part of a flood that nobody can see.
//!
//! # Why the result equals a full parse
//!
//! A *run* holds only text, C0 controls, SGR and sequences that touch nothing but the cursor's row and
//! column. So the cursor never moves up, and each line feed either moves it down or, on the last row, scrolls
//! the whole screen (the caller makes sure that no region, origin mode or text mode is in force). Let a screen
//! have *r* rows and cut the run behind a CR LF such that at least *r* line feeds lie before the cut and at
//! least *r* behind it. Then:
//!
//! - at the cut the cursor is at the left of the last row, and that row has just been scrolled in: it is blank;
//! - every row above it leaves the screen while the rest is parsed, so what it holds cannot matter;
//! - what remains of the part before the cut is the pen, which the SGR sequences since its last reset give, and
//!   the character that REP would repeat, which the rest replaces if it prints anything.
//!
//! So the part before the cut may be replaced by: those SGR sequences, the cursor to the last row, a line feed.

use memchr::{memchr_iter, memmem, memrchr_iter};

/// Shorter runs are not worth the look. Tests look at nearly all, to meet the rare ones.
pub(super) const MIN_RUN: usize = if cfg!(test) { 32 } else { 1024 };

const ESC: u8 = 0x1b;
const LF: u8 = b'\n';

/// Where to cut a run on a screen of `rows` rows; `None` when nothing can be skipped.
pub(super) fn cut(run: &[u8], rows: u16) -> Option<usize> {
    let rows = usize::from(rows);
    let line_end = memrchr_iter(LF, run)
        .skip(rows)
        .find(|&lf| lf.checked_sub(1).and_then(|before| run.get(before)) == Some(&b'\r'))?;
    let (skipped, rest) = run.split_at_checked(line_end + 1)?;
    let scrolled = memchr_iter(LF, skipped).take(rows).count() == rows;
    (scrolled && prints(rest)).then_some(line_end + 1)
}

/// The SGR sequences of the skipped part that are still in force, joined.
pub(super) fn pen(skipped: &[u8]) -> Vec<u8> {
    let resets = [memmem::rfind(skipped, b"\x1b[m"), memmem::rfind(skipped, b"\x1b[0m")];
    let mut rest =
        resets.into_iter().flatten().max().and_then(|at| skipped.get(at..)).unwrap_or(skipped);
    let mut pen = Vec::new();
    while let Some((sequence, after)) = next_sequence(rest) {
        if sequence.last() == Some(&b'm') {
            pen.extend_from_slice(sequence);
        }
        rest = after;
    }
    pen
}

/// Whether a run prints at least one ASCII character outside of its sequences.
fn prints(run: &[u8]) -> bool {
    let mut rest = run;
    while let Some((&byte, after)) = rest.split_first() {
        match byte {
            0x20..=0x7e => return true,
            ESC => rest = next_sequence(rest).map_or(after, |(_, after)| after),
            _ => rest = after,
        }
    }
    false
}

/// The next CSI sequence of a run and what follows it. In a run every escape begins a whole CSI sequence.
fn next_sequence(run: &[u8]) -> Option<(&[u8], &[u8])> {
    let start = memchr::memchr(ESC, run)?;
    let sequence = run.get(start..)?;
    let last = sequence.iter().skip(2).position(|byte| (0x40..=0x7e).contains(byte))?;
    sequence.split_at_checked(last + 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(count: usize) -> Vec<u8> {
        (0..count).flat_map(|n| format!("line {n}\r\n").into_bytes()).collect()
    }

    #[test]
    fn a_cut_leaves_a_screenful_on_both_sides() {
        let run = lines(100);
        let at = cut(&run, 24).unwrap();
        assert_eq!(memchr_iter(LF, &run[at..]).count(), 24);
        assert_eq!(cut(&lines(47), 24), None, "one line feed too few");
        assert!(cut(&lines(48), 24).is_some());
    }

    #[test]
    fn a_cut_needs_a_carriage_return() {
        let bare: Vec<u8> = lines(100).into_iter().filter(|&b| b != b'\r').collect();
        assert_eq!(cut(&bare, 24), None);
    }

    #[test]
    fn a_rest_that_prints_nothing_is_not_cut_off() {
        let mut run = lines(60);
        run.extend_from_slice("\x1b[31m\r\n".repeat(24).as_bytes());
        assert_eq!(cut(&run, 24), None, "REP would repeat a character of the skipped part");
    }

    #[test]
    fn the_pen_is_what_the_last_reset_left() {
        let cases: [(&[u8], &[u8]); 5] = [
            (b"plain", b""),
            (b"\x1b[31ma\x1b[1mb", b"\x1b[31m\x1b[1m"),
            (b"\x1b[31ma\x1b[mb", b"\x1b[m"),
            (b"\x1b[31ma\x1b[0mb\x1b[32mc\x1b[K", b"\x1b[0m\x1b[32m"),
            (b"\x1b[m\x1b[0m\x1b[4mx", b"\x1b[0m\x1b[4m"),
        ];
        for (skipped, expected) in cases {
            assert_eq!(pen(skipped), expected);
        }
    }
}
