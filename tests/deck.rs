//! The real binary in a real terminal: the first start, watching, typing, leaving, coming back.
#![allow(clippy::unwrap_used, clippy::expect_used)] // a test that cannot go on fails

#[path = "support/terminal.rs"]
mod terminal;

use std::path::Path;
use std::process::{Command, Output};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;
use terminal::Terminal;
use watchdeck::proto::Winsize;

const SIZE: Winsize = Winsize::new(48, 160);
/// The default leader, `C-/`.
const LEADER: &str = "\x1f";

/// A machine that has never seen watchdeck.
struct Machine {
    dir: TempDir,
}

impl Machine {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        // Nothing of the machine that runs the test: its name, its shell's habits.
        let config = "[agent]\nname = \"here\"\nshell = \"/bin/sh\"\n";
        let path = dir.path().join("config/watchdeck/config.toml");
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, config).unwrap();
        Self { dir }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_watchdeck"));
        let path = |name: &str| self.dir.path().join(name);
        command
            .args(arguments)
            .env("WATCHDECK_RUNTIME_DIR", path("run"))
            .env("XDG_CONFIG_HOME", path("config"))
            .env("XDG_STATE_HOME", path("state"))
            .env("HOME", self.dir.path())
            .env("PS1", "$ ")
            .env_remove("TMUX")
            .env_remove("ENV")
            .env_remove("NO_COLOR");
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// What a verb prints; it must succeed.
    fn text(&self, arguments: &[&str]) -> String {
        let out = self.run(arguments);
        let error = String::from_utf8_lossy(&out.stderr);
        assert!(out.status.success(), "{arguments:?}: {error}");
        String::from_utf8_lossy(&out.stdout).trim().to_owned()
    }

    fn dashboard(&self) -> Terminal {
        Terminal::run(self.command(&[]), SIZE)
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        let _ = self.run(&["agent", "--stop"]);
    }
}

/// Whether a program is there; in CI it must be.
fn has(program: &str) -> bool {
    let paths = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&paths).any(|dir| dir.join(program).exists());
    if !found {
        let required = std::env::var_os("WATCHDECK_REQUIRE_TOOLS").is_some();
        assert!(!required, "{program} is not installed and WATCHDECK_REQUIRE_TOOLS is set");
        eprintln!("skipped: {program} is not installed");
    }
    found
}

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
fn vim_and_htop_can_be_typed_into() {
    if !has("vim") || !has("htop") {
        return;
    }
    let machine = Machine::new();
    let file = machine.dir.path().join("note");
    machine.text(&["new", "--detach", "--name", "sh", "--", "sh"]);
    let mut deck = machine.dashboard();
    deck.until_shows("here/sh");
    deck.press("o\r");
    deck.until_shows("you type here");
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
fn the_terminal_is_restored_by_quit_and_by_sigterm() {
    let machine = Machine::new();
    machine.text(&["new", "--detach", "--name", "cat", "--", "cat"]);
    for by_signal in [false, true] {
        let mut deck = machine.dashboard();
        deck.until_shows("here/cat");
        match by_signal {
            false => deck.press("q"),
            true => {
                let pid = Pid::from_raw(deck.child.id().cast_signed()).unwrap();
                kill_process(pid, Signal::TERM).unwrap();
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
