//! A full disk (F27).

use std::time::Duration;

use crate::cli_support::{Home, until};
use crate::disk::Small;
use crate::proof::tell;
use crate::reading::*;

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
    let visible = started.elapsed();
    assert!(visible < Duration::from_secs(1), "{visible:?}");
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
    let values = format!(
        "told within {} ms, {missing} of {} bytes marked missing, the rest equal; 0 broken lines",
        visible.as_millis(),
        bytes.len()
    );
    tell(12, "F27", "a recording on a full disk", &values);
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
    let values = "0 bytes reached the program while it failed; afterwards nothing is missing";
    tell(12, "F27,T20", "a strict recording on a full disk", values);
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
