//! What an agent records by itself.

use std::time::Duration;

use watchdeck::cast::What;

use crate::cli_support::{Home, until};
use crate::proof::{tell, times};
use crate::reading::*;

fn kill_agent(home: &Home) {
    let status = home.ok(&["agent", "--status"]);
    let line = status.lines().find(|line| line.starts_with("pid:")).unwrap();
    let pid = line.split_whitespace().nth(1).unwrap().parse().unwrap();
    let pid = rustix::process::Pid::from_raw(pid).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
    let gone = || rustix::process::test_kill_process(pid).is_err();
    assert!(until(Duration::from_secs(10), gone));
}

#[test]
fn an_agent_records_what_is_shown_and_never_what_is_typed() {
    const SECRET: &str = "correct-horse-battery";
    let home = Home::new();
    let script =
        "printf 'password: '; stty -echo; read -r word; stty echo; echo; echo seen; sleep 0.2";
    home.ok(&[
        "new", "-d", "--record", "--name", "job", "--size", "90x20", "--", "sh", "-c", script,
    ]);
    home.ok(&["wait", "job", "--pattern", "password:", "--timeout", "20s"]);
    assert!(home.ok(&["ls"]).contains("CONNECTED REC"));
    home.ok(&["send", "job", SECRET, "--enter"]);
    wait_until_done(&home);
    let path = file(&home);
    let recorded = cast(&path);
    assert_eq!(output(&recorded), home.ok(&["tail", "job", "--from", "start"]));
    assert!(output(&recorded).contains("seen"), "{recorded:?}");
    assert_eq!((recorded.size.cols, recorded.size.rows, mode(&path)), (90, 20, 0o600));
    let ending = What::Marker("watchdeck: the program ended: exit 0".to_owned());
    assert_eq!(recorded.events.last().unwrap().what, ending);
    home.ok(&["agent", "--stop"]);
    let mut grep = std::process::Command::new("grep");
    let found = grep.args(["-rl", SECRET]).arg(home.path()).output().unwrap();
    assert_eq!(String::from_utf8(found.stdout).unwrap(), "", "the password is in a file");
    let values = "in 0 files: recording, audit log, the agent's log, records of sessions";
    tell(12, "T27", "a password typed without echo", values);
}

#[test]
fn a_recording_goes_on_over_hard_ends_and_upgrades_of_the_agent() {
    let (home, count) = (Home::new(), 60_000);
    let script = format!("i=0; while [ $i -lt {count} ]; do i=$((i+1)); echo $i; done");
    home.ok(&["new", "-d", "--record=strict", "--name", "job", "--", "sh", "-c", &script]);
    let rounds = times(4, 40);
    for round in 0..rounds {
        // Somewhere in the middle of it.
        let before = home.json(&["info", "job", "--json"])["log_end"].as_u64().unwrap();
        let moves = || {
            let info = home.json(&["info", "job", "--json"]);
            info["log_end"].as_u64().unwrap() > before || info["status"] == "DISCONNECTED"
        };
        assert!(until(Duration::from_secs(20), moves));
        match round % 2 {
            0 => kill_agent(&home),
            _ => assert_eq!(home.run(&["agent", "--upgrade"]).code, 0),
        }
        home.ok(&["agent", "--background"]);
    }
    wait_until_done(&home);
    let recorded = cast(&file(&home));
    assert_eq!(with_gaps(&recorded).1, 0);
    assert_is(output(&recorded).as_bytes(), &numbers(count));
    let dir = file(&home).parent().unwrap().to_owned();
    assert_eq!(std::fs::read_dir(dir).unwrap().count(), 1, "one file has it all");
    let values = format!(
        "{rounds} ends of the agent (SIGKILL, upgrade): {} bytes, 0 lost, 0 doubled",
        output(&recorded).len()
    );
    tell(12, "F8,F11", "a recording over ends of its agent", &values);
    home.ok(&["audit", "verify"]);
}

#[test]
fn a_file_that_is_taken_away_is_begun_again() {
    let home = Home::new();
    home.ok(&["new", "-d", "--record", "--name", "job", "--", "sh", "-c", "echo one; exec cat"]);
    let first = file(&home);
    let has = |text: &str| std::fs::read_to_string(file(&home)).is_ok_and(|all| all.contains(text));
    assert!(until(Duration::from_secs(10), || has("one")));
    std::fs::remove_file(&first).unwrap();
    home.ok(&["send", "job", "two", "--enter"]);
    assert!(until(Duration::from_secs(10), || file(&home) != first && has("two")));
    assert!(has("one") && recording(&home)["state"] == "recording");
    let audit = home.ok(&["audit", "show"]);
    assert!(
        audit.contains("state failing") && audit.contains("removed, replaced or cut"),
        "{audit}"
    );
    home.ok(&["kill", "job"]);
}
