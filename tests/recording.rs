//! Recordings of real sessions: complete or visibly incomplete (reliability, F27, T8, T20, T27).

#![allow(clippy::unwrap_used)] // in a test it is the verdict

mod cli_support;

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use cli_support::{Home, ends, until};
use watchdeck::cast::{Cast, Reader, What};

/// Reads a recording; it must be whole lines.
fn cast(path: &Path) -> Cast {
    let text = std::fs::read_to_string(path).unwrap();
    let mut reader = Reader::default();
    for line in text.split_inclusive('\n') {
        let ended = line.strip_suffix('\n');
        reader.line(ended.unwrap_or(line).as_bytes(), ended.is_some()).unwrap();
    }
    let cast = reader.finish().unwrap();
    assert!(!cast.torn, "{text}");
    cast
}

fn output(cast: &Cast) -> String {
    let text = cast.events.iter().map(|event| match &event.what {
        What::Output(text) => text.as_str(),
        _ => "",
    });
    text.collect()
}

fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

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

fn kill_agent(home: &Home) {
    let status = home.ok(&["agent", "--status"]);
    let line = status.lines().find(|line| line.starts_with("pid:")).unwrap();
    let pid = line.split_whitespace().nth(1).unwrap().parse().unwrap();
    let pid = rustix::process::Pid::from_raw(pid).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
    let gone = || rustix::process::test_kill_process(pid).is_err();
    assert!(until(Duration::from_secs(10), gone));
}

/// What is told of the recording of `job`.
fn recording(home: &Home) -> serde_json::Value {
    home.json(&["info", "job", "--json"])["recording"].clone()
}

fn file(home: &Home) -> std::path::PathBuf {
    recording(home)["file"].as_str().unwrap().into()
}

fn wait_until_done(home: &Home) {
    let done = || recording(home)["state"] == "done";
    assert!(until(Duration::from_secs(60), done), "{}", recording(home));
}

/// The recorded output, with as many `?` as are marked missing.
fn with_gaps(cast: &Cast) -> (Vec<u8>, u64) {
    let (mut bytes, mut missing) = (Vec::new(), 0);
    for event in &cast.events {
        match &event.what {
            What::Output(text) => bytes.extend_from_slice(text.as_bytes()),
            What::Marker(text) if text.contains(" bytes are missing ") => {
                let count: usize = text.split_whitespace().nth(1).unwrap().parse().unwrap();
                bytes.resize(bytes.len() + count, b'?');
                missing += count as u64;
            }
            _ => {}
        }
    }
    (bytes, missing)
}

/// `seq 1 count` as a terminal shows it.
fn numbers(count: usize) -> Vec<u8> {
    (1..=count).map(|n| format!("{n}\r\n")).collect::<String>().into_bytes()
}

fn assert_is(recorded: &[u8], expected: &[u8]) {
    assert_eq!(recorded.len(), expected.len());
    let differs = recorded.iter().zip(expected).position(|(r, e)| r != e && *r != b'?');
    assert_eq!(differs, None);
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
}

#[test]
fn a_recording_goes_on_over_hard_ends_and_upgrades_of_the_agent() {
    let (home, count) = (Home::new(), 60_000);
    let script = format!("i=0; while [ $i -lt {count} ]; do i=$((i+1)); echo $i; done");
    home.ok(&["new", "-d", "--record=strict", "--name", "job", "--", "sh", "-c", &script]);
    let rounds = if std::env::var_os("WATCHDECK_FULL_COUNTS").is_some() { 40 } else { 4 };
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

/// A file system of one mebibyte; unmounted when it is dropped.
struct Small(std::path::PathBuf);

impl Small {
    /// `None`, said aloud, where that is not allowed.
    fn mount(dir: &Path) -> Option<Self> {
        std::fs::create_dir_all(dir).unwrap();
        let mut command = std::process::Command::new("mount");
        let mounted =
            command.args(["-t", "tmpfs", "-o", "size=1m,mode=0700", "none"]).arg(dir).output();
        if mounted.is_ok_and(|mounted| mounted.status.success()) {
            return Some(Self(dir.to_owned()));
        }
        let required = std::env::var_os("WATCHDECK_REQUIRE_TOOLS").is_some();
        assert!(
            !required || !rustix::process::getuid().is_root(),
            "cannot mount a small file system"
        );
        eprintln!("skipped: mounting a small file system is not allowed");
        None
    }

    /// Takes all room but so many bytes.
    fn fill(&self, left: usize) {
        let full = vec![b'x'; (1 << 20) - left];
        std::fs::write(self.0.join("filler"), full).unwrap();
    }

    fn free(&self) {
        std::fs::remove_file(self.0.join("filler")).unwrap();
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        let _ = std::process::Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

/// F27: the state is visible within a second, the file stays whole, the gap is exact, it goes on by itself.
#[test]
fn on_a_full_disk_the_session_goes_on_and_the_gap_is_marked() {
    let home = Home::new();
    let Some(disk) = Small::mount(&home.path().join("small")) else { return };
    disk.fill(200 << 10);
    let toml = format!("agent.ring_bytes = \"64KiB\"\nrecording.dir = \"{}\"\n", disk.0.display());
    let config = home.write("c.toml", &toml);
    let count = 200_000;
    let script = format!("seq {count}; echo end; exec cat");
    let job =
        ["--config", &config, "new", "-d", "--record", "--name", "job", "--", "sh", "-c", &script];
    home.ok(&job);
    home.ok(&["wait", "job", "--pattern", "^end$", "--from", "start", "--timeout", "30s"]);
    let started = std::time::Instant::now();
    assert!(until(Duration::from_secs(10), || recording(&home)["state"] == "failing"));
    assert!(started.elapsed() < Duration::from_secs(1), "{:?}", started.elapsed());
    assert!(home.ok(&["ls"]).contains("REC!"));
    assert!(home.ok(&["info", "job"]).contains("No space left on device"));
    // Best effort: the program still gets its input.
    home.ok(&["send", "job", "typed meanwhile", "--enter"]);
    cast(&file(&home));
    disk.free();
    let whole_again = || recording(&home)["state"] == "recording";
    assert!(until(Duration::from_secs(10), whole_again));
    home.ok(&["send", "job", "after", "--enter"]);
    home.ok(&["wait", "job", "--pattern", "after", "--from", "start", "--timeout", "20s"]);
    home.ok(&["kill", "job"]);
    wait_until_done(&home);
    let recorded = cast(&file(&home));
    let (bytes, missing) = with_gaps(&recorded);
    assert!(missing > 0 && recording(&home)["missing"] == missing);
    let typed = b"typed meanwhile\r\ntyped meanwhile\r\nafter\r\nafter\r\n";
    assert_is(&bytes, &[&numbers(count), &b"end\r\n"[..], typed].concat());
    assert!(home.ok(&["ls"]).contains("REC gap"));
}

/// F27 in strict mode: no byte reaches the program once it is known that recording failed.
#[test]
fn in_strict_mode_nothing_is_sent_while_recording_fails() {
    let home = Home::new();
    let Some(disk) = Small::mount(&home.path().join("small")) else { return };
    let toml = format!("[recording]\nsessions = \"strict\"\ndir = \"{}\"\n", disk.0.display());
    let config = home.write("c.toml", &toml);
    // Asking for less does not help.
    let job = ["--config", &config, "new", "-d", "--record=best-effort", "--name", "job", "--"];
    let script = "echo one; head -c 100000 /dev/zero | tr '\\0' x; echo; exec cat";
    disk.fill(32 << 10);
    home.ok(&[&job[..], &["sh", "-c", script]].concat());
    assert!(until(Duration::from_secs(10), || recording(&home)["state"] == "failing"));
    assert_eq!(recording(&home)["mode"], "strict");
    for sending in [&["send", "job", "lost"][..], &["keys", "job", "x"]] {
        let refused = home.fails(1, sending);
        assert!(
            refused.contains("nothing was sent") && refused.contains("No space left"),
            "{refused}"
        );
    }
    disk.free();
    let sent = || home.run(&["send", "job", "kept", "--enter"]).code == 0;
    assert!(until(Duration::from_secs(10), sent));
    home.ok(&["wait", "job", "--pattern", "^kept$", "--from", "start", "--timeout", "20s"]);
    home.ok(&["kill", "job"]);
    wait_until_done(&home);
    let text = output(&cast(&file(&home)));
    assert!(text.contains("kept") && !text.contains("lost") && text.contains("one"));
    assert_eq!(recording(&home)["missing"], 0, "the ring still had it all");
    // What cannot be recorded is not even started.
    std::fs::write(disk.0.join("a-file"), "").unwrap();
    let dir = disk.0.join("a-file/recordings");
    let toml = format!("[recording]\nsessions = \"strict\"\ndir = \"{}\"\n", dir.display());
    let config = home.write("d.toml", &toml);
    home.ok(&["agent", "--stop"]);
    // The agent before may still be about to end.
    let refused = || {
        let ran = home.run(&["--config", &config, "new", "-d", "--", "cat"]);
        ran.code == 1 && ran.errors.contains("nothing was started")
    };
    assert!(until(Duration::from_secs(10), refused));
}
