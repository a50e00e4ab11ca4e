//! List, filter, help, palette; creating, renaming, signalling, killing.

use super::World;
use super::world::{info, key};
use crate::app::effect::Effect;
use crate::app::state::{Link, Region};
use crate::proto::{ExitStatus, Request, SessionStatus, Signal};

fn ended(n: u128, name: &str) -> crate::proto::SessionInfo {
    let mut ended = info(n, name);
    ended.status = SessionStatus::Disconnected;
    ended.exit_status = Some(ExitStatus { code: Some(1), signal: None });
    ended.ended_at = Some(super::world::moment(-180));
    ended
}

#[test]
fn a_kill_is_asked_about_and_only_y_does_it() {
    for (answer, kills) in [("y", true), ("n", false), ("Esc", false), ("Enter n", false)] {
        let mut world = World::with_sessions(48, 160, &["shell"]);
        world.press("x");
        assert!(world.text().contains("Kill web-1/shell?"));
        world.press(answer);
        let killed = world.requests().iter().any(|(r, _)| matches!(r, Request::Kill { .. }));
        assert_eq!(killed, kills, "{answer}");
    }
}

#[test]
fn an_ended_session_says_how_and_can_be_run_again_or_removed() {
    let mut world = World::with_sessions(48, 160, &["job"]);
    world.sessions(0, vec![ended(1, "job")]);
    let text = world.text();
    assert!(text.contains("exit 1 · 3m ago"), "{text}");
    world.press(".");
    let (request, _) = world.request();
    assert!(matches!(request, Request::CreateSession { spec } if spec.command == ["/bin/sh"]));
    world.press("x");
    assert!(world.text().contains("Remove web-1/job?"));
    world.press("y");
    assert!(matches!(world.request().0, Request::Remove { .. }));
    world.press("X y");
    assert!(matches!(world.request().0, Request::Remove { .. }));
}

#[test]
fn the_form_creates_a_session_and_refuses_a_wrong_name() {
    let mut world = World::with_sessions(48, 160, &["shell"]);
    world.press("c");
    world.type_text("tail -F app.log | grep x");
    world.press("Tab");
    world.type_text("bad/name");
    world.press("Enter");
    let text = world.text();
    assert!(text.contains("New session") && text.contains("'/' is not allowed"), "{text}");
    assert!(world.effects().is_empty());
    world.press("C-u");
    world.press("Tab");
    world.type_text("/var/log");
    world.press("Enter");
    let (request, _) = world.request();
    let Request::CreateSession { spec } = request else { panic!("{request:?}") };
    assert_eq!(spec.command, ["sh", "-c", "tail -F app.log | grep x"]);
    assert_eq!((spec.name.as_deref(), spec.cwd.as_deref()), (Some("tail"), Some("/var/log")));
}

#[test]
fn a_rename_starts_from_the_name_there_is() {
    let mut world = World::with_sessions(48, 160, &["shell"]);
    world.press("r");
    world.type_text("-2");
    world.press("Enter");
    assert!(matches!(world.request().0, Request::Rename { name, .. } if name == "shell-2"));
    world.press("r");
    world.type_text("/");
    world.press("Enter");
    assert!(world.text().contains("is not allowed in a name"));
    world.press("Esc");
    assert!(world.effects().is_empty());
}

#[test]
fn a_signal_is_chosen_from_a_menu() {
    let mut world = World::with_sessions(48, 160, &["shell"]);
    world.press("!");
    world.type_text("hup");
    assert!(world.text().contains("hang up"));
    world.press("Enter");
    assert!(matches!(world.request().0, Request::Signal { signal: Signal::Hup, .. }));
}

#[test]
fn the_filter_narrows_the_list_and_esc_widens_it() {
    let mut world = World::with_sessions(48, 160, &["nginx", "postgres", "shell"]);
    world.press("g /");
    world.type_text("post");
    let text = world.text();
    assert!(text.contains("FILTER") && text.contains("1 of 3"), "{text}");
    world.press("Enter Down Enter");
    assert_eq!(world.state.focused(), Some(key(0, 2)));
    world.press("g");
    world.press("Esc");
    assert_eq!((world.state.list.filter.as_str(), world.state.region), ("", Region::List));
    world.press("Esc");
    assert_eq!(world.state.region, Region::Board);
}

#[test]
fn the_list_sorts_by_turns_and_space_takes_a_session_off() {
    let mut world = World::with_sessions(48, 160, &["zsh", "bash"]);
    assert_eq!(world.state.list.order(), [key(0, 2), key(0, 1)], "by name");
    world.press("g t");
    assert_eq!(world.state.list.sort.word(), "errors");
    world.press("Home Down Space");
    assert_eq!(world.state.board.shown().len(), 1);
}

#[test]
fn help_finds_keys_by_what_they_do_and_the_palette_runs_them() {
    let mut world = World::with_sessions(48, 160, &["a", "b"]);
    world.press("?");
    world.type_text("whole space");
    let text = world.text();
    assert!(text.contains("zoom") && !text.contains("rename"), "{text}");
    world.press("Esc :");
    world.type_text("zoom");
    world.press("Enter");
    assert!(world.state.board.zoomed);
}

#[test]
fn arrows_tab_and_numbers_move_the_focus() {
    let mut world = World::with_sessions(48, 200, &["a", "b", "c", "d"]);
    let focus = |world: &World| world.state.focused().map(|key| key.id.0.as_u128());
    for (press, expected) in [
        ("Right", 2),
        ("Down", 4),
        ("h", 3),
        ("k", 1),
        ("Tab Tab", 3),
        ("S-Tab", 2),
        ("4", 4),
        ("9", 4),
    ] {
        world.press(press);
        assert_eq!(focus(&world), Some(expected), "{press}");
    }
    world.press("Tab");
    assert_eq!(world.state.region, Region::List, "after the last pane");
    world.press("Tab s");
    assert_eq!(world.state.board.shown()[0], key(0, 4), "swapped around the end");
}

#[test]
fn a_refused_machine_says_why_and_is_tried_on_request() {
    let mut world = World::new(48, 160, &["web-1", "old-2"]);
    world.connect(0);
    world.sessions(0, vec![info(1, "a")]);
    let reason = "the agent speaks protocol 9".to_owned();
    let change = crate::app::event::LinkChange::Refused { reason };
    let machine = crate::app::state::MachineKey(1);
    world.event(crate::app::event::AppEvent::Link { machine, change });
    let text = world.text();
    assert!(text.contains("1 of 2 machines") && text.contains("refused"), "{text}");
    assert!(matches!(world.state.machines[1].link, Link::Refused { .. }));
    world.effects();
    world.press("R");
    assert_eq!(world.effects(), [Effect::Retry(machine)]);
}

#[test]
fn without_sessions_a_machine_can_be_chosen() {
    let mut world = World::new(30, 120, &["web-1", "old-2", "db-1"]);
    world.connect(0);
    world.connect(2);
    let reason = "the agent speaks protocol 9".to_owned();
    let change = crate::app::event::LinkChange::Refused { reason };
    let machine = crate::app::state::MachineKey(1);
    world.event(crate::app::event::AppEvent::Link { machine, change });
    world.press("j");
    assert!(world.text().contains("old-2: the agent speaks protocol 9"), "{}", world.text());
    world.press("Down");
    world.effects();
    world.press("Enter");
    let on = |effect: &Effect| match effect {
        Effect::Request { machine, .. } => Some(machine.0),
        _ => None,
    };
    assert_eq!(world.effects().iter().find_map(on), Some(2));
}

#[test]
fn only_the_own_machine_says_that_its_agent_can_be_started() {
    let mut world = World::new(48, 160, &["here", "there"]);
    world.state.machines[0].local = true;
    for machine in 0..2 {
        world.connect(machine);
        let reason = "cannot reach it: no agent listens there".to_owned();
        let after = std::time::Duration::from_secs(4);
        let change = crate::app::event::LinkChange::Retrying { reason, absent: true, after };
        let machine = crate::app::state::MachineKey(machine);
        world.event(crate::app::event::AppEvent::Link { machine, change });
        let text = world.text();
        assert!(text.contains("here: its agent does not run; R starts it") == (machine.0 == 0));
        world.connect(machine.0);
    }
}

#[test]
fn a_machine_that_needs_somebody_says_what_to_run() {
    let mut world = World::new(48, 160, &["web-1", "db-1"]);
    world.connect(0);
    world.sessions(0, vec![info(1, "a")]);
    let reason = "the host key of ssh://db-1 is not known yet".to_owned();
    let command = Some("ssh db-1".to_owned());
    let change = crate::app::event::LinkChange::NeedsYou { reason, command };
    let machine = crate::app::state::MachineKey(1);
    world.event(crate::app::event::AppEvent::Link { machine, change });
    let text = world.text();
    assert!(text.contains("db-1 needs you: run `ssh db-1`; the host key of ssh://db-1"), "{text}");
    assert!(text.contains("needs you: ssh db-1"), "{text}");
    assert!(text.contains("! db-1") && text.contains("1 of 2 machines"), "{text}");
    world.effects();
    world.press("R");
    assert_eq!(world.effects(), [Effect::Retry(machine)]);
}

#[test]
fn a_copy_takes_text_alone() {
    let mut world = World::with_sessions(48, 160, &["a"]);
    world.show(key(0, 1), "\x1b[31mred\x1b[m\r\n\r\nend");
    world.effects();
    world.press("y");
    assert_eq!(world.effects(), [Effect::Copy("red\n\nend".into())]);
}

#[test]
fn a_notice_and_messages_are_sanitised_and_kept() {
    let mut world = World::with_sessions(48, 160, &["a"]);
    world.press("r");
    world.type_text("b");
    world.press("Enter");
    let (_, tag) = world.request();
    let sneaky = "taken\u{1b}[2J\u{202e}";
    world.refuse(0, tag, crate::proto::ErrorCode::InvalidName, sneaky);
    assert!(!world.text().contains(['\u{1b}', '\u{202e}']));
    world.press("M");
    assert!(world.text().contains("rename web-1/a: taken"));
}

#[test]
fn q_leaves_and_everything_else_stays() {
    let mut world = World::with_sessions(48, 160, &["a"]);
    world.press("q");
    assert_eq!(world.effects(), [Effect::Quit]);
    world.press("?");
    world.press("Esc Esc Esc");
    assert_eq!(world.effects(), [], "Esc never quits");
}
