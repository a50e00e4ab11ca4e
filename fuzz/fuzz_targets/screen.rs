//! Program output at any cuts and any sizes: the same picture, one answer per query, no panic.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use regex::bytes::Regex;
use watchdeck::proto::{Offset, Update, Winsize};
use watchdeck::term::sync::{Base, diff};
use watchdeck::term::{Replica, Screen, ScreenOptions, View};
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
    let notices = screen.take_notices();
    let (cursor, modes, title) = (screen.cursor(), screen.modes(), screen.title());
    let synchronized = screen.synchronized();
    let aside = format!("{cursor:?} {modes:?} {title:?} {synchronized} {notices:?}");
    Seen { view: View::of(&screen, 0), aside }
}

fn assert_same(a: &Seen, b: &Seen, fault: &str) {
    assert_eq!(a.aside, b.aside, "{fault}");
    assert_equal(&a.view, &b.view, fault);
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

fn assert_equal(a: &View, b: &View, fault: &str) {
    assert_eq!(a.size(), b.size(), "{fault}");
    for row in 0..a.size().rows {
        assert!(a.row(row).eq(b.row(row)), "{fault} in row {row}");
        assert_eq!(a.row_wrapped(row), b.row_wrapped(row), "{fault} in row {row}");
    }
    assert_eq!(a.marks(), b.marks(), "{fault}");
    assert_eq!(a.cursor(), b.cursor(), "{fault}");
    assert_eq!(a.cursor_position(), b.cursor_position(), "{fault}");
    assert_eq!(a.modes(), b.modes(), "{fault}");
    assert_eq!(a.title(), b.title(), "{fault}");
}

/// Resizes between the pieces, and a viewer that is sent a picture now and then.
fn with_resizes(chance: &mut Chance, size: Winsize, output: &[u8]) {
    let mut screen = screen(size, true);
    let mut viewer = Viewer { replica: Replica::new(size), sent: None };
    let mut rest = output;
    while !rest.is_empty() {
        screen.feed(chance.cut(&mut rest));
        match chance.below(5) {
            0 => screen.resize(small_size(chance)),
            2 => screen = restarted(screen),
            1 => viewer.shows(View::of(&screen, offset_of(output, rest))),
            _ => {}
        }
    }
    check(&mut screen);
    viewer.shows(View::of(&screen, offset_of(output, rest)));
}

/// The screen as it comes back from a checkpoint, where there is one.
fn restarted(screen: Screen) -> Screen {
    let Some(saved) = screen.checkpoint() else { return screen };
    let restored = Screen::restore(&saved, ScreenOptions::default());
    let restored = restored.expect("what is written down is read back");
    assert_equal(&View::of(&restored, 0), &View::of(&screen, 0), "a restart changed the picture");
    assert_eq!(restored.checkpoint(), Some(saved), "a restart changed the state");
    restored
}

fn offset_of(output: &[u8], rest: &[u8]) -> Offset {
    (output.len() - rest.len()) as Offset
}

struct Viewer {
    replica: Replica,
    sent: Option<View>,
}

impl Viewer {
    fn shows(&mut self, view: View) {
        let revision = self.replica.revision();
        let base = self.sent.as_ref().map(|view| Base { revision, view });
        if let Some(update) = diff(base, revision + 1, &view) {
            let mut bytes = Vec::new();
            update.encode(&mut bytes);
            assert_eq!(Update::decode(&bytes).as_ref(), Ok(&update));
            assert_eq!(self.replica.apply(&update), Ok(()), "{update:?}");
        }
        assert_equal(&self.replica.view(), &view, "the viewer shows another picture");
        self.sent = Some(view);
    }
}
