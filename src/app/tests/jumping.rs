//! From error to error.

use chrono::{DateTime, Utc};

use super::World;
use super::world::{counts, info, key};
use crate::app::effect::{Landing, Tag};
use crate::proto::{Alert, Event, Reply, Request, Severity};

fn alert(sequence: u64, session: u128) -> Alert {
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
