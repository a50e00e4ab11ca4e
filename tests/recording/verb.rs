//! `watchdeck record`.

use std::process::Stdio;
use std::time::Duration;

use watchdeck::cast::What;

use crate::cli_support::{Home, ends, until};
use crate::reading::{cast, mode, output};

/// Whether asciinema is there; without it a test says so, or fails where it must be.
fn has_asciinema() -> bool {
    let found = std::process::Command::new("asciinema").arg("--version").output().is_ok();
    assert!(found || std::env::var_os("WATCHDECK_REQUIRE_TOOLS").is_none(), "asciinema is missing");
    if !found {
        eprintln!("skipped: asciinema is not installed");
    }
    found
}

#[test]
fn a_recording_has_the_output_and_its_times_and_asciinema_reads_it() {
    let home = Home::new();
    let script = "printf 'one \\342\\202'; sleep 0.3; printf '\\254\\n\\033[1mtwo\\033[m\\n'; sleep 0.2; echo three";
    home.ok(&["new", "-d", "--name", "job", "--size", "100x30", "--", "sh", "-c", script]);
    let path = home.path().join("job.cast");
    let file = path.to_str().unwrap();
    let ran = home.run(&["record", "job", "--out", file]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let recorded = cast(&path);
    let expected = home.ok(&["tail", "job", "--from", "start"]);
    assert_eq!(output(&recorded), expected);
    assert!(output(&recorded).starts_with("one €\r\n\u{1b}[1mtwo"));
    assert_eq!((recorded.size.cols, recorded.size.rows, mode(&path)), (100, 30, 0o600));
    assert!((450_000..5_000_000).contains(&recorded.length()), "{} µs", recorded.length());
    let refused = home.fails(1, &["record", "job", "--out", file]);
    assert!(refused.contains("--force"), "{refused}");
    home.run(&["record", "job", "--kept", "--force", "--out", file]);
    assert_eq!(output(&cast(&path)), expected);
    if has_asciinema() {
        // It wants a terminal, so it gets a session.
        home.ok(&["new", "-d", "--name", "play", "--", "asciinema", "cat", file]);
        let over = || home.json(&["info", "play", "--json"])["status"] == "DISCONNECTED";
        assert!(until(Duration::from_secs(30), over));
        let read = home.ok(&["tail", "play", "--from", "start"]);
        assert_eq!(home.json(&["info", "play", "--json"])["exit_status"]["code"], 0, "{read}");
        assert_eq!(read.replace("\r\r\n", "\r\n"), expected);
    }
}

#[test]
fn what_the_log_no_longer_has_is_marked_with_its_size() {
    let home = Home::new();
    let config = home.write("c.toml", "agent.ring_bytes = \"64KiB\"\n");
    let with = |arguments: &[&str]| home.run(&[&["--config", &config], arguments].concat());
    let job = ["new", "-d", "--name", "job", "--", "sh", "-c", "seq 100000; echo end; exec cat"];
    assert_eq!(with(&job).code, 0);
    assert_eq!(with(&["wait", "job", "--pattern", "^end$", "--timeout", "20s"]).code, 0);
    let path = home.path().join("a.cast");
    let ran = with(&["record", "job", "--kept", "--out", path.to_str().unwrap()]);
    let info = home.json(&["info", "job", "--json"]);
    let start = info["log_start"].as_u64().unwrap();
    assert!(start > 0 && ran.errors.contains(&format!("{start} bytes are missing")), "{ran:?}");
    let recorded = cast(&path);
    let marker = format!("watchdeck: {start} bytes are missing (offsets 0 to {start})");
    assert!(recorded.events.iter().any(|event| event.what == What::Marker(marker.clone())));
    assert_eq!(output(&recorded).len() as u64, info["log_end"].as_u64().unwrap() - start);
    assert_eq!(with(&["kill", "job"]).code, 0);
}

#[test]
fn it_begins_with_the_screen_and_ends_with_an_interrupt() {
    let home = Home::new();
    home.ok(&["new", "-d", "--name", "job", "--", "sh", "-c", "echo before; exec cat"]);
    home.ok(&["wait", "job", "--pattern", "before", "--timeout", "20s"]);
    let path = home.path().join("job.cast");
    let mut command =
        home.command(&["record", "job", "--from", "now", "--out", path.to_str().unwrap()]);
    let mut child = command.stderr(Stdio::null()).spawn().unwrap();
    // The file is there before the output that is to be in it.
    assert!(until(Duration::from_secs(10), || path.exists()));
    let grows = || {
        home.ok(&["send", "job", "after", "--enter"]);
        std::fs::read_to_string(&path).is_ok_and(|text| text.contains("after"))
    };
    assert!(until(Duration::from_secs(10), grows));
    let pid = rustix::process::Pid::from_raw(child.id().cast_signed()).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
    assert!(ends(&mut child, Duration::from_secs(10)) && child.wait().unwrap().success());
    let text = output(&cast(&path));
    assert!(text.contains("before") && text.contains("after"), "{text:?}");
    home.ok(&["kill", "job"]);
}
