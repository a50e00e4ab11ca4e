//! Scrolling back, searching, and back to the live output.

use std::time::Duration;

use super::World;
use super::world::key;
use crate::app::effect::Tag;
use crate::proto::{
    Activity, Counts, ErrorCode, Event, HistoryLine, HistoryPage, Match, Reply, Request,
};

const TOTAL: u32 = 300;

/// An Agent whose history is 300 rows, `line 1` the oldest.
fn page(request: &Request, total: u32) -> Reply {
    let Request::History { end, up, count, .. } = request else { panic!("{request:?}") };
    let top = (up + count).min(total);
    let rows = (*up..top).rev().map(|up| HistoryLine {
        ansi: format!("line {}", total - up),
        offset: u64::from(total - up),
        wrapped: false,
        mark: None,
    });
    let end = end.unwrap_or(u64::from(total));
    Reply::History(HistoryPage { end, total, up: *up, lost: 0, rows: rows.collect() })
}

fn answer_pages(world: &mut World, total: u32) {
    loop {
        let pages: Vec<_> =
            world.requests().into_iter().filter(|(_, tag)| matches!(tag, Tag::Page(_))).collect();
        if pages.is_empty() {
            return;
        }
        for (request, tag) in pages {
            world.reply(0, tag, page(&request, total));
        }
    }
}

fn grow(world: &mut World, log_end: u64) {
    let item = Activity {
        session_id: key(0, 1).id,
        counts: Counts::default(),
        unseen: Counts::default(),
        log_end,
        last_output_at: None,
        input_waiting: 0,
        output_stopped: false,
    };
    world.agent(0, Event::Activity { items: vec![item] });
}

#[test]
fn a_view_scrolled_back_stands_still_and_tells_what_came() {
    let mut world = World::with_sessions(24, 120, &["log"]);
    world.press("PgUp");
    answer_pages(&mut world, TOTAL);
    world.press("PgUp");
    answer_pages(&mut world, TOTAL);
    let text = world.text();
    assert!(text.contains("paused · 0 new · End follows"), "{text}");
    assert!(text.contains("line 264") && !text.contains("line 265"), "{text}");
    world.show(key(0, 1), "newer output");
    assert!(!world.damage().0, "output behind a paused view draws nothing");
    world.pass(Duration::from_secs(1));
    grow(&mut world, 5000);
    let (request, tag) = world.request();
    assert!(matches!(request, Request::History { end: None, count: 0, .. }), "{request:?}");
    world.reply(0, tag, page(&request, TOTAL + 214));
    let text = world.text();
    assert!(text.contains("paused · 214 new") && text.contains("line 264"), "{text}");
    world.press("End");
    assert!(world.text().contains("newer output"));
}

#[test]
fn at_the_top_it_is_told_how_much_is_gone() {
    let mut world = World::with_sessions(24, 120, &["log"]);
    world.press("Home");
    let (request, tag) = world.request();
    let Reply::History(mut history) = page(&request, 30) else { panic!() };
    history.lost = 3 << 20;
    world.reply(0, tag, Reply::History(history));
    world.effects();
    let text = world.text();
    assert!(text.contains("3.0M before this line are no longer kept"), "{text}");
}

#[test]
fn scrolling_down_past_the_bottom_follows_again() {
    let mut world = World::with_sessions(24, 120, &["log"]);
    world.press("PgUp");
    answer_pages(&mut world, TOTAL);
    world.press("PgDn");
    assert!(world.text().contains("log is here"));
}

#[test]
fn a_search_goes_from_the_newest_match_to_older_ones() {
    let mut world = World::with_sessions(24, 120, &["log"]);
    world.press("/");
    world.type_text("LINE 1.0");
    assert!(world.text().contains("SEARCH"));
    world.press("Enter");
    let (request, tag) = world.request();
    assert!(
        matches!(&request, Request::Search { pattern, ignore_case: false, end: None, .. }
            if pattern == "LINE 1.0"),
        "{request:?}"
    );
    let matches = [190, 180, 170].map(|up| Match { up, start: 0, end: 8 }).to_vec();
    world.reply(0, tag, Reply::Matches { matches, end: 300, total: TOTAL });
    answer_pages(&mut world, TOTAL);
    let text = world.text();
    assert!(text.contains("3 of 3") && text.contains("line 130"), "{text}");
    world.press("n");
    assert!(world.text().contains("2 of 3"));
    world.press("N N");
    let text = world.text();
    assert!(text.contains("1 of 3"), "around the end: {text}");
    world.press("Esc");
    assert!(world.text().contains("log is here"), "Esc follows");
    world.effects();
    world.press("n");
    assert!(matches!(world.request().0, Request::Search { end: None, .. }), "searches anew");
}

#[test]
fn a_search_without_a_match_or_with_a_bad_pattern_says_so() {
    let mut world = World::with_sessions(24, 120, &["log"]);
    world.press("/ x Enter");
    let (_, tag) = world.request();
    world.reply(0, tag, Reply::Matches { matches: vec![], end: 300, total: TOTAL });
    assert!(world.text().contains("nothing matches `x`"));
    world.press("/ ( Enter");
    let (_, tag) = world.request();
    world.refuse(0, tag, ErrorCode::InvalidRequest, "the pattern has an unclosed group");
    assert!(world.text().contains("unclosed group"));
}

#[test]
fn another_width_wraps_anew_and_keeps_the_place() {
    let mut world = World::with_sessions(24, 120, &["log"]);
    world.press("PgUp");
    answer_pages(&mut world, TOTAL);
    world.press("b");
    let requests = world.requests();
    let locate =
        |(r, _): &(Request, Tag)| matches!(r, Request::Locate { end: Some(300), offset: 282, .. });
    assert!(requests.iter().any(locate), "{requests:?}");
    let (_, tag) = requests.into_iter().find(|request| locate(request)).unwrap();
    world.reply(0, tag, Reply::Located { up: 18, end: 300, total: TOTAL });
    answer_pages(&mut world, TOTAL);
    let text = world.text();
    assert!(text.contains("line 282") && !text.contains("line 283"), "{text}");
}
