//! Program output at any cuts and any sizes: the same picture, one answer per query, no panic.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use regex::bytes::Regex;
use watchdeck::proto::Winsize;
use watchdeck::term::{Screen, ScreenOptions, View};
use watchdeck_fuzz::Chance;

/// Every answer that an emulator may give. No byte of it is text that a program chose, besides the
/// names of capabilities in hexadecimal digits.
static ANSWERS: LazyLock<Regex> = LazyLock::new(|| {
    let answers = [
        r"\x1b\[[?>]?[0-9;]+c",                                 // DA1, DA2
        r"\x1b\[\??[0-9]+n",                                    // DSR
        r"\x1b\[\??[0-9]+;[0-9]+R",                             // CPR, DECXCPR
        r"\x1b\[\??[0-9]+;[0-4]\$y",                            // DECRPM
        r"\x1b\[8;[0-9]+;[0-9]+t",                              // XTWINOPS 18
        r"\x1b\[\?[0-9]+u",                                     // kitty keyboard flags
        r"\x1b\](4;[0-9]+|1[0-2]);rgb:[0-9a-f/]+(\x07|\x1b\\)", // OSC 4, 10, 11, 12
        r"\x1bP[01]\$r[0-9:; mq]*\x1b\\",                       // DECRPSS
        r"\x1bP[01]\+r([0-9A-Fa-f]+=[0-9A-Fa-f]+)?\x1b\\",      // XTGETTCAP
        r"\x1bP>\|watchdeck\([0-9.]+\)\x1b\\",                  // XTVERSION
    ];
    Regex::new(&format!("^({})*$", answers.join("|"))).expect("the grammar is a regex")
});

fuzz_target!(|data: &[u8]| {
    let Some((mut chance, output)) = Chance::from(data) else { return };
    let size = small_size(&mut chance);
    let mut whole = screen(size, true);
    whole.feed(output);
    let mut slow = screen(size, false);
    slow.feed(output);
    let mut pieces = screen(size, true);
    let mut rest = output;
    while !rest.is_empty() {
        pieces.feed(chance.cut(&mut rest));
    }
    let whole = seen(whole);
    assert_same(&whole, &seen(slow), "fast-forward changed the picture");
    assert_same(&whole, &seen(pieces), "a cut changed the picture");
    with_resizes(&mut chance, size, output);
});

fn screen(size: Winsize, fast_forward: bool) -> Screen {
    Screen::new(size, ScreenOptions { fast_forward, ..ScreenOptions::default() })
}

fn small_size(chance: &mut Chance) -> Winsize {
    Winsize::new(chance.below(12) as u16, chance.below(24) as u16)
}

/// What can be seen of a screen.
struct Seen {
    view: View,
    aside: String,
}

fn seen(mut screen: Screen) -> Seen {
    check(&mut screen);
    let aside = format!(
        "{:?} {:?} {:?} {:?} {:?}",
        screen.cursor(),
        screen.modes(),
        screen.title(),
        screen.synchronized(),
        screen.take_notices(),
    );
    Seen { view: View::of(&screen, 0), aside }
}

fn assert_same(a: &Seen, b: &Seen, fault: &str) {
    assert_eq!(a.aside, b.aside, "{fault}");
    let rows = |seen: &Seen| seen.view.text_rows().collect::<Vec<_>>();
    assert!(a.view.is_same(&b.view), "{fault}: {:#?} {:#?}", rows(a), rows(b));
}

fn check(screen: &mut Screen) {
    let size = screen.size();
    let (row, col) = screen.cursor();
    assert!(size == size.clamped() && row < size.rows && col <= size.cols, "{size} {row} {col}");
    assert_eq!(screen.resets(), 0, "the emulator panicked");
    let replies = screen.take_replies();
    assert!(replies.len() <= 4096, "{} bytes of replies", replies.len());
    assert!(ANSWERS.is_match(&replies), "{}", replies.escape_ascii());
}

fn with_resizes(chance: &mut Chance, size: Winsize, output: &[u8]) {
    let mut screen = screen(size, true);
    let mut rest = output;
    while !rest.is_empty() {
        screen.feed(chance.cut(&mut rest));
        if chance.below(3) == 0 {
            screen.resize(small_size(chance));
        }
    }
    check(&mut screen);
    let _ = View::of(&screen, 0);
}
