//! A machine that has never seen watchdeck, to run it on.

use std::process::{Command, Output};

use rustix::process::Pid;
use tempfile::TempDir;
use watchdeck::proto::Winsize;
use watchdeck::term::View;

use crate::terminal::Terminal;

/// A usual large terminal.
pub const SIZE: Winsize = Winsize::new(48, 160);
/// The default leader, `C-/`.
pub const LEADER: &str = "\x1f";

/// A machine that has never seen watchdeck.
pub struct Machine {
    pub dir: TempDir,
}

impl Machine {
    pub fn new() -> Self {
        Self::configured("")
    }

    /// With this at the end of its configuration.
    pub fn configured(more: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        // Nothing of the machine that runs the test: its name, its shell's habits.
        let config = format!("[agent]\nname = \"here\"\nshell = \"/bin/sh\"\n{more}");
        let path = dir.path().join("config/watchdeck/config.toml");
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, config).unwrap();
        Self { dir }
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
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

    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// What a verb prints; it must succeed.
    pub fn text(&self, arguments: &[&str]) -> String {
        let out = self.run(arguments);
        let error = String::from_utf8_lossy(&out.stderr);
        assert!(out.status.success(), "{arguments:?}: {error}");
        String::from_utf8_lossy(&out.stdout).trim().to_owned()
    }

    pub fn dashboard(&self) -> Terminal {
        Terminal::run(self.command(&[]), SIZE)
    }

    /// A dashboard that types into a new Session, `here/pane`, of this command.
    pub fn typing_into(&self, command: &[&str]) -> Terminal {
        self.text(&[&["new", "--detach", "--name", "pane", "--"], command].concat());
        let mut deck = self.dashboard();
        deck.until_shows("here/pane");
        deck.until_hides("attaching");
        deck.press("o\r");
        deck.until_shows("you type here");
        deck
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        let _ = self.run(&["agent", "--stop"]);
    }
}

/// Whether a program is there; in CI it must be.
pub fn has(program: &str) -> bool {
    let paths = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&paths).any(|dir| dir.join(program).exists());
    if !found {
        let required = std::env::var_os("WATCHDECK_REQUIRE_TOOLS").is_some();
        assert!(!required, "{program} is not installed and WATCHDECK_REQUIRE_TOOLS is set");
        eprintln!("skipped: {program} is not installed");
    }
    found
}

/// The process of a dashboard.
pub fn pid(deck: &Terminal) -> Pid {
    Pid::from_raw(deck.child.id().cast_signed()).unwrap()
}

/// Row and column of a text on the screen, the last one from above.
pub fn place(view: &View, text: &str) -> (u16, u16) {
    let rows: Vec<_> = view.text_rows().zip(0..).collect();
    let found = rows.iter().rev().find_map(|(row, y)| {
        let before = row.split(text).next().filter(|_| row.contains(text))?;
        Some((*y, u16::try_from(before.chars().count()).unwrap()))
    });
    found.unwrap_or_else(|| panic!("no {text:?}"))
}
