//! A disk that hangs (F28): nobody but the recording and the audit log waits for it.

use std::time::{Duration, Instant};

use crate::cli_support::{Home, until};
use crate::disk::Frozen;
use crate::proof::{self, tell};
use crate::reading::*;

#[test]
fn a_disk_that_hangs_delays_no_keystroke() {
    let home = Home::new();
    let Some(disk) = Frozen::mount(home.path()) else { return };
    let state = disk.top();
    let run = |arguments: &[&str]| {
        home.run_with(&[("WATCHDECK_STATE_DIR", state.to_str().unwrap())], arguments)
    };
    let job = ["new", "-d", "--record", "--name", "job", "--", "sh", "-c", "echo here; exec cat"];
    assert_eq!(run(&job).code, 0);
    let has = |text: &str| std::fs::read_to_string(file(&home)).is_ok_and(|all| all.contains(text));
    assert!(until(Duration::from_secs(10), || has("here")));
    if !disk.freeze() {
        eprintln!("skipped: a file system cannot be frozen here");
        return;
    }
    let seconds = proof::times(3, 60);
    let (begun, mut times) = (Instant::now(), Vec::new());
    while begun.elapsed() < Duration::from_secs(seconds as u64) {
        let word = format!("word-{}", times.len());
        home.ok(&["send", "job", &word, "--enter"]);
        let sent = Instant::now();
        let pattern = format!("^{word}$");
        home.ok(&["wait", "job", "--from", "start", "--pattern", &pattern, "--timeout", "20s"]);
        times.push(sent.elapsed());
    }
    times.sort();
    let p99 = times[times.len() * 99 / 100];
    assert!(p99 < Duration::from_millis(500), "{p99:?}");
    assert_eq!(recording(&home)["state"], "failing");
    assert!(home.ok(&["ls"]).contains("REC!"));
    disk.thaw();
    assert!(until(Duration::from_secs(20), || recording(&home)["state"] == "recording"));
    home.ok(&["kill", "job"]);
    wait_until_done(&home);
    let text = output(&cast(&file(&home)));
    assert!(text.contains(&format!("word-{}", times.len() - 1)));
    assert_eq!(recording(&home)["missing"], 0);
    assert_eq!(run(&["audit", "verify"]).code, 0);
    let values = format!(
        "{} commands in {seconds} s, p99 {} ms with a process's start; afterwards 0 bytes missing",
        times.len(),
        p99.as_millis()
    );
    tell(8, "F28", "a disk that hangs under recording, audit log and log", &values);
}
