//! `watchdeck doctor` on machines that are set up well and badly.
#![allow(clippy::unwrap_used, clippy::expect_used)] // a test that cannot go on fails

mod cli_support;

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use cli_support::{Home, Ran, until};
use serde_json::Value;

fn set_mode(path: &Path, mode: u32) {
    std::fs::set_permissions(path, PermissionsExt::from_mode(mode)).unwrap();
}

/// The findings, whatever the machine that the test runs on is like otherwise.
fn findings(ran: &Ran) -> Vec<Value> {
    serde_json::from_str(&ran.text).unwrap_or_else(|error| panic!("{error}: {ran:?}"))
}

fn of<'a>(findings: &'a [Value], check: &str) -> Vec<&'a Value> {
    findings.iter().filter(|finding| finding["check"] == check).collect()
}

fn verdict<'a>(findings: &'a [Value], check: &str) -> &'a str {
    let [one] = of(findings, check)[..] else { panic!("{check}: {findings:#?}") };
    one["verdict"].as_str().unwrap()
}

#[test]
fn a_home_in_order_has_nothing_to_be_told_of() {
    let home = Home::new();
    let before = findings(&home.run(&["doctor", "--json"]));
    for check in ["configuration", "agent", "holders", "permissions", "tokens", "shell"] {
        assert_eq!(verdict(&before, check), "ok", "{before:#?}");
    }
    assert!(!home.path().join("run").exists(), "it starts and makes nothing");
    home.ok(&["new", "--detach", "--name", "work", "--", "sleep", "1000"]);
    let with_agent = findings(&home.run(&["doctor", "--json"]));
    assert!(with_agent.iter().all(|finding| finding["verdict"] != "fail"), "{with_agent:#?}");
    assert_eq!(verdict(&with_agent, "agent"), "ok");
    let holders = of(&with_agent, "holders")[0]["says"].as_str().unwrap();
    assert_eq!(holders, "1 run, all of the agent's own program");
    // Every finding that is not well says what to do.
    let helpless = |finding: &&Value| finding["verdict"] != "ok" && finding["advice"].is_null();
    assert!(!with_agent.iter().any(|finding| helpless(&finding)));
}

#[test]
fn open_directories_and_files_are_told_and_fail() {
    let home = Home::new();
    home.ok(&["agent", "--background"]);
    assert_eq!(home.run(&["token", "new", "--role", "observer", "--name", "ci"]).code, 0);
    let tokens = home.path().join(".local/state/watchdeck/tokens.json");
    set_mode(&home.path().join("run"), 0o755);
    set_mode(&tokens, 0o644);
    let ran = home.run(&["doctor", "--json"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    let found = findings(&ran);
    let advice: Vec<_> =
        of(&found, "permissions").iter().map(|f| f["advice"].as_str().unwrap()).collect();
    assert_eq!(advice.len(), 2, "{found:#?}");
    assert!(advice[0].ends_with("/run") && advice[0].starts_with("chmod 700 "), "{advice:?}");
    assert!(advice[1].starts_with("chmod 600 ") && advice[1].contains("anew"), "{advice:?}");
    assert_eq!(verdict(&found, "tokens"), "fail");
    // What it said to do helps.
    set_mode(&home.path().join("run"), 0o700);
    set_mode(&tokens, 0o600);
    assert_eq!(home.run(&["doctor"]).code, 0);
}

#[test]
fn a_broken_configuration_does_not_keep_it_from_looking() {
    let home = Home::new();
    let config = home.write("bad.toml", "[agent]\nring_byte = 1\n");
    let ran = home.run(&["--config", &config, "doctor", "--json"]);
    assert_eq!((ran.code, ran.errors.as_str()), (1, ""));
    let found = findings(&ran);
    assert_eq!(verdict(&found, "configuration"), "fail");
    let says = of(&found, "configuration")[0]["says"].as_str().unwrap();
    assert!(says.contains("bad.toml:2:1: unknown key `ring_byte`"), "{says}");
    assert!(found.len() > 5, "{found:#?}");
}

#[test]
fn holders_without_an_agent_and_of_an_earlier_program_are_told() {
    let home = Home::new();
    let program = home.path().join("watchdeck");
    let copy = || {
        let fresh = home.path().join("fresh");
        std::fs::copy(env!("CARGO_BIN_EXE_watchdeck"), &fresh).unwrap();
        std::fs::rename(fresh, &program).unwrap();
    };
    let run = |arguments: &[&str]| {
        let mut command = std::process::Command::new(&program);
        command
            .args(arguments)
            .env_clear()
            .envs(home.command(&[]).get_envs().filter_map(|(name, value)| Some((name, value?))));
        command.stdin(std::process::Stdio::null()).output().unwrap()
    };
    copy();
    assert!(run(&["new", "--detach", "--name", "work", "--", "sleep", "1000"]).status.success());
    let doctor =
        || -> Vec<Value> { serde_json::from_slice(&run(&["doctor", "--json"]).stdout).unwrap() };
    assert_eq!(verdict(&doctor(), "holders"), "ok");
    copy();
    assert_eq!(verdict(&doctor(), "agent"), "warn", "its file was replaced");
    assert!(run(&["agent", "--upgrade"]).status.success());
    let found = doctor();
    assert_eq!((verdict(&found, "agent"), verdict(&found, "holders")), ("ok", "warn"));
    let says = of(&found, "holders")[0]["says"].as_str().unwrap();
    assert!(says.starts_with("1 run, 1 of an earlier"), "{says}");
    let pid = home.json(&["info", "--json"])["agent"]["pid"].as_i64().unwrap();
    let pid = rustix::process::Pid::from_raw(i32::try_from(pid).unwrap()).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
    let forsaken = || {
        let found = doctor();
        let says = of(&found, "holders")[0]["says"].as_str().unwrap().to_owned();
        says.starts_with("1 run without an agent")
    };
    assert!(until(std::time::Duration::from_secs(30), forsaken));
    home.ok(&["agent", "--background"]);
}

#[test]
fn it_is_readable_without_colour_and_glyphs() {
    let home = Home::new();
    let plain = home.run_with(&[("LANG", "C"), ("NO_COLOR", "1")], &["doctor"]).text;
    assert!(plain.is_ascii() && !plain.contains('\x1b'), "{plain}");
    assert!(plain.starts_with("+ ok    configuration   good:"), "{plain}");
    let last = plain.lines().last().unwrap();
    assert!(last.contains(" ok, ") && last.contains(" warn, ") && last.ends_with(" fail"));
    let rich = home.run_with(&[("LANG", "C.UTF-8")], &["--color", "always", "doctor"]).text;
    assert!(rich.contains("\u{2713} ok") && rich.contains("\x1b[32m"), "{rich}");
}
