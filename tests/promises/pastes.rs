//! A paste types no command (threat T7): into four real programs.

use std::process::Command;
use std::time::{Duration, Instant};

use crate::machine::Machine;
use crate::proof::{tell, times};

/// A word that nobody types: a program that ran it left a file.
fn hostile(n: usize, canary: &str) -> String {
    let command = format!("touch {canary}");
    let breakouts = [
        format!("\x1b[201~\r{command}\r"),
        format!("text\x1b[201~; {command}\n"),
        format!("\u{9b}201~\r{command}\r"),
        format!("\x1b[20\x011~\r{command}\r"),
        format!("\x0f{command}\x0f"),
        format!("\x03\x04\x1a\r{command}\r"),
        format!("\x1b:!{command}\r"),
        format!("\x1b\x1b:!{command}\r\x1b[201~:!{command}\r"),
        format!("\x15\x0b{command}\r\n\x1b[200~{command}"),
        format!("\u{90}$q\u{9c}\x1b]0;x\x07\r{command}\r"),
    ];
    breakouts[n % breakouts.len()].clone()
}

fn is_there(program: &str) -> bool {
    let found = Command::new("which").arg(program).output().is_ok_and(|out| out.status.success());
    if !found {
        eprintln!("skipped: {program} is not installed");
        assert!(std::env::var_os("WATCHDECK_REQUIRE_TOOLS").is_none(), "{program} is missing");
    }
    found
}

/// How long a program may take to ask for brackets; some never do.
const ASKING: Duration = Duration::from_secs(5);

/// A program with its arguments, and what its screen shows once it asked for brackets.
const PROGRAMS: [(&str, &[&str]); 4] = [
    ("bash", &["bash", "--norc", "-i"]),
    ("fish", &["fish", "--private"]),
    ("vim", &["vim", "-u", "NONE", "-N", "-n", "-c", "startinsert"]),
    ("nano", &["nano", "--ignorercfiles"]),
];

#[test]
fn no_hostile_paste_runs_anything() {
    let machine = Machine::new();
    let canary = machine.dir.path().join("canary");
    let name = canary.display().to_string();
    let (mut pastes, mut programs) = (0, Vec::new());
    for (program, command) in PROGRAMS.into_iter().filter(|(program, _)| is_there(program)) {
        // Editors that are killed leave files where they stand.
        let cwd = machine.dir.path().display().to_string();
        machine.text(&[&["new", "-d", "--cwd", &cwd, "--name", program, "--"], command].concat());
        // It must read before it is pasted into: bracketed, or the paste is refused or lines run.
        let asked = until_brackets(&machine, program);
        if !asked {
            continue;
        }
        for n in 0..times(10, 250) {
            let text = hostile(n, &name);
            machine.text(&["send", program, "--paste", &text]);
            pastes += 1;
        }
        programs.push(program);
    }
    // Whatever was to run has run once each program has answered something harmless.
    for program in &programs {
        machine.text(&["keys", program, "C-c"]);
        machine.text(&["kill", program]);
    }
    assert!(!canary.exists(), "a paste ran a command");
    let values = format!("{pastes} pastes into {}, 0 commands run", programs.join(", "));
    tell(5, "T7", "pastes that try to break out", &values);
}

/// Whether the program asks for bracketed paste before patience ends.
fn until_brackets(machine: &Machine, program: &str) -> bool {
    let out = machine.run(&["wait", program, "--pattern", ".", "--timeout", "30s"]);
    assert!(out.status.success(), "{program} says nothing");
    let began = Instant::now();
    while began.elapsed() < ASKING {
        let raw = machine.run(&["tail", program, "--raw", "--from", "start"]);
        if raw.stdout.windows(8).any(|part| part == b"\x1b[?2004h") {
            return true;
        }
    }
    eprintln!("{program} asks for no brackets");
    false
}
