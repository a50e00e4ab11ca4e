//! Checkpoints as a later program reads them: any bytes are refused or a state that goes on.
//!
//! The first byte says whether the rest is a scanner or a screen, the second how much of it is
//! output that follows.
#![no_main]

use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use watchdeck::alert::{Engine, RuleSet, Scanner, Scope};
use watchdeck::term::{Screen, ScreenOptions, View};

fuzz_target!(|data: &[u8]| {
    let [kind, share, rest @ ..] = data else { return };
    let (saved, output) = rest.split_at(rest.len() - rest.len() * usize::from(*share) / 256);
    if kind % 2 == 0 { scanner(saved, output) } else { screen(saved, output) }
});

fn scanner(saved: &[u8], output: &[u8]) {
    let engine = Engine::new(Arc::new(RuleSet::empty()), &Scope::default());
    let Ok(mut scanner) = Scanner::restore(engine.clone(), saved) else { return };
    // Bytes that are read may be written shorter, but then stay as they are.
    let written = scanner.checkpoint();
    assert!(written.len() <= saved.len());
    let again = Scanner::restore(engine, &written).expect("what is written is read");
    assert_eq!(again.checkpoint(), written);
    let mut events = Vec::new();
    scanner.typed(output);
    scanner.feed(0, output, &mut events);
    scanner.idle(&mut events);
    scanner.resized();
    scanner.feed(output.len() as u64, output, &mut events);
    scanner.finish(&mut events);
}

fn screen(saved: &[u8], output: &[u8]) {
    let Ok(mut screen) = Screen::restore(saved, ScreenOptions::default()) else { return };
    check(&screen);
    if let Some(written) = screen.checkpoint() {
        let again = Screen::restore(&written, ScreenOptions::default());
        let again = again.expect("what is written is read");
        assert_eq!(again.checkpoint().as_ref(), Some(&written));
        assert_eq!(rows(&again), rows(&screen));
    }
    screen.feed(output);
    check(&screen);
    let _ = screen.checkpoint();
}

fn check(screen: &Screen) {
    let size = screen.size();
    let (row, col) = screen.cursor();
    assert!(size == size.clamped() && row < size.rows && col <= size.cols, "{size} {row} {col}");
    assert!(!screen.title().chars().any(char::is_control));
}

fn rows(screen: &Screen) -> Vec<Vec<u8>> {
    let view = View::of(screen, 0);
    (0..view.size().rows).map(|row| view.ansi_row(row)).collect()
}
