//! The demo's fleet: three agents of their own, real sessions, alerts soon, and nothing left behind.
#![allow(clippy::unwrap_used)] // a test's fault is told by its panic

mod cli_support;

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use cli_support::{Home, ends, until};
use rustix::process::{Pid, Signal, kill_process, test_kill_process};

/// A running demo without its dashboard.
struct Demo {
    home: Home,
    process: Child,
    config: String,
}

impl Demo {
    fn start() -> Self {
        let home = Home::new();
        let mut command = home.command(&["demo", "--headless"]);
        let mut process = command.stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines().map(Result::unwrap);
        // A comment, a setting, and four lines for each of three machines.
        let text: Vec<_> = lines.take(2 + 3 * 4).collect();
        let config = home.write("demo.toml", &text.join("\n"));
        Self { home, process, config }
    }

    /// The private directory.
    fn dir(&self) -> PathBuf {
        let head = std::fs::read_to_string(&self.config).unwrap();
        let (_, dir) = head.lines().next().unwrap().split_once('=').unwrap();
        PathBuf::from(dir)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.home.command(&["--config", &self.config]);
        command.args(arguments).env("WATCHDECK_RUNTIME_DIR", self.dir());
        command
    }

    fn json(&self, arguments: &[&str]) -> serde_json::Value {
        let output = self.command(arguments).output().unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {errors}");
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// Process ids of agents and sessions.
    fn processes(&self) -> Vec<Pid> {
        let sessions = self.json(&["ls", "--json"]);
        let of_sessions = sessions.as_array().unwrap().iter().map(|session| session["pid"].clone());
        let of_agents = ["web-1", "db-1", "build-7"].map(|machine| {
            self.json(&["--machine", machine, "info", "--json"])["agent"]["pid"].clone()
        });
        let pids = of_sessions.chain(of_agents).filter_map(|pid| pid.as_i64());
        pids.map(|pid| Pid::from_raw(i32::try_from(pid).unwrap()).unwrap()).collect()
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn all_gone(pids: &[Pid]) -> bool {
    until(Duration::from_secs(15), || pids.iter().all(|pid| test_kill_process(*pid).is_err()))
}

fn signal(child: &Child, signal: Signal) {
    kill_process(Pid::from_child(child), signal).unwrap();
}

#[test]
fn three_machines_show_seven_sessions_and_alerts_within_ten_seconds() {
    let demo = Demo::start();
    let sessions = demo.json(&["ls", "--json"]);
    let names: Vec<_> = sessions
        .as_array()
        .unwrap()
        .iter()
        .map(|session| {
            assert_eq!(session["status"], "CONNECTED", "{session}");
            format!(
                "{}/{}",
                session["machine"].as_str().unwrap(),
                session["name"].as_str().unwrap()
            )
        })
        .collect();
    let expected = [
        "web-1/access",
        "web-1/gateway",
        "web-1/shell",
        "db-1/postgres",
        "db-1/top",
        "build-7/deploy",
        "build-7/orders",
    ];
    assert_eq!(names, expected);
    let both = until(Duration::from_secs(10), || {
        let sessions = demo.json(&["ls", "--json"]);
        let total = |kind: &str| -> u64 {
            let sessions = sessions.as_array().unwrap().iter();
            sessions.map(|session| session["counts"][kind].as_u64().unwrap()).sum()
        };
        total("errors") > 0 && total("warnings") > 0
    });
    assert!(both, "an error and a warning");
}

#[test]
fn a_signal_ends_everything_that_was_started() {
    let mut demo = Demo::start();
    let (dir, pids) = (demo.dir(), demo.processes());
    assert!(dir.is_dir() && pids.len() == 10, "{pids:?}");
    signal(&demo.process, Signal::TERM);
    assert!(ends(&mut demo.process, Duration::from_secs(15)));
    assert!(all_gone(&pids), "agents and programs ended");
    assert!(!Path::new(&dir).exists(), "the directory is gone");
}

#[test]
fn agents_end_by_themselves_when_the_demo_is_killed_outright() {
    let mut demo = Demo::start();
    let pids = demo.processes();
    signal(&demo.process, Signal::KILL);
    demo.process.wait().unwrap();
    assert!(all_gone(&pids), "agents and programs ended");
}
