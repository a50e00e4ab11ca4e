//! Nothing is drawn, and nobody is asked anything, while nothing happens.

use std::time::Duration;

use ratatui::buffer::Buffer;

use super::World;
use super::world::{counts, info, key};
use crate::app::event::AppEvent;
use crate::app::terminal::Painter;
use crate::proto::Event;

/// Lets time pass as the runtime would, waking only when the state asks for it; the bytes that
/// were written.
fn bytes_written(world: &mut World, span: Duration) -> usize {
    let mut painter = Painter::new(std::io::sink());
    paint(&mut painter, world.draw());
    let end = world.now + span;
    let mut bytes = 0;
    loop {
        let wake = world.state.next_wake();
        if wake > end {
            world.now = end;
            return bytes;
        }
        assert!(wake > world.now, "wakes up for nothing");
        world.now = wake;
        world.event(AppEvent::Tick);
        bytes += paint(&mut painter, world.draw());
    }
}

fn paint(painter: &mut Painter<std::io::Sink>, frame: Buffer) -> usize {
    let area = frame.area;
    *painter.blank(area) = frame;
    painter.paint(None).unwrap()
}

#[test]
fn ten_seconds_of_silence_are_no_byte() {
    let mut world = World::with_sessions(48, 160, &["shell", "log"]);
    let mut session = info(2, "log");
    session.counts = counts(3, 1);
    session.last_output_at = Some(super::world::moment(0));
    session.log_end = 5000;
    world.agent(0, Event::Session { session: Box::new(session) });
    world.operate();
    // Notes, toasts and risen counters have their seconds; then it is still.
    world.pass(Duration::from_secs(5));
    world.event(AppEvent::Tick);
    assert_eq!(bytes_written(&mut world, Duration::from_secs(10)), 0);
    assert!(world.effects().is_empty());
}

#[test]
fn ages_and_the_clock_are_a_minute_old_at_most() {
    let mut world = World::with_sessions(48, 160, &["shell"]);
    world.pass(Duration::from_secs(5));
    assert!(world.text().contains("14:03"));
    assert!(bytes_written(&mut world, Duration::from_secs(61)) > 0);
    assert!(world.text().contains("14:04"));
}

#[test]
fn a_counter_that_rose_is_news_for_two_seconds() {
    let mut world = World::with_sessions(48, 160, &["shell"]);
    let mut session = info(1, "shell");
    session.counts = counts(1, 0);
    world.agent(0, Event::Session { session: Box::new(session) });
    world.draw();
    assert_eq!(world.state.next_wake(), world.now + Duration::from_secs(2));
}

#[test]
fn a_paused_pane_asks_once_a_second_and_only_when_something_came() {
    let mut world = World::with_sessions(48, 160, &["shell"]);
    world.press("PgUp");
    let (request, tag) = world.request();
    assert!(matches!(request, crate::proto::Request::History { .. }));
    let page = crate::proto::HistoryPage { end: 1, total: 0, up: 0, lost: 0, rows: vec![] };
    world.reply(0, tag, crate::proto::Reply::History(page));
    world.effects();
    assert_eq!(bytes_written(&mut world, Duration::from_secs(20)), 0);
    assert!(world.effects().is_empty(), "{:?}", key(0, 1));
}
