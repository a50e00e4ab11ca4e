//! The command line by itself, without an agent: help, usage errors, configuration, completions.
#![allow(clippy::unwrap_used)] // a test's fault is told by its panic

mod cli_support;

use cli_support::Home;

const VERBS: [&str; 28] = [
    "agent",
    "demo",
    "ls",
    "new",
    "attach",
    "send",
    "keys",
    "resize",
    "signal",
    "kill",
    "rm",
    "rename",
    "screen",
    "tail",
    "grep",
    "wait",
    "info",
    "alerts",
    "seen",
    "severity",
    "token",
    "hosts",
    "deploy",
    "proxy",
    "config",
    "completions",
    "keys-doc",
    "generate",
];

#[test]
fn every_verb_has_help() {
    let home = Home::new();
    for verb in VERBS {
        let help = home.ok(&[verb, "--help"]);
        assert!(help.contains(&format!("Usage: watchdeck {verb}")), "{help}");
        assert!(help.contains("--config") && help.contains("--machine"), "{help}");
    }
}

#[test]
fn help_documents_the_exit_codes() {
    let help = Home::new().ok(&["--help"]);
    for line in ["Exit codes:", "  124  it did not happen in time", "    3  no such session"] {
        assert!(help.contains(line), "{help}");
    }
}

#[test]
fn wrong_command_lines_exit_2_and_say_why() {
    let home = Home::new();
    for (arguments, says) in [
        (&["frobnicate"][..], "unrecognized subcommand"),
        (&["kill"], "required"),
        (&["resize", "x", "80"], "write COLSxROWS"),
        (&["signal", "x", "STOPP"], "is not a signal"),
        (&["keys", "x", "C-notakey"], "C-notakey"),
        (&["wait", "x"], "--pattern"),
        (&["wait", "x", "-p", "y", "--timeout", "soon"], "is not a duration"),
        (&["wait", "x", "-p", "y", "--from", "there"], "no place to begin at"),
        (&["tail", "x", "-n", "1", "--from", "start"], "cannot be used with"),
        (&["screen", "x", "--json", "--ansi"], "cannot be used with"),
        (&["new", "--env", "NOVALUE"], "write KEY=VALUE"),
        (&["kill", "a/b/c"], "write MACHINE/SESSION"),
        (&["--machine", "b", "kill", "a/x"], "name two machines"),
        (&["--machine", "b", "--socket", "/s", "ls"], "not both"),
        (&["agent", "--status", "--stop"], "cannot be used with"),
        (&[], "no terminal for the dashboard"),
        (&["demo"], "no terminal for the dashboard"),
        (&["new", "sh"], "use --detach"),
        (&["attach", "x"], "no terminal to show the session in"),
    ] {
        let complaint = home.fails(2, arguments);
        assert!(complaint.contains(says), "{arguments:?}: {complaint}");
    }
}

#[test]
fn what_is_not_there_is_told_with_what_to_do() {
    let home = Home::new();
    assert!(home.fails(3, &["kill", "nowhere/x"]).contains("no machine is called `nowhere`"));
    assert!(home.fails(4, &["kill", "local/x"]).contains("watchdeck agent --background"));
    assert!(home.fails(4, &["agent", "--status"]).contains("watchdeck agent --background"));
    assert_eq!(home.ok(&["ls", "--json"]).trim(), "[]");
}

#[test]
fn an_agent_beyond_loopback_is_refused_with_what_is_missing() {
    let complaint = Home::new().fails(1, &["agent", "--listen", "0.0.0.0:0"]);
    assert!(complaint.contains("`watchdeck token new --role operator"), "{complaint}");
}

#[test]
fn config_check_tells_place_and_near_miss() {
    let home = Home::new();
    let good = home.write("good.toml", "[agent]\nname = \"web-1\"\n");
    assert!(home.ok(&["config", "check", &good]).contains("is good"));
    assert!(home.ok(&["--config", &good, "config", "check"]).contains("is good"));
    let bad = home.write("bad.toml", "[agent]\nring_byte = 1\n");
    let complaint = home.fails(1, &["config", "check", &bad]);
    assert!(complaint.contains("bad.toml:2:1") && complaint.contains("ring_bytes"), "{complaint}");
    let gone = home.fails(1, &["config", "check", "/no/such.toml"]);
    assert!(gone.contains("/no/such.toml"), "{gone}");
}

#[test]
fn config_check_tries_rules_and_their_samples() {
    let home = Home::new();
    let rule = |regex: &str, class: &str| {
        let samples = format!("samples = [{{ line = \"boom\", class = \"{class}\" }}]");
        let head = "[[alerts]]\nname = \"a\"\nseverity = \"error\"";
        home.write("rules.toml", &format!("{head}\nregex = \"{regex}\"\n{samples}\n"))
    };
    assert!(home.ok(&["config", "check", &rule("boom", "error")]).contains("1 alert rules"));
    for (regex, class, says) in [
        ("(boom", "error", "rules.toml:4:9: alert rule `a`: unclosed group"),
        ("boom", "warning", "rules.toml:5:12: this sample is classified error, not warning"),
        ("bang", "error", "this sample is classified other, not error"),
    ] {
        let complaint = home.fails(1, &["config", "check", &rule(regex, class)]);
        assert!(complaint.contains(says), "{complaint}");
    }
}

#[test]
fn config_print_is_a_configuration_and_path_names_the_files() {
    let home = Home::new();
    let printed = home.ok(&["config", "print"]);
    let again = home.write("printed.toml", &printed);
    home.ok(&["config", "check", &again]);
    let origins = home.ok(&["--config", &again, "config", "print", "--origin"]);
    assert!(origins.contains("agent.ring_bytes") && origins.contains("printed.toml:"), "{origins}");
    let paths = home.ok(&["--config", &again, "config", "path"]);
    let last = paths.lines().last().unwrap();
    assert!(paths.starts_with("built in\n/etc/") && last.ends_with("printed.toml"), "{paths}");
}

#[test]
fn completions_for_every_shell() {
    let home = Home::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        assert!(home.ok(&["completions", shell]).contains("severity"), "{shell}");
    }
}

#[test]
fn generators_are_repeatable_and_end() {
    let home = Home::new();
    let generate =
        || home.ok(&["generate", "deploy", "--seed", "7", "--rate", "0", "--count", "40"]);
    assert!(generate().contains("fetch sources"));
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    use std::io::{BufRead, BufReader};
    use std::process::Stdio;
    let home = Home::new();
    let log = home.write("big.log", &"a line of a log\n".repeat(200_000));
    for (arguments, code) in
        [(&["severity", &log][..], 141), (&["generate", "web", "--rate", "0"], 0)]
    {
        let mut command = home.command(arguments);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(!line.is_empty());
        assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(code), &b""[..]));
    }
}
