//! A token is nowhere but in its own file and in the hands of whoever was given it (threat T8).

#![allow(clippy::unwrap_used)] // in a test it is the verdict

mod cli_support;

#[path = "support/proof.rs"]
mod proof;

use std::path::{Path, PathBuf};

use cli_support::Home;

/// Files below `dir`, links not followed.
fn files(dir: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(dir).into_iter().flatten().flatten() {
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            files(&entry.path(), found);
        } else if kind.is_file() {
            found.push(entry.path());
        }
    }
}

/// The files of this home that hold the token.
fn files_with(home: &Home, token: &str) -> Vec<String> {
    let mut all = Vec::new();
    files(home.path(), &mut all);
    let holds = |path: &PathBuf| {
        let bytes = std::fs::read(path).unwrap_or_default();
        memchr::memmem::find(&bytes, token.as_bytes()).is_some()
    };
    let named = |path: PathBuf| path.strip_prefix(home.path()).unwrap().display().to_string();
    let mut found: Vec<_> = all.into_iter().filter(holds).map(named).collect();
    found.sort();
    found
}

/// What every process of this machine was started with, as far as it can be read.
fn started_with(token: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir("/proc").unwrap().flatten() {
        for part in ["cmdline", "environ"] {
            let path = entry.path().join(part);
            let bytes = std::fs::read(&path).unwrap_or_default();
            if memchr::memmem::find(&bytes, token.as_bytes()).is_some() {
                found.push(path.display().to_string());
            }
        }
    }
    found
}

#[test]
fn a_token_is_in_no_command_line_environment_log_or_answer() {
    let home = Home::new();
    let made = home.run(&["token", "new", "--role", "admin", "--name", "canary"]);
    let token = made.text.trim().to_owned();
    assert!(token.starts_with("wdt_") && made.text.lines().count() == 1, "{}", made.text);
    assert!(!made.errors.contains(&token));
    // Whoever starts the local agent by the way may have tokens in the environment.
    let known = [("WATCHDECK_TOKEN", token.as_str()), ("WATCHDECK_LOG", "trace")];
    let started =
        home.run_with(&known, &["agent", "--background", "--listen", "wss://127.0.0.1:0"]);
    assert_eq!(started.code, 0, "{}", started.errors);
    let status = home.ok(&["agent", "--status"]);
    let value = |name: &str| {
        let line = status.lines().rfind(|line| line.starts_with(name)).unwrap();
        line.split_whitespace().nth(1).unwrap().to_owned()
    };
    let (address, fingerprint) = (value("listening:"), value("certificate:"));
    let machine = format!(
        "dashboard.local = false\n[[machines]]\nname = \"web-1\"\naddress = \"{address}\"\n"
    );
    let config = home.write("c.toml", &machine);
    let on = |arguments: &[&str]| {
        home.run_with(&known, &[&["--config", &config, "-vvv"], arguments].concat())
    };
    let mut said = Vec::new();
    said.push(on(&["hosts", "trust", "web-1", &fingerprint]));
    let job = [
        "--machine",
        "web-1",
        "new",
        "-d",
        "--record",
        "--name",
        "job",
        "--",
        "sh",
        "-c",
        "env; exec cat",
    ];
    said.push(on(&job));
    said.push(on(&["tail", "web-1/job"]));
    said.push(on(&["info", "web-1/job", "--json"]));
    said.push(on(&["ls"]));
    assert!(said.iter().all(|ran| ran.code == 0), "{said:?}");
    assert!(said[2].text.contains("WATCHDECK_SESSION=job"), "the environment was printed");
    // Stored from standard input, and refused ones too.
    let stored = home
        .piped(format!("{token}\n").as_bytes(), &["--config", &config, "token", "add", "web-1"]);
    assert_eq!(stored.code, 0, "{}", stored.errors);
    said.push(stored);
    said.push(
        home.piped(
            format!("{token} x").as_bytes(),
            &["--config", &config, "token", "add", "web-1"],
        ),
    );
    said.push(
        home.run_with(&[("WATCHDECK_TOKEN", &format!("{token} x"))], &["--config", &config, "ls"]),
    );
    said.push(home.run(&["--config", &config, "ls"]));
    said.push(home.run(&["token", "ls"]));
    said.push(home.run(&["token", "ls", "--json"]));
    said.push(home.run(&["config", "print"]));
    let audit = home.run(&["audit", "show", "--json"]);
    assert!(audit.text.contains("\"who\":\"token canary\""), "{}", audit.text);
    said.push(audit);
    let told: Vec<_> = said
        .iter()
        .filter(|ran| ran.text.contains(&token) || ran.errors.contains(&token))
        .collect();
    assert!(told.is_empty(), "{told:?}");
    assert_eq!(started_with(&token), Vec::<String>::new());
    let log = home.path().join(".local/state/watchdeck/agent.log");
    assert!(std::fs::read_to_string(log).unwrap().contains("DEBUG"), "the agent logged details");
    assert_eq!(files_with(&home, "WATCHDECK_SESSION=job").len(), 1, "the recording was looked at");
    assert_eq!(files_with(&home, &token), [".local/state/watchdeck/client-tokens/web-1"]);
    let values = format!(
        "0 hits in {} answers, every command line and environment, logs at trace, audit log; 1 in the file that \
         keeps it",
        said.len()
    );
    proof::tell(12, "T8", "a token as canary", &values);
}
