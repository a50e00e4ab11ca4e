//! Programs inside a pane, typed into as on any terminal.

use std::path::Path;

use watchdeck::proto::Winsize;
use watchdeck::term::View;

use crate::machine::{LEADER, Machine, has, place};

#[test]
fn vim_and_htop_can_be_typed_into() {
    if !has("vim") || !has("htop") {
        return;
    }
    let machine = Machine::new();
    let file = machine.dir.path().join("note");
    let mut deck = machine.typing_into(&["sh"]);
    deck.press(&format!("vim -u NONE {}\r", file.display()));
    deck.until_shows("~");
    deck.press("ihello from vim\x1b");
    deck.until_shows("hello from vim");
    deck.resize(Winsize::new(30, 100));
    deck.until("vim fills the smaller pane", |view| {
        view.size() == Winsize::new(30, 100)
            && view.text_rows().any(|row| row.contains("hello from vim"))
    });
    deck.press(":wq\r");
    deck.until_hides("~");
    until_file(&file, "hello from vim\n");
    deck.press("htop\r");
    deck.until_shows("Load average");
    deck.press("q");
    deck.until_hides("Load average");
    deck.press("echo back-$((1+1))\r");
    deck.until_shows("back-2");
}

fn until_file(path: &Path, wanted: &str) {
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(30);
    while std::fs::read_to_string(path).unwrap_or_default() != wanted {
        assert!(std::time::Instant::now() < deadline, "{} is not written", path.display());
        std::thread::yield_now();
    }
}

#[test]
fn less_pages_and_searches() {
    if !has("less") {
        return;
    }
    let machine = Machine::new();
    let mut deck = machine.typing_into(&["sh"]);
    deck.press("seq -f 'line %g.' 1 300 | less\r");
    deck.until_shows("line 20.");
    deck.press("G");
    deck.until_shows("line 300.");
    deck.press("g/line 142[.]\r");
    deck.until_shows("line 142.");
    deck.until_hides("line 300.");
    deck.press("q");
    deck.press("clear; echo back-$((1+1))\r");
    deck.until_shows("back-2");
}

#[test]
fn bash_edits_its_line() {
    if !has("bash") {
        return;
    }
    let machine = Machine::new();
    let mut deck = machine.typing_into(&["bash", "--norc", "--noprofile"]);
    // C-a and C-k throw away what was typed; M-b goes back a word; Up and Backspace recall and edit.
    deck.press("echo wrong\x01\x0becho right-$((1+1))\r");
    deck.until_shows("right-2");
    deck.press("echo a c\x1bbb-\r");
    deck.until_shows("a b-c");
    deck.press("\x1b[A\x7fd\r");
    deck.until_shows("a b-d");
}

#[test]
fn fish_starts_and_completes_without_waiting_for_answers() {
    if !has("fish") {
        return;
    }
    let machine = Machine::new();
    let mut deck = machine.typing_into(&["fish", "--no-config"]);
    deck.press("echo fish-(math 40+2)\r");
    deck.until_shows("fish-42");
    // A suggestion from what was run before, accepted with Right.
    let shows = |text: &'static str, times| {
        move |view: &View| view.text_rows().filter(|row| row.contains(text)).count() == times
    };
    deck.press("echo fi");
    deck.until("the line is suggested", shows("echo fish-(math 40+2)", 2));
    deck.press("\x1b[C\r");
    deck.until("it ran again", shows("fish-42", 2));
    let said = machine.text(&["screen", "pane"]);
    assert!(!said.contains("could not read response"), "{said}");
}

#[test]
fn tmux_runs_in_a_pane_with_its_own_prefix_and_splits() {
    if !has("tmux") {
        return;
    }
    let machine = Machine::new();
    let mut deck = machine.typing_into(&["sh"]);
    let socket = machine.dir.path().join("tmux.sock");
    deck.press(&format!("tmux -f /dev/null -S {} new -s inner\r", socket.display()));
    deck.until_shows("[inner]");
    deck.press("echo in-$((40+2))\r");
    deck.until_shows("in-42");
    deck.press("\x02%");
    deck.press("echo right-$((1+1))\r");
    let view = deck.until_shows("right-2");
    let (_, left) = place(&view, "in-42");
    let (_, right) = place(&view, "right-2");
    assert!(right > left + 20, "the second shell is right of the first: {left} {right}");
    deck.resize(Winsize::new(30, 100));
    deck.until("tmux fills the smaller pane", |view| {
        view.size() == Winsize::new(30, 100) && view.text_rows().any(|row| row.contains("[inner]"))
    });
    deck.press("\x02:kill-server\r");
    deck.until_hides("[inner]");
    deck.press(&format!("{LEADER}\x1b"));
    deck.until_shows("NAV");
}
