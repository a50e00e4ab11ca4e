//! A Screen that is written down and read back goes on as if nothing had happened.

use proptest::prelude::*;

use super::properties::{flood, output, probed, screen, size, view};
use super::{fed, text};
use crate::proto::{CheckpointError, Winsize};
use crate::term::{Screen, ScreenOptions};

/// Output, and the size that the terminal is given after it.
type Step = (Vec<u8>, Option<Winsize>);

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let output = prop_oneof![3 => output(), 1 => flood()];
    prop::collection::vec((output, prop::option::weighted(0.4, size())), 0..5)
}

fn take(screen: &mut Screen, steps: &[Step]) {
    for (bytes, size) in steps {
        screen.feed(bytes);
        if let Some(size) = size {
            screen.resize(*size);
        }
    }
}

/// `screen` without what was announced and asked.
fn quiet(mut screen: Screen) -> Screen {
    screen.take_notices();
    screen.take_replies();
    screen
}

fn restored(bytes: &[u8]) -> Screen {
    Screen::restore(bytes, ScreenOptions::default()).unwrap()
}

/// The Screen after a checkpoint and a restart, if it can be written down.
fn again(screen: &Screen) -> Option<Screen> {
    Some(restored(&screen.checkpoint()?))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_restored_screen_goes_on_where_it_was(
        size in size(),
        before in steps(),
        after in steps(),
    ) {
        let grown = |steps: &[&[Step]]| {
            let mut screen = screen(size, true);
            take(&mut screen, steps[0]);
            let mut screen = quiet(screen);
            steps[1..].iter().for_each(|steps| take(&mut screen, steps));
            screen
        };
        let Some(saved) = grown(&[&before]).checkpoint() else { return Ok(()) };
        prop_assert_eq!(view(restored(&saved)), view(grown(&[&before])));
        prop_assert_eq!(probed(restored(&saved)), probed(grown(&[&before])));
        prop_assert_eq!(restored(&saved).checkpoint(), Some(saved.clone()));
        let regrown = || {
            let mut screen = restored(&saved);
            take(&mut screen, &after);
            screen
        };
        prop_assert_eq!(regrown().checkpoint(), grown(&[&before, &after]).checkpoint());
        prop_assert_eq!(view(regrown()), view(grown(&[&before, &after])));
        prop_assert_eq!(probed(regrown()), probed(grown(&[&before, &after])));
    }

    #[test]
    fn any_bytes_are_a_screen_or_an_error(
        size in size(),
        before in steps(),
        at in any::<prop::sample::Index>(),
        put in prop::collection::vec(any::<u8>(), 0..4),
        after in output(),
    ) {
        let mut grown = screen(size, true);
        take(&mut grown, &before);
        let Some(mut saved) = grown.checkpoint() else { return Ok(()) };
        let at = at.index(saved.len());
        let end = (at + put.len() + 1).min(saved.len());
        saved.splice(at..end, put);
        if let Ok(mut restored) = Screen::restore(&saved, ScreenOptions::default()) {
            restored.feed(&after);
            let _ = restored.checkpoint();
            let (row, col) = restored.cursor();
            prop_assert!(row < restored.size().rows && col <= restored.size().cols);
        }
    }
}

/// Each of these is a state of its own; all of them can be written down.
const STATES: &[&str] = &[
    "",
    "plain\r\nlines",
    "1234567890",
    "\x1b[31m1234567890",
    "1234567890wrapped",
    "123456789語wrapped",
    "12345678語",
    "1234567890\x1b[A",
    "1234567890\x1b[2Kx\x1b7",
    "1234567890\x1b7",
    "1234567890\x1b7\x1b[H\x1b[2J",
    "1234567890\x1b7\x1b[H\x1b[2J\x1b8",
    "1234567890\x1b7\x1b[1K",
    "1234567890\x1b[?6h\x1b[3;5r\x1b7",
    "\x1b[2;4r\x1b[?6hin\x1b7\x1b[?6l\x1b[5dout",
    "\x1b[2;4r\x1b[?6hin\x1b[5dout\x1b[r",
    "\x1b[?1049halternate\x1b[3;9H",
    "primary\x1b[?1049halternate\x1b[?1049lback",
    "primary\x1b[?47h\x1b[2;3r\x1b[?6hx\x1b[?47l",
    "\x1b(0lqk\x0e\x1b)0x\x1b*A\x1b7",
    "\x1b[3g\x1b[5G\x1bH\tx",
    "\x1b[4h\x1b[20h\x1b[?7lx",
    "\x1b[?1;1004;2004;2026;1002;1006h\x1b=\x1b[?25l\x1b[5 q",
    "\x1b]2;title\x07\x1b[22t\x1b]2;other\x07\x1b[22t\x1b]2;third\x07",
    "\x1b[44m\x1b[2J\x1b[4;7mx\x1b[K\x1b[m",
    "❤\u{fe0f}x e\u{301}\u{302} 👩\u{200d}👩",
    "\x1b[3C\u{301}",
    "x\x1b[2Jy\x1b[2J",
    "held \x1b[3",
    "held \x1b[3\x18\x1b",
    "held \u{e9}",
];

#[test]
fn states_that_programs_leave_a_terminal_in_come_back() {
    for state in STATES {
        for extra in [&b""[..], b"\xe2\x82", b"\x1b[38;5;", b"\x1b[m"] {
            let bytes = [state.as_bytes(), extra].concat();
            let before = || quiet(fed(6, 10, &bytes));
            let what = bytes.escape_ascii();
            assert!(before().checkpoint().is_some(), "{what} cannot be written down");
            assert_eq!(view(again(&before()).unwrap()), view(before()), "{what}");
            assert_eq!(probed(again(&before()).unwrap()), probed(before()), "{what}");
        }
    }
}

#[test]
fn a_character_cut_in_two_is_put_together_again() {
    let mut screen = again(&fed(3, 10, b"caf\xc3")).unwrap();
    screen.feed(b"\xa9\x1b[1");
    let mut screen = again(&screen).unwrap();
    screen.feed(b";31mx");
    assert_eq!(text(&screen), "caféx");
    assert!(screen.vt().cell(0, 4).unwrap().bold());
}

#[test]
fn what_cannot_be_brought_back_is_not_written_down() {
    for bytes in [
        "\x1b]0;half a title",
        "\x1bPq",
        // Behind the last column of an erased row, with the saved cursor elsewhere.
        "1234567890\x1b[2K",
    ] {
        assert_eq!(fed(3, 10, bytes).checkpoint(), None, "{bytes:?}");
    }
}

#[test]
fn a_checkpoint_says_its_form_and_ends_where_it_ends() {
    let saved = fed(6, 10, "\x1b[31mtext\x1b[?1049hmore").checkpoint().unwrap();
    let read = |bytes: &[u8]| Screen::restore(bytes, ScreenOptions::default()).map(|_| ());
    assert_eq!(read(&saved), Ok(()));
    assert_eq!(read(&[saved.clone(), vec![0]].concat()), Err(CheckpointError::Trailing(1)));
    let newer = [&[2], &saved[1..]].concat();
    assert_eq!(read(&newer), Err(CheckpointError::Version { found: 2, known: 1 }));
    for cut in 0..saved.len() {
        assert!(read(&saved[..cut]).is_err(), "{cut} of {} bytes", saved.len());
    }
}

#[test]
fn a_checkpoint_is_not_much_larger_than_its_screen() {
    let size = Winsize::new(50, 200);
    let filled = |cell: &dyn Fn(u32) -> String| {
        let mut screen = Screen::new(size, ScreenOptions::default());
        screen.feed((0..10_000).map(cell).collect::<String>().as_bytes());
        screen.checkpoint()
    };
    let plain = filled(&|n| char::from(b'a' + (n % 26) as u8).to_string()).unwrap();
    assert!(plain.len() < 11_000, "{} bytes of text", plain.len());
    let coloured = filled(&|n| format!("\x1b[38;5;{}mx", n % 250)).unwrap();
    assert!(coloured.len() < 41_000, "{} bytes of coloured text", coloured.len());
    let picture = filled(&|n| {
        let [r, g, b, _] = (n * 7919).to_le_bytes();
        format!("\x1b[38;2;{r};{g};{b};48;2;{b};{r};{g}m▀")
    });
    let picture = picture.unwrap();
    assert!(picture.len() < 112_000, "{} bytes of a picture", picture.len());
    let accents = "\u{301}".repeat(9);
    assert_eq!(filled(&|_| format!("e{accents}")), None, "piled accents are not worth it");
}

#[test]
fn a_restored_screen_announces_and_answers_nothing_anew() {
    let mut before = fed(4, 10, "\x1b]2;t\x07\x07\x1b[c");
    let mut after = again(&before).unwrap();
    assert!(!before.take_replies().is_empty() && !before.take_notices().is_empty());
    assert!(after.take_replies().is_empty() && after.take_notices().is_empty());
    after.feed(b"\x1b[c");
    assert_eq!(after.take_replies(), b"\x1b[?62;22c");
}
