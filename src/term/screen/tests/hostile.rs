//! Strings without an end, floods of nothing, absurd sizes.

use super::{fed, text};
use crate::proto::Winsize;
use crate::term::{Screen, ScreenOptions};

/// Larger than every cap, small enough for a debug build.
const MUCH: usize = 1 << 20;

#[test]
fn text_after_a_string_without_an_end_is_right() {
    let ends = [("\x18", "CAN"), ("\x1a", "SUB"), ("\x1b\\", "ST"), ("\x1b[m", "a sequence")];
    for introducer in
        ["\x1b]", "\x1b]2;", "\x1b]52;c;", "\x1b]8;;", "\x1bP", "\x1b_", "\x1b^", "\x1bX"]
    {
        for (end, name) in ends {
            let mut screen = fed(4, 10, introducer);
            screen.feed(&vec![b'A'; MUCH]);
            screen.feed(format!("{end}after").as_bytes());
            assert_eq!(text(&screen), "after", "{} ended by {name}", introducer.escape_debug());
        }
    }
}

#[test]
fn an_oversized_string_ends_at_a_line_feed() {
    for introducer in ["\x1b]2;", "\x1bP+q", "\x1b_", "\x1bk"] {
        let mut screen = fed(4, 10, introducer);
        screen.feed(&vec![b'A'; MUCH]);
        screen.feed(b"\r\nafter");
        assert_eq!(text(&screen), "|after", "{}", introducer.escape_debug());
        assert_eq!(screen.title(), "");
    }
    let mut sixel = fed(4, 10, "\x1bP0;1q");
    sixel.feed(&vec![b'~'; MUCH]);
    sixel.feed(b"\n-\n~~\x1b\\after");
    assert_eq!(text(&sixel), "after", "a picture may hold line feeds");
}

#[test]
fn a_control_sequence_without_an_end() {
    let mut screen = fed(4, 10, "\x1b[");
    screen.feed(&vec![b'1'; MUCH]);
    screen.feed(b"mafter");
    assert_eq!(text(&screen), "after");
    let mut screen = fed(4, 10, "\x1b[");
    screen.feed(&vec![b';'; MUCH]);
    screen.feed(b"\x1b[2Cafter");
    assert_eq!(text(&screen), "  after");
}

#[test]
fn a_line_without_an_end() {
    let mut screen = Screen::new(Winsize::new(4, 10), ScreenOptions::default());
    for _ in 0..16 {
        screen.feed(&[b'x'; 65_536]);
    }
    screen.feed(b"\r\nafter");
    assert!(text(&screen).ends_with("|after"));
}

#[test]
fn sizes_are_brought_within_bounds() {
    let sizes = [(0, 0), (1, 1), (u16::MAX, u16::MAX), (2, 5), (500, 1000)];
    let mut screen = Screen::new(Winsize::new(0, 0), ScreenOptions::default());
    for (rows, cols) in sizes {
        screen.resize(Winsize::new(rows, cols));
        screen.feed("語\u{fe0f}7\u{fe0f}\u{301}ab\r\n".as_bytes());
        assert_eq!(screen.size(), Winsize::new(rows, cols).clamped());
    }
    assert_eq!(screen.resets(), 0);
}

/// Inputs on which vt100 0.18.1 alone panics, at the smallest sizes that a Screen may have.
#[test]
fn known_faults_of_the_crate_are_out_of_reach() {
    let inputs = [
        "aa\n\u{2764}\u{fe0f}\x1b[Ma",
        "H\n\u{2764}\u{fe0f}\x1b8語",
        "7\u{fe0f}",
        "7\u{fe0f}\u{301}",
        "8\u{fe0f}\x1b[@",
        "abcd\u{2764}\u{fe0f}\u{2764}\u{fe0f}\x1b[D\x1b[@\x1b[P語",
    ];
    for input in inputs {
        for cols in 5..9 {
            for lead in 0..8 {
                let mut screen = fed(2, cols, " ".repeat(lead));
                screen.feed(input.repeat(3).as_bytes());
                screen.resize(Winsize::new(2, cols - 1));
                screen.feed(input.as_bytes());
                assert_eq!(screen.resets(), 0, "{} on {cols} columns", input.escape_debug());
            }
        }
    }
}
