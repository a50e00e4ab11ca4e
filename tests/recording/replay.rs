//! `watchdeck replay`: what was recorded becomes cells, and never reaches the terminal itself.

use std::time::Duration;

use crate::cli_support::{Home, until};

const HOSTILE: &str = concat!(
    "{\"version\": 2, \"width\": 60, \"height\": 10}\n",
    "[0.1, \"o\", \"\\u001b]0;EVIL-TITLE\\u0007\\u001b]52;c;RVZJTA==\\u0007\\u001b[6n\\u001b[c\"]\n",
    "[0.2, \"o\", \"\\u001b[31mseen\\u001b[m\\u001b[?1003h\\u001b[5i\\u001bPEVIL-DCS\\u001b\\\\\"]\n",
    "[900, \"o\", \"later\"]\n",
);

#[test]
fn what_was_recorded_only_becomes_cells() {
    let home = Home::new();
    let file = home.write("a.cast", HOSTILE);
    let program = env!("CARGO_BIN_EXE_watchdeck");
    // It wants a terminal, so it gets a session.
    home.ok(&["new", "-d", "--name", "job", "--size", "80x20", "--", program, "replay", &file]);
    home.ok(&["wait", "job", "--pattern", "seen", "--timeout", "20s"]);
    home.ok(&["keys", "job", "End"]);
    let later = || {
        let screen = home.ok(&["screen", "job"]);
        screen.contains("seenlater") && screen.contains("15:00 / 15:00")
    };
    assert!(until(Duration::from_secs(10), later), "{}", home.ok(&["screen", "job"]));
    home.ok(&["keys", "job", "q"]);
    let over = || home.json(&["info", "job", "--json"])["status"] == "DISCONNECTED";
    assert!(until(Duration::from_secs(10), over));
    assert_eq!(home.json(&["info", "job", "--json"])["exit_status"]["code"], 0);
    let written = home.run(&["tail", "job", "--from", "start"]).text;
    for hostile in
        ["EVIL", "\u{1b}]", "\u{1b}P", "\u{1b}[6n", "\u{1b}[c", "\u{1b}[?1003h", "\u{1b}[5i"]
    {
        assert!(!written.contains(hostile), "{hostile:?} in {written:?}");
    }
    assert!(written.contains("\u{1b}[?1049l"), "the terminal was given back: {written:?}");
}

#[test]
fn without_a_terminal_it_dumps_or_says_so() {
    let home = Home::new();
    let file = home.write("a.cast", HOSTILE);
    assert_eq!(home.ok(&["replay", "--dump", &file]), "seenlater\n");
    let refused = home.fails(2, &["replay", &file]);
    assert!(refused.contains("--dump"), "{refused}");
    let broken = home.write("b.cast", &HOSTILE.replace("[900", "[nine"));
    let refused = home.fails(1, &["replay", "--dump", &broken]);
    assert!(refused.contains("line 4: it is no event"), "{refused}");
    home.fails(2, &["replay", "--speed", "0", &file]);
}
