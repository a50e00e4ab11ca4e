//! Which panes are attached, and what happens when machines come and go.

use std::time::Duration;

use super::World;
use super::world::{info, key};
use crate::app::effect::Tag;
use crate::app::event::AppEvent;
use crate::app::state::Attachment;
use crate::proto::{Request, Role, Winsize};

fn attached(world: &World) -> Vec<u128> {
    let on = world.state.panes.iter().filter(|(_, pane)| pane.channel().is_some());
    on.map(|(key, _)| key.id.0.as_u128()).collect()
}

#[test]
fn only_drawn_panes_are_attached() {
    let mut world = World::with_sessions(24, 80, &["a", "b", "c"]);
    assert_eq!(attached(&world), [1, 2], "80x24 shows two");
    world.press("3");
    let requests = world.requests();
    assert!(
        requests.iter().any(|(r, _)| matches!(r, Request::Attach { session, .. }
        if *session == key(0, 3).id.to_string())),
        "{requests:?}"
    );
    assert!(requests.iter().any(|(r, _)| matches!(r, Request::Detach { .. })), "{requests:?}");
}

#[test]
fn zoom_detaches_the_others_and_their_last_screens_stay() {
    let mut world = World::with_sessions(48, 160, &["a", "b"]);
    world.press("z");
    assert_eq!(attached(&world), [1]);
    world.press("z");
    assert!(world.text().contains("b is here"), "drawn from the last screen until attached");
}

#[test]
fn an_update_may_overtake_the_answer_that_names_its_channel() {
    let mut world = World::new(48, 160, &["web-1"]);
    world.connect(0);
    world.sessions(0, vec![info(1, "a")]);
    let size = world.state.pane_size(key(0, 1));
    let bytes = World::snapshot(size, "early", 1);
    world.event(AppEvent::Update { machine: key(0, 1).machine, channel: 1, bytes });
    assert!(!world.text().contains("early"));
    world.grant(key(0, 1), Role::Observer);
    assert!(world.text().contains("early"));
}

#[test]
fn a_resized_terminal_tells_every_drawn_pane() {
    let mut world = World::with_sessions(48, 160, &["a"]);
    world.event(AppEvent::Resize(Winsize::new(40, 120)));
    let size = world.state.pane_size(key(0, 1));
    let (request, _) = world.request();
    assert!(matches!(request, Request::Viewport { size: told, fps: 30, .. } if told == size));
    world.event(AppEvent::Focus(false));
    let (request, _) = world.request();
    assert!(matches!(request, Request::Viewport { fps: 10, .. }), "a slower pace unfocused");
}

#[test]
fn a_lost_machine_keeps_its_screens_and_touches_no_other() {
    let mut world = World::new(48, 160, &["web-1", "db-1"]);
    for machine in 0..2 {
        world.connect(machine);
        world.sessions(machine, vec![info(machine as u128 + 1, ["nginx", "psql"][machine])]);
    }
    world.attach_all();
    world.lose(1);
    let text = world.text();
    assert!(text.contains("psql is here"), "{text}");
    assert!(text.contains("1 of 2 machines") && text.contains("retrying"), "{text}");
    assert!(text.contains("GRACE_PERIOD · screen 0s old ─ retrying in 4s"), "{text}");
    world.show(key(0, 1), "still live");
    assert!(world.text().contains("still live"));
    world.effects();
    world.connect(1);
    let attach = |(request, _): &(Request, Tag)| matches!(request, Request::Attach { .. });
    assert_eq!(world.requests().iter().filter(|request| attach(request)).count(), 1);
    assert!(world.text().contains("2 of 2 machines"));
}

#[test]
fn a_machine_that_stays_away_counts_as_disconnected_after_a_minute() {
    let mut world = World::with_sessions(48, 160, &["nginx"]);
    world.show(key(0, 1), "the last words");
    world.lose(0);
    world.now += Duration::from_secs(59);
    world.event(AppEvent::Tick);
    assert!(world.text().contains("GRACE_PERIOD · screen 59s old"), "{}", world.text());
    world.now += Duration::from_secs(2);
    world.event(AppEvent::Tick);
    let text = world.text();
    assert!(text.contains("DISCONNECTED · screen 1m old"), "{text}");
    assert!(text.contains("DISCONNECTED 1m") && text.contains("the last words"), "{text}");
    world.connect(0);
    assert!(!world.text().contains("DISCONNECTED"), "{}", world.text());
}

#[test]
fn answers_of_an_earlier_connection_are_dropped() {
    let mut world = World::new(48, 160, &["web-1"]);
    world.connect(0);
    world.sessions(0, vec![info(1, "a")]);
    world.lose(0);
    world.connect(0);
    let session = Box::new(info(1, "a"));
    let stale = crate::proto::Reply::Attached {
        channel: 9,
        role: Role::Observer,
        session,
        applied: 0,
        accepted: 0,
        refused: vec![],
    };
    world.event(AppEvent::Reply {
        machine: key(0, 1).machine,
        epoch: 1,
        tag: Tag::Attach(key(0, 1)),
        result: Ok(stale),
    });
    let attachment = &world.state.panes[&key(0, 1)].attachment;
    assert!(matches!(attachment, Attachment::Waiting { .. }), "{attachment:?}");
}

#[test]
fn a_session_that_was_taken_off_is_detached_and_can_come_back() {
    let mut world = World::with_sessions(48, 160, &["a", "b"]);
    world.press("-");
    let requests = world.requests();
    assert!(requests.contains(&(Request::Detach { channel: 1 }, Tag::Quiet)), "{requests:?}");
    assert_eq!(attached(&world), [2]);
    world.press("g Home Down Space");
    world.attach_all();
    assert_eq!(attached(&world), [1, 2]);
}

#[test]
fn a_removed_session_leaves_no_pane() {
    let mut world = World::with_sessions(48, 160, &["a", "b"]);
    world.sessions(0, vec![info(2, "b")]);
    assert_eq!(attached(&world), [2]);
    assert_eq!(world.state.focused(), Some(key(0, 2)));
    world.sessions(0, vec![]);
    assert!(world.text().contains("No sessions yet"));
}

#[test]
fn a_larger_screen_is_cropped_around_its_cursor_until_it_is_panned() {
    let mut world = World::with_sessions(24, 80, &["a", "b"]);
    let rows: Vec<_> = (1..=40).map(|n| format!("row {n}")).collect();
    world.show_sized(key(0, 1), Winsize::new(40, 200), &rows.join("\r\n"));
    assert!(world.text().contains("row 40"));
    world.press("M-Up M-Up M-Up M-Up M-Up M-Up M-Up M-Up M-Up");
    let text = world.text();
    assert!(text.contains("row 1 ") && !text.contains("row 40"), "{text}");
}

#[test]
fn a_role_that_is_wished_for_early_is_asked_for_once_attached() {
    for (presses, asked) in [("o", Some(Role::Operator)), ("o o", None)] {
        let mut world = World::new(24, 80, &["web-1"]);
        world.connect(0);
        world.sessions(0, vec![info(1, "a")]);
        world.press(presses);
        world.effects();
        let channel = world.grant(key(0, 1), Role::Observer);
        let roles = world.requests().into_iter().filter_map(|(request, _)| match request {
            Request::SetRole { channel: on, role } if on == channel => Some(role),
            _ => None,
        });
        assert_eq!(roles.collect::<Vec<_>>(), Vec::from_iter(asked), "{presses}");
        assert_eq!(world.state.role(key(0, 1)), Role::Observer, "the agent has not agreed yet");
    }
}
