//! The real binary in a real terminal: the first start, watching, typing, leaving, coming back.
#![allow(clippy::unwrap_used, clippy::expect_used)] // a test that cannot go on fails

mod looks;
mod machine;
mod mishaps;
mod programs;
#[path = "../support/terminal.rs"]
mod terminal;

use machine::{LEADER, Machine, pid};
use rustix::process::{Signal, kill_process};

#[test]
fn from_the_first_start_to_a_shell_that_outlives_the_dashboard() {
    let machine = Machine::new();
    let mut deck = machine.dashboard();
    deck.until_shows("No sessions yet");
    deck.press("\r");
    deck.until_shows("you type here");
    deck.press("echo one-$((40+2))\r");
    deck.until_shows("one-42");
    deck.press(&format!("{LEADER}\x1b"));
    deck.until_shows("NAV");
    deck.press("q");
    assert!(deck.until_ended().success());
    assert_eq!(machine.text(&["screen", "shell"]).matches("one-42").count(), 1);
    let mut again = machine.dashboard();
    again.until_shows("one-42");
    again.press("q");
    assert!(again.until_ended().success());
}

#[test]
fn an_observed_pane_takes_no_keys_and_says_so() {
    let machine = Machine::new();
    machine.text(&["new", "--detach", "--name", "cat", "--", "cat"]);
    let mut deck = machine.dashboard();
    deck.until_shows("[OBS]");
    deck.press("\r");
    deck.press("abc");
    deck.until_shows("operate");
    deck.press(&format!("{LEADER}o"));
    deck.until_shows("[OPR]");
    deck.press("xyz\r");
    deck.until_shows("xyz");
    assert!(!machine.text(&["screen", "cat"]).contains("abc"));
}

#[test]
fn errors_light_up_and_are_counted_and_found() {
    let machine = Machine::new();
    let script = "read go; echo '2026-11-21 10:00:00 ERROR disk is full'; seq 1 200; cat";
    machine.text(&["new", "--detach", "--name", "app", "--", "sh", "-c", script]);
    let mut deck = machine.dashboard();
    deck.until_shows("here/app");
    machine.text(&["send", "app", "--enter", "go"]);
    deck.until("the header counts it", |view| view.row_text(0).contains("E 1"));
    deck.until_shows("200");
    deck.press("e");
    deck.until_shows("ERROR disk is full");
    deck.until_shows("paused");
    deck.press("G");
    deck.until_hides("paused");
}

#[test]
fn the_terminal_is_restored_by_quit_and_by_sigterm() {
    let machine = Machine::new();
    machine.text(&["new", "--detach", "--name", "cat", "--", "cat"]);
    for by_signal in [false, true] {
        let mut deck = machine.dashboard();
        deck.until_shows("here/cat");
        match by_signal {
            false => deck.press("q"),
            true => {
                kill_process(pid(&deck), Signal::TERM).unwrap();
            }
        }
        deck.until_ended();
        let raw = String::from_utf8_lossy(&deck.raw()).into_owned();
        for (set, reset) in [("\x1b[?1049h", "\x1b[?1049l"), ("\x1b[?2004h", "\x1b[?2004l")] {
            assert!(raw.rfind(reset) > raw.rfind(set), "{reset:?} by_signal={by_signal}");
        }
        assert!(raw.rfind("\x1b[?25h") > raw.rfind("\x1b[?25l"), "by_signal={by_signal}");
    }
}

#[test]
fn what_a_program_prints_never_leaves_its_pane() {
    let machine = Machine::new();
    let hostile = r"printf '\033]0;TITLE-ESCAPE\007\033]52;c;RVZJTA==\007\033[?1003h\033]9;note\007\033P+q544e\033\\\033[2;2r\033[999;999HX\342\200\256evil\033[5n done\n'; cat";
    machine.text(&["new", "--detach", "--name", "bad", "--", "sh", "-c", hostile]);
    let mut deck = machine.dashboard();
    deck.until_shows("done");
    deck.press("q");
    deck.until_ended();
    let raw = deck.raw();
    let contains = |wanted: &[u8]| raw.windows(wanted.len()).any(|window| window == wanted);
    for foreign in [&b"\x1b]52"[..], b"\x1b]9;", b"\x1bP+q", b"RVZJTA", "\u{202e}".as_bytes()] {
        assert!(!contains(foreign), "{:?}", String::from_utf8_lossy(foreign));
    }
}
