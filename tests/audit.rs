//! The audit log of a real agent: what is in it, what is not, and that nobody changes it unseen
//! (reliability, T8 and T20).

#![allow(clippy::unwrap_used)] // in a test it is the verdict

mod cli_support;

#[path = "support/proof.rs"]
mod proof;

use std::path::{Path, PathBuf};
use std::time::Duration;

use cli_support::{Home, until};
use serde_json::Value;

/// What must be in no line.
const SECRET: &str = "correct-horse-battery";

fn dir(home: &Home) -> PathBuf {
    home.ok(&["audit", "path"]).trim().into()
}

fn newest(home: &Home) -> PathBuf {
    let files = std::fs::read_dir(dir(home)).unwrap().flatten().map(|entry| entry.path());
    files.filter(|path| path.extension().is_some_and(|end| end == "jsonl")).max().unwrap()
}

fn lines(home: &Home) -> Vec<Value> {
    let text = home.ok(&["audit", "show", "--json", "-n", "1000"]);
    text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

fn find<'a>(lines: &'a [Value], what: &str) -> &'a Value {
    let found = lines.iter().find(|line| line["what"] == what);
    found.unwrap_or_else(|| panic!("no {what} in {lines:#?}"))
}

fn wait_for(home: &Home, what: &str) {
    let seen = || lines(home).iter().any(|line| line["what"] == what);
    assert!(until(Duration::from_secs(10), seen), "no {what} in {:#?}", lines(home));
}

fn pid(home: &Home) -> i32 {
    let status = home.ok(&["agent", "--status"]);
    let line = status.lines().find(|line| line.starts_with("pid:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

fn kill(pid: i32) {
    let pid = rustix::process::Pid::from_raw(pid).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
    let gone = || rustix::process::test_kill_process(pid).is_err();
    assert!(until(Duration::from_secs(10), gone));
}

fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn who_did_what_is_in_it_and_no_contents_are() {
    let home = Home::new();
    home.ok(&[
        "new",
        "-d",
        "--name",
        "job",
        "--env",
        &format!("PW={SECRET}"),
        "--",
        "cat",
        "-",
        SECRET,
    ]);
    home.ok(&["send", "job", SECRET]);
    home.ok(&["keys", "job", "Enter"]);
    home.ok(&["screen", "job"]);
    home.ok(&["tail", "job"]);
    home.ok(&["resize", "job", "100x30"]);
    home.ok(&["kill", "job"]);
    home.ok(&["rename", "job", "old"]);
    home.ok(&["rm", "old"]);
    assert!(home.ok(&["info"]).contains("audit log:       written"));
    home.ok(&["agent", "--stop"]);
    wait_for(&home, "agent_stop");
    let lines = lines(&home);
    let own = format!("uid {}", rustix::process::getuid().as_raw());
    let created = find(&lines, "create_session");
    assert_eq!((&created["program"], &created["arguments"]), (&"cat".into(), &2.into()));
    assert_eq!((&created["who"], &created["session"]), (&own.into(), &"job".into()));
    assert!(created["from"].as_str().unwrap().starts_with("unix pid "));
    let typed: u64 = lines
        .iter()
        .filter(|line| line["what"] == "input")
        .map(|line| line["bytes"].as_u64().unwrap())
        .sum();
    assert_eq!(typed, SECRET.len() as u64 + 1);
    assert_eq!(find(&lines, "look")["request"], "screen");
    assert_eq!(find(&lines, "resize")["size"], "100x30");
    assert_eq!(find(&lines, "rename")["to"], "old");
    for what in ["agent_start", "tail", "tail_end", "kill", "remove", "shutdown"] {
        find(&lines, what);
    }
    let text = std::fs::read_to_string(newest(&home)).unwrap();
    assert!(!text.contains(SECRET), "{text}");
    assert_eq!((mode(&newest(&home)), mode(&dir(&home))), (0o600, 0o700));
    assert!(home.ok(&["audit", "verify"]).starts_with("whole: "));
}

#[test]
fn every_change_of_a_line_is_named() {
    let home = Home::new();
    home.ok(&["new", "-d", "--name", "job", "--", "true"]);
    home.ok(&["agent", "--stop"]);
    wait_for(&home, "agent_stop");
    let path = newest(&home);
    let good = std::fs::read_to_string(&path).unwrap();
    let all: Vec<&str> = good.split_inclusive('\n').collect();
    assert!(all.len() >= 4, "{good}");
    let swapped = [all[0], all[2], all[1]].concat() + &all[3..].concat();
    let last = all.len() - 1;
    let changes = [
        ("an edit", good.replacen("create_session", "create_sessiom", 1), 2),
        ("a removal", [all[0], &all[2..].concat()].concat(), 2),
        ("a swap", swapped, 2),
        ("the first line's removal", all[1..].concat(), 1),
        ("the last line's removal", all[..last].concat(), last),
        ("a cut", good[..good.len() - 9].to_owned(), last + 1),
    ];
    for (what, text, line) in &changes {
        std::fs::write(&path, text).unwrap();
        let told = home.fails(1, &["audit", "verify"]);
        let place = format!("{}:{line}: ", path.display());
        assert!(told.contains(&place) && told.contains("expected"), "{what}: {told}");
    }
    // Every single-line edit: each byte of the log in turn, or so many of them.
    let edits = proof::times(100, 1000);
    for edit in 0..edits {
        let mut text = good.clone().into_bytes();
        let at = edit * text.len() / edits;
        text[at] ^= 1 << (edit % 7);
        std::fs::write(&path, text).unwrap();
        let line = good.as_bytes()[..at].iter().filter(|byte| **byte == b'\n').count() + 1;
        let told = watchdeck::agent::verify_audit(&dir(&home)).unwrap_err().to_string();
        assert!(told.contains(&format!(".jsonl:{line}: ")), "byte {at}: {told}");
    }
    std::fs::write(&path, &good).unwrap();
    home.ok(&["audit", "verify"]);
    home.ok(&["audit", "verify", path.to_str().unwrap()]);
    home.fails(3, &["audit", "verify", "/nowhere/at/all"]);
    let values = format!("{0} of {0} named with file and line", changes.len() + edits);
    proof::tell(12, "T20", "changes of the audit log (a bit, a line, its place)", &values);
}

#[test]
fn a_hard_end_is_told_by_the_next_agent() {
    use std::io::Write;
    let home = Home::new();
    home.ok(&["new", "-d", "--name", "job", "--", "cat"]);
    wait_for(&home, "create_session");
    kill(pid(&home));
    let mut file = std::fs::OpenOptions::new().append(true).open(newest(&home)).unwrap();
    file.write_all(b"{\"seq\":").unwrap();
    let told = home.ok(&["audit", "verify"]);
    assert!(told.contains("the next start of the agent will tell of it"), "{told}");
    home.ok(&["agent", "--background"]);
    wait_for(&home, "recovered");
    let told = home.ok(&["audit", "verify"]);
    assert!(told.contains("the line after it tells of it"), "{told}");
    home.ok(&["kill", "job"]);
}

#[test]
fn an_upgrade_hands_the_log_over() {
    let home = Home::new();
    home.ok(&["new", "-d", "--name", "job", "--", "cat"]);
    for round in 1..=3 {
        let ran = home.run(&["agent", "--upgrade"]);
        assert_eq!(ran.code, 0, "{ran:?}");
        let count = |what: &str| lines(&home).iter().filter(|line| line["what"] == what).count();
        let told = || count("agent_stop") == round && count("agent_start") == round + 1;
        assert!(until(Duration::from_secs(10), told), "{:#?}", lines(&home));
    }
    home.ok(&["kill", "job"]);
    home.ok(&["agent", "--stop"]);
    wait_for(&home, "shutdown");
    let lines = lines(&home);
    assert_eq!(find(&lines, "agent_stop")["why"], "upgrade");
    assert_eq!(find(&lines, "upgrade")["result"], "done");
    assert!(!lines.iter().any(|line| line["what"] == "gap"), "{lines:#?}");
    assert!(home.ok(&["audit", "verify"]).starts_with("whole: "));
}

#[test]
fn strict_acts_only_while_it_is_written() {
    let home = Home::new();
    let config = home.write("c.toml", "[audit]\nstrict = true\n");
    let with = |arguments: &[&str]| home.run(&[&["--config", &config], arguments].concat());
    let state = home.path().join(".local/state/watchdeck");
    std::fs::create_dir_all(&state).unwrap();
    // A file where the directory should be: it cannot be written, whoever one is.
    std::fs::write(state.join("audit"), "").unwrap();
    assert_eq!(with(&["agent", "--background"]).code, 0);
    let failing = || with(&["info"]).text.contains("audit log:       failing");
    assert!(until(Duration::from_secs(10), failing));
    let refused = with(&["new", "-d", "--name", "job", "--", "cat"]);
    assert!(refused.code == 1 && refused.errors.contains("nothing was done"), "{refused:?}");
    assert_eq!(with(&["ls"]).code, 0, "looking is allowed");
    std::fs::remove_file(state.join("audit")).unwrap();
    let again = || with(&["new", "-d", "--name", "job", "--", "cat"]).code == 0;
    assert!(until(Duration::from_secs(10), again), "it goes on by itself");
    assert_eq!(with(&["agent", "--stop"]).code, 0);
    wait_for(&home, "agent_stop");
    assert!(lines(&home).iter().any(|line| line["what"] == "gap"));
    home.ok(&["audit", "verify"]);
}
