//! Memory is bounded, whatever is printed (faults F24 and F25).

use std::time::Instant;

use watchdeck::proto::Winsize;

use crate::machine::Machine;
use crate::proof::{tell, times};
use crate::support::PATIENCE;

/// What one Session may cost the agent besides its ring: screens, scanner and what is on its way.
const SESSION_KIB: u64 = 8 << 10;

/// Memory of a process that is its own, in KiB (proc(5), `RssAnon`).
fn own_memory(pid: u64) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("RssAnon:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

fn json(machine: &Machine, arguments: &[&str]) -> serde_json::Value {
    serde_json::from_str(&machine.text(arguments)).unwrap()
}

/// Returns once the error after the flood is counted.
fn counted(machine: &Machine, session: &str) {
    let began = Instant::now();
    loop {
        let info = json(machine, &["info", session, "--json"]);
        if info["counts"]["errors"] == 1 {
            return;
        }
        assert!(began.elapsed() < PATIENCE, "{info}");
    }
}

#[test]
fn no_output_bloats_the_agent() {
    let machine = Machine::new();
    machine.text(&["agent", "--background"]);
    let agent = json(&machine, &["info", "--json"])["agent"]["pid"].as_u64().unwrap();
    let before = own_memory(agent);
    let mib = times(16, 256);
    let flood = format!("head -c {mib}M /dev/zero | tr '\\0' x");
    let floods = [
        ("a line without an end", String::new()),
        ("an OSC without an end", "printf '\\033]0;'; ".to_owned()),
        ("a DCS without an end", "printf '\\033Pq'; ".to_owned()),
        ("an APC without an end", "printf '\\033_'; ".to_owned()),
        ("a CSI of parameters", "printf '\\033[1;'; ".to_owned()),
    ];
    for (what, opening) in &floods {
        let script = format!("{opening}{flood}; printf '\\030\\r\\n\\033[mERROR last words\\n'");
        let name = what.replace(' ', "-");
        let size = Winsize::new(50, 200).to_string();
        machine.text(&[
            "new", "--detach", "--name", &name, "--size", &size, "--", "sh", "-c", &script,
        ]);
        machine.text(&[
            "wait",
            &name,
            "--pattern",
            "last words",
            "--from",
            "start",
            "--timeout",
            "10m",
        ]);
        counted(&machine, &name);
        let screen = machine.text(&["screen", &name]);
        assert!(screen.contains("ERROR last words"), "{what}: {screen}");
    }
    let grown = own_memory(agent).saturating_sub(before);
    let bound = SESSION_KIB * floods.len() as u64;
    assert!(grown < bound, "{grown} KiB more, at most {bound} may be");
    let values = format!(
        "{} sessions of {mib} MiB each, agent grew by {} KiB a session (bound {SESSION_KIB}), text after it is right",
        floods.len(),
        grown / floods.len() as u64
    );
    tell(10, "F24,F25", "output without an end", &values);
}
