//! From error to error.

use chrono::{DateTime, Utc};

use super::World;
use super::world::{counts, info, key};
use crate::app::effect::{Landing, Tag};
use crate::proto::{Alert, Event, Reply, Request, Severity};

pub(super) fn alert(sequence: u64, session: u128) -> Alert {
    Alert {
        sequence,
        session_id: key(0, session).id,
        time: DateTime::<Utc>::UNIX_EPOCH,
        severity: Severity::Error,
        rule: "level".into(),
        text: format!("error {sequence}"),
        span: (0, 5),
        offset: sequence * 100,
        end: sequence * 100 + 10,
    }
}

/// Answers the question for Alerts with those of the Session; the place that is looked for.
fn located(world: &mut World, alerts: &[u64], session: u128) -> Option<u64> {
    let (request, tag) = world.request();
    assert!(matches!(request, Request::Alerts { session: Some(_), .. }), "{request:?}");
    let alerts = alerts.iter().map(|sequence| alert(*sequence, session)).collect();
    world.reply(0, tag, Reply::Alerts { alerts });
    let mut requests = world.requests();
    let (request, tag) = requests.pop()?;
    let Request::Locate { offset, .. } = request else { panic!("{request:?}") };
    assert!(matches!(tag, Tag::Locate(_, Landing::Alert { .. })));
    world.reply(0, tag, Reply::Located { up: 100, end: 9000, total: 300 });
    world.effects();
    Some(offset / 100)
}

#[test]
fn e_goes_through_the_unseen_errors_and_capital_e_back() {
    let mut world = World::with_sessions(24, 120, &["log"]);
    let mut session = info(1, "log");
    (session.counts, session.unseen) = (counts(4, 0), counts(2, 0));
    world.sessions(0, vec![session]);
    let all = [1, 2, 5, 9];
    for (press, expected) in [
        ("e", Some(5)),
        ("e", Some(9)),
        ("E", Some(5)),
        ("E", Some(2)),
        ("E", Some(1)),
        ("E", None),
    ] {
        world.press(press);
        assert_eq!(located(&mut world, &all, 1), expected, "{press}");
    }
    assert!(world.text().contains("no older error is kept"));
}

#[test]
fn past_the_last_error_e_goes_on_to_the_next_session_with_an_unseen_one() {
    let mut world = World::with_sessions(48, 160, &["a", "b", "c"]);
    let mut c = info(3, "c");
    (c.counts, c.unseen) = (counts(1, 0), counts(1, 0));
    world.agent(0, Event::Session { session: Box::new(c) });
    world.press("e");
    let (_, tag) = world.request();
    world.reply(0, tag, Reply::Alerts { alerts: vec![] });
    assert_eq!(world.state.focused(), Some(key(0, 3)));
    assert_eq!(located(&mut world, &[7], 3), Some(7));
}

#[test]
fn with_nothing_unseen_e_shows_the_newest_and_says_so() {
    let mut world = World::with_sessions(24, 120, &["log"]);
    world.press("e");
    assert_eq!(located(&mut world, &[1, 2], 1), Some(2));
    assert!(world.text().contains("no error is unseen; this is the newest"));
    world.press("w");
    assert_eq!(located(&mut world, &[], 1), None);
    assert!(world.text().contains("no newer warning"));
}

#[test]
fn seen_is_told_to_the_agent_and_shown_when_it_agrees() {
    let mut world = World::with_sessions(24, 120, &["log"]);
    world.press("a");
    assert!(world.effects().is_empty(), "nothing is unseen");
    let mut session = info(1, "log");
    (session.counts, session.unseen) = (counts(4, 0), counts(2, 0));
    world.sessions(0, vec![session]);
    assert!(world.text().contains("+2"));
    world.press("a");
    assert!(matches!(world.request().0, Request::MarkSeen { session: Some(_) }));
}

/// Answers the question where a line is; the pane, the offset and the width that were asked for.
pub(super) fn landed(world: &mut World) -> (crate::app::state::SessionKey, u64, u16) {
    let mut located = world.requests().into_iter().filter_map(|(request, tag)| match request {
        Request::Locate { offset, cols, .. } => Some((tag, offset, cols)),
        _ => None,
    });
    let (tag, offset, cols) = located.next().expect("it is asked where the line is");
    let Tag::Locate(session, Landing::Alert { .. }) = tag else { panic!("{tag:?}") };
    world.reply(0, tag, Reply::Located { up: 100, end: 9000, total: 300 });
    (session, offset, cols)
}

#[test]
fn a_picked_alert_is_gone_to_in_its_own_pane() {
    let mut world = World::with_sessions(48, 160, &["a", "b", "c"]);
    let alerts = vec![alert(1, 2), alert(2, 3)];
    world.agent(0, Event::Alerts { alerts, skipped: 0 });
    world.press("v");
    let text = world.text();
    assert!(text.contains("web-1/b") && text.contains("error 2"), "{text}");
    world.agent(0, Event::Alerts { alerts: vec![alert(3, 1)], skipped: 0 });
    world.type_text("error 1");
    world.press("Enter");
    let width = world.state.pane_size(key(0, 2)).cols;
    assert_eq!(landed(&mut world), (key(0, 2), 100, width));
    assert_eq!(world.state.focused(), Some(key(0, 2)));
    assert!(world.state.panes[&key(0, 2)].history.is_some());
}

#[test]
fn an_alert_of_a_session_off_the_board_is_located_at_the_width_it_gets() {
    let mut world = World::with_sessions(48, 160, &["a", "b"]);
    world.press("2 -");
    world.agent(0, Event::Alerts { alerts: vec![alert(1, 2)], skipped: 0 });
    world.press("v Enter");
    let width = world.state.pane_size(key(0, 2)).cols;
    assert_eq!(landed(&mut world), (key(0, 2), 100, width));
}

#[test]
fn without_alerts_there_is_nothing_to_pick() {
    let mut world = World::with_sessions(48, 160, &["a"]);
    world.press("v");
    assert!(world.state.overlay.is_none());
}
