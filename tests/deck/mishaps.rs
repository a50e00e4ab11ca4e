//! Stopped, continued, cut off, and seen twice.

use rustix::process::{Pid, Signal, WaitOptions, kill_process, waitpid};

use crate::machine::{Machine, pid, place};

#[test]
fn a_stopped_dashboard_gives_the_terminal_back_and_repaints_when_continued() {
    let machine = Machine::new();
    machine.text(&["new", "--detach", "--name", "cat", "--", "cat"]);
    let mut deck = machine.dashboard();
    deck.until_shows("here/cat");
    for by_key in [true, false] {
        match by_key {
            true => deck.press("\x1a"),
            false => kill_process(pid(&deck), Signal::TSTP).unwrap(),
        }
        let (_, status) = waitpid(Some(pid(&deck)), WaitOptions::UNTRACED).unwrap().unwrap();
        assert!(status.stopped(), "{status:?} by_key={by_key}");
        deck.until("the terminal is the shell's again", |view| !view.modes().alternate);
        kill_process(pid(&deck), Signal::CONT).unwrap();
        deck.until("everything is drawn again", |view| {
            view.modes().alternate && view.text_rows().any(|row| row.contains("here/cat"))
        });
    }
    deck.press("q");
    assert!(deck.until_ended().success());
}

#[test]
fn a_killed_agent_leaves_its_last_screens_dimmed_until_it_is_back() {
    let machine = Machine::new();
    let script = "echo last words; cat";
    machine.text(&["new", "--detach", "--name", "old", "--", "sh", "-c", script]);
    let mut deck = machine.dashboard();
    let view = deck.until_shows("last words");
    let (row, col) = place(&view, "last words");
    assert!(!view.cell(row, col).dim);
    kill_process(agent(&machine), Signal::KILL).unwrap();
    let view = deck.until_shows("retrying");
    assert!(view.cell(row, col).dim, "what is shown is old");
    machine.text(&["new", "--detach", "--name", "young", "--", "sh", "-c", "echo first cry; cat"]);
    deck.press("R");
    deck.until_shows("first cry");
    let view = deck.until_hides("retrying");
    let (row, col) = place(&view, "last words");
    assert!(!view.cell(row, col).dim, "its session went on");
    machine.text(&["send", "old", "--enter", "still here"]);
    deck.until_shows("still here");
}

/// The agent's process.
fn agent(machine: &Machine) -> Pid {
    let info = machine.text(&["info", "--json"]);
    let info: serde_json::Value = serde_json::from_str(&info).unwrap();
    let pid = info["agent"]["pid"].as_i64().unwrap_or_else(|| panic!("{info}"));
    Pid::from_raw(i32::try_from(pid).unwrap()).unwrap()
}

#[test]
fn two_dashboards_show_one_session_each_in_its_own_way() {
    let machine = Machine::new();
    for name in ["a", "b"] {
        machine.text(&["new", "--detach", "--name", name, "--", "cat"]);
    }
    let (mut one, mut two) = (machine.dashboard(), machine.dashboard());
    for deck in [&one, &two] {
        deck.until_shows("here/a");
        deck.until_shows("here/b");
    }
    one.press("2z");
    one.until_shows("zoomed 2 of 2");
    machine.text(&["send", "b", "--enter", "for both"]);
    one.until_shows("for both");
    let view = two.until_shows("for both");
    assert!(!view.text_rows().any(|row| row.contains("zoomed")), "the other one's view is its own");
    place(&view, "here/a");
    two.press("q");
    assert!(two.until_ended().success());
    machine.text(&["send", "b", "--enter", "for one"]);
    one.until_shows("for one");
}
