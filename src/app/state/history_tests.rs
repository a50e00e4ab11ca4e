use super::*;
use crate::proto::{MarkColor, Severity, SpanMark};

const NOW: Duration = Duration::ZERO;
const HEIGHT: u16 = 4;
const COLOR: Option<MarkColor> = Some(MarkColor::Rgb(1, 2, 3));

/// An agent whose history is `total` rows, each its distance from the bottom.
fn page(question: Question, total: u32) -> HistoryPage {
    let top = (question.up + question.count).min(total);
    let rows = (question.up..top).rev().map(|up| HistoryLine {
        ansi: format!("row {up}"),
        offset: u64::from(total - up) * 10,
        wrapped: false,
        mark: (up == 2).then_some(SpanMark {
            severity: Severity::Error,
            start: 0,
            end: 3,
            color: COLOR,
        }),
    });
    HistoryPage { end: 999, total, up: question.up, lost: 0, rows: rows.collect() }
}

/// Asks and answers until nothing is missing; how many pages that took.
fn settle(history: &mut History, total: u32) -> usize {
    let mut pages = 0;
    while let Some(question) = history.question(HEIGHT) {
        assert!(history.question(HEIGHT).is_none(), "one question at a time");
        history.answer(page(question, total), HEIGHT);
        pages += 1;
        assert!(pages < 10, "asks for ever");
    }
    history.compose(HEIGHT);
    pages
}

fn text(history: &History) -> Vec<String> {
    history.view().unwrap().text_rows().collect()
}

#[test]
fn pages_come_as_the_view_moves_and_it_stands_still() {
    let mut history = History::new(20, 0, NOW);
    settle(&mut history, 100);
    assert_eq!(history.end(), Some(999));
    assert_eq!(text(&history), ["row 3", "row 2", "row 1", "row 0"]);
    assert!(history.scroll(10, HEIGHT));
    settle(&mut history, 100);
    assert_eq!(text(&history), ["row 13", "row 12", "row 11", "row 10"]);
    assert_eq!(history.bottom_offset(), Some(900));
    assert_eq!(history.top_offset(HEIGHT), Some(870));
    assert!(!history.scroll(-11, HEIGHT), "past the bottom it follows again");
}

#[test]
fn the_top_is_the_end_of_the_way() {
    let mut history = History::new(20, 0, NOW);
    history.scroll(1_000_000, HEIGHT);
    settle(&mut history, 10);
    assert_eq!((history.up(), history.total()), (6, Some(10)));
    assert_eq!(text(&history), ["row 9", "row 8", "row 7", "row 6"]);
    assert_eq!(settle(&mut history, 10), 0, "nothing is missing");
}

#[test]
fn an_agent_that_answers_nothing_is_not_asked_for_ever() {
    let mut history = History::new(20, 0, NOW);
    let empty = HistoryPage { end: 1, total: 50, up: 0, lost: 0, rows: vec![] };
    for _ in 0..3 {
        if history.question(HEIGHT).is_some() {
            history.answer(empty.clone(), HEIGHT);
        }
    }
    assert_eq!(history.question(HEIGHT), None);
    history.scroll(1, HEIGHT);
    assert!(history.question(HEIGHT).is_some(), "moving tries again");
}

#[test]
fn a_revealed_row_is_a_third_down_unless_it_is_in_sight() {
    let mut history = History::at(20, 999, 100, NOW);
    history.reveal(2, HEIGHT);
    assert_eq!(history.up(), 0);
    history.reveal(50, 9);
    assert_eq!(history.up(), 45, "rows 53 to 45, row 50 is the fourth");
}

#[test]
fn marks_follow_their_rows() {
    let mut history = History::new(20, 0, NOW);
    settle(&mut history, 100);
    let marks = history.view().unwrap().marks().to_vec();
    assert_eq!(marks, [RowMark { row: 1, severity: Severity::Error, cols: 0..3, color: COLOR }]);
}

#[test]
fn what_came_since_is_asked_for_once_a_second_and_only_when_something_did() {
    let second = Duration::from_secs(1);
    let mut history = History::new(20, 500, NOW);
    assert_eq!(history.newer_due(600), None, "not before the first page");
    settle(&mut history, 100);
    assert_eq!(history.newer_due(500), None);
    assert_eq!(history.newer_due(600), Some(second));
    history.asked_newer(600, second);
    assert_eq!(history.newer_due(700), None);
    history.newer_total(314);
    assert_eq!((history.newer(), history.newer_due(700)), (214, Some(2 * second)));
    history.newer_total(50);
    assert_eq!(history.newer(), 214, "a Log that lost its beginning takes nothing back");
}

#[test]
fn what_is_kept_is_bounded() {
    let mut history = History::new(20, 0, NOW);
    for _ in 0..200 {
        history.scroll(50, 50);
        while let Some(question) = history.question(50) {
            history.answer(page(question, 20_000), 50);
        }
    }
    assert!(history.rows.len() <= KEPT);
    assert_eq!(history.up(), 10_000);
}

#[test]
fn a_short_history_stands_where_the_live_screen_has_it() {
    let mut history = History::new(20, 999, NOW);
    settle(&mut history, 3);
    let view = history.view().unwrap();
    let rows: Vec<_> = view.text_rows().collect();
    assert_eq!(rows, ["row 2", "row 1", "row 0", ""]);
    assert_eq!(view.marks().first().map(|mark| mark.row), Some(0));
    assert_eq!([3, 2, 0].map(|up| history.row_in(up, HEIGHT)), [None, Some(0), Some(2)]);
}
