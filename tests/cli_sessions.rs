//! The verbs against a real agent that starts by itself.
#![allow(clippy::unwrap_used)] // a test's fault is told by its panic

mod cli_support;

use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::time::Duration;

use cli_support::{Home, ends, until};

/// Starts `sh -c script` under the name `x`.
fn session(home: &Home, script: &str) -> String {
    let id =
        home.ok(&["new", "--detach", "--size", "80x24", "--name", "x", "--", "sh", "-c", script]);
    id.trim().to_owned()
}

#[test]
fn a_session_from_new_to_rm() {
    let home = Home::new();
    let id = session(&home, "echo ready; cat");
    home.ok(&["wait", "x", "--pattern", "^ready$"]);

    let list = home.json(&["ls", "--json"]);
    let [listed] = list.as_array().unwrap().as_slice() else { panic!("{list}") };
    assert_eq!(listed["session_id"], id.as_str());
    assert_eq!((&listed["name"], &listed["status"]), (&"x".into(), &"CONNECTED".into()));
    assert_eq!((&listed["rows"], &listed["cols"]), (&24.into(), &80.into()));
    for property in [
        "machine",
        "machine_hostname",
        "workspace_id",
        "command",
        "cwd",
        "created_at",
        "connected_at",
        "last_heartbeat_at",
        "last_output_at",
        "attached_clients",
        "title",
        "counts",
        "unseen",
        "exit_status",
    ] {
        assert!(listed.get(property).is_some(), "{property} is missing in {listed}");
    }

    home.ok(&["send", "x", "--enter", "hello", "world"]);
    assert_eq!(
        home.ok(&["wait", &id, "--pattern", "^hello w", "--from", "start"]),
        "hello world\n"
    );
    let screen = home.json(&["screen", "x", "--json"]);
    assert_eq!((&screen["rows"], &screen["cols"]), (&24.into(), &80.into()));
    assert_eq!(screen["text"][1], "hello world");
    assert_eq!(screen["cursor"]["row"], 3);
    assert!(home.ok(&["screen", "x"]).starts_with("ready\nhello world\nhello world\n"));

    home.ok(&["kill", "x"]);
    assert_eq!(home.json(&["info", "x", "--json"])["status"], "DISCONNECTED");
    assert_eq!(home.ok(&["tail", "x", "--plain", "-n", "1"]), "hello world\n");
    home.ok(&["rm", "x"]);
    assert_eq!(home.ok(&["ls", "--json"]).trim(), "[]");
    home.fails(3, &["info", "x"]);
}

#[test]
fn waiting_ends_with_the_line_the_clock_or_the_program() {
    let home = Home::new();
    session(&home, "echo started; read answer; echo got $answer; exit 3");
    home.ok(&["wait", "x", "-p", "started"]);
    let late = home.fails(124, &["wait", "x", "-p", "got", "--timeout", "50ms"]);
    assert!(late.contains("was not seen within 50ms"), "{late}");
    home.ok(&["keys", "x", "4", "2", "Enter"]);
    assert_eq!(home.ok(&["wait", "x", "-p", "^got"]), "got 42\n");
    home.fails(1, &["wait", "x", "-p", "more", "--from", "start"]);
    assert_eq!(home.json(&["info", "x", "--json"])["exit_status"]["code"], 3);
}

#[test]
fn following_ends_with_the_program_and_plain_has_no_escapes() {
    let home = Home::new();
    session(&home, "printf '\\033[31mred\\033[0m\\n10%%\\r100%%\\n'; read line; echo last");
    home.ok(&["wait", "x", "-p", "100%"]);
    let mut follow = home.command(&["tail", "x", "-f", "--plain"]);
    let mut child = follow.stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    assert_eq!(lines.next().as_deref(), Some("red"));
    assert_eq!(lines.next().as_deref(), Some("100%"));
    home.ok(&["send", "x", "--enter"]);
    assert_eq!(lines.last().as_deref(), Some("last"));
    assert!(ends(&mut child, Duration::from_secs(10)));
    let raw = home.ok(&["tail", "x", "--from", "start"]);
    assert!(raw.starts_with("\u{1b}[31mred\u{1b}[0m\r\n"), "{raw:?}");
}

#[test]
fn a_reader_of_a_tail_that_goes_away_is_no_error() {
    let home = Home::new();
    session(&home, "yes");
    home.ok(&["wait", "x", "-p", "y"]);
    let mut follow = home.command(&["tail", "x", "-f"]);
    let mut child = follow.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(141), &b""[..]));
}

#[test]
fn grep_finds_lines_or_says_no_by_its_code() {
    let home = Home::new();
    session(&home, "printf 'one\\nTwo\\nthree\\n'; cat");
    home.ok(&["wait", "x", "-p", "three"]);
    assert_eq!(home.ok(&["grep", "x", "^t"]), "three\n");
    assert_eq!(home.ok(&["grep", "-i", "x", "^t"]), "Two\nthree\n");
    assert_eq!(home.fails(1, &["grep", "x", "four"]), "");
    assert!(home.fails(1, &["grep", "x", "("]).contains('('));
}

#[test]
fn size_name_and_signals_reach_the_program() {
    let home = Home::new();
    session(
        &home,
        "trap 'stty size' WINCH; trap 'echo usr1' USR1; echo ready; while :; do sleep 0.05; done",
    );
    home.ok(&["wait", "x", "-p", "ready"]);
    home.ok(&["resize", "x", "100x30"]);
    home.ok(&["wait", "x", "-p", "^30 100$"]);
    home.ok(&["signal", "x", "usr1"]);
    home.ok(&["wait", "x", "-p", "^usr1$"]);
    home.ok(&["rename", "x", "y"]);
    assert!(home.ok(&["ls"]).contains("/y "));
    home.fails(1, &["rename", "y", "not/a/name"]);
    home.ok(&["rm", "--force", "y"]);
}

#[test]
fn options_of_new_reach_the_program() {
    let home = Home::new();
    let arguments = [
        "new",
        "-d",
        "-n",
        "x",
        "--cwd",
        "/",
        "-e",
        "COLOUR=blue sky",
        "-l",
        "team=ops",
        "--workspace",
        "w1",
        "sh",
        "-c",
        "pwd; echo $COLOUR; cat",
    ];
    home.ok(&arguments);
    home.ok(&["wait", "x", "-p", "^blue sky$"]);
    assert!(home.ok(&["screen", "x"]).starts_with("/\nblue sky\n"));
    let info = home.json(&["info", "x", "--json"]);
    assert_eq!((&info["labels"]["team"], &info["workspace_id"]), (&"ops".into(), &"w1".into()));
    assert_eq!(info["cwd"], "/");
}

#[test]
fn text_from_standard_input_and_as_a_paste() {
    let home = Home::new();
    session(&home, "echo ready; cat");
    home.ok(&["wait", "x", "-p", "ready"]);
    assert_eq!(home.piped(b"from stdin\n", &["send", "x", "-"]).code, 0);
    home.ok(&["wait", "x", "-p", "^from stdin$", "--from", "start"]);
    home.ok(&["send", "x", "--paste", "--enter", "pas\u{1b}ted"]);
    home.ok(&["wait", "x", "-p", "^pas.?ted$", "--from", "start"]);
}

#[test]
fn the_agent_tells_its_state_and_stops() {
    let home = Home::new();
    home.ok(&["agent", "--background", "--name", "desk", "--listen", "127.0.0.1:0"]);
    let status = home.ok(&["agent", "--status"]);
    assert!(status.contains("desk") && status.contains("ws://127.0.0.1:"), "{status}");
    home.ok(&["agent", "--background"]);
    let info = home.json(&["info", "--json"]);
    assert_eq!(
        (&info["agent"]["machine"], &info["agent"]["sessions"]),
        (&"desk".into(), &0.into())
    );
    home.ok(&["agent", "--stop"]);
    home.fails(4, &["agent", "--status"]);
    let socket = home.path().join("run/agent.sock");
    assert!(until(Duration::from_secs(5), || !socket.exists()));
}

/// Two machines from the configuration, each an agent of its own, with a session `x` on the second
/// and a session `both` on each.
fn two_machines(home: &Home) -> String {
    let mut config = "dashboard.local = true\n".to_owned();
    for (name, sessions) in [("one", &["both"][..]), ("two", &["both", "x"])] {
        let socket = home.path().join(name).with_extension("sock");
        let socket = socket.to_str().unwrap();
        home.ok(&["--socket", socket, "agent", "--background", "--name", name]);
        for session in sessions {
            home.ok(&["--socket", socket, "new", "-d", "-n", session, "--", "cat"]);
        }
        config += &format!("[[machines]]\nname = \"{name}\"\naddress = \"unix:{socket}\"\n");
    }
    home.write("machines.toml", &config)
}

#[test]
fn a_bare_name_is_found_only_where_it_is_certain() {
    let home = Home::new();
    let config = two_machines(&home);
    let with = |arguments: &[&str]| {
        let mut all = vec!["--config", &config];
        all.extend(arguments);
        home.run(&all)
    };
    assert_eq!(with(&["info", "x"]).code, 0);
    let ambiguous = with(&["kill", "both"]);
    assert_eq!(ambiguous.code, 3);
    assert!(ambiguous.errors.contains("one/both or two/both"), "{}", ambiguous.errors);
    assert_eq!(with(&["--machine", "one", "info", "both"]).code, 0);
    // The session of that name on another machine must not be taken instead.
    assert_eq!(with(&["kill", "one/x"]).code, 3);
    assert_eq!(with(&["--machine", "one", "kill", "x"]).code, 3);
    let listed: serde_json::Value = serde_json::from_str(&with(&["ls", "--json"]).text).unwrap();
    assert_eq!(listed.as_array().unwrap().len(), 3);

    let stop = |name: &str| assert_eq!(with(&["--machine", name, "agent", "--stop"]).code, 0);
    stop("one");
    let unasked = with(&["info", "x"]);
    assert_eq!(unasked.code, 3);
    assert!(unasked.errors.contains("one could not be asked"), "{}", unasked.errors);
    let partly = with(&["ls", "--json"]);
    assert_eq!(partly.code, 4);
    assert!(partly.text.contains("\"x\"") && partly.errors.contains("one:"), "{partly:?}");
    stop("two");
}
