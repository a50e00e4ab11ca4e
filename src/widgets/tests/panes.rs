//! What a pane says and what it refuses to show.

use std::time::Duration;

use ratatui::layout::{Position, Rect};
use ratatui::style::{Color, Modifier};

use super::*;
use crate::proto::{Role, SessionStatus, Severity, Winsize};
use crate::widgets::sample::{Lines, counts, mark, plain_pane};

fn draw(pane: &Pane<'_>, cols: u16, rows: u16) -> (Buffer, PaneView) {
    let mut buf = Buffer::empty(Rect::new(0, 0, cols, rows));
    let view = pane.draw(&Look::default(), buf.area, &mut buf);
    (buf, view)
}

fn bottom(pane: &Pane<'_>, cols: u16) -> String {
    let (buf, _) = draw(pane, cols, 3);
    text(&buf).lines().last().unwrap().to_owned()
}

#[test]
fn the_frame_says_who_and_how() {
    let cells = Lines::new(2, 30, &["GET / 200", "{rERROR} boom"]);
    let marks = [mark(1, Severity::Error, 0..5)];
    let pane = Pane {
        number: 3,
        role: Role::Operator,
        title: "vim",
        counts: counts(12, 338),
        cells: Some(&cells),
        marks: &marks,
        ..plain_pane("web-1", "nginx")
    };
    let (buf, view) = draw(&pane, 40, 4);
    insta::assert_snapshot!(text(&buf), @r"
    ┌ 3 web-1/nginx ─ vim ────────── [OPR] ┐
    │ GET / 200                            │
    │EERROR boom                           │
    └───────────────────────── E 12  W 338 ┘
    ");
    assert_eq!(view.content, Rect::new(2, 1, 37, 2));
}

#[test]
fn the_frame_says_whether_it_is_recorded() {
    let pane = Pane {
        title: "a title that takes all there is of the room",
        ..plain_pane("web-1", "nginx")
    };
    for (taping, said) in [
        (Taping::Off, "─ [OBS] ┐"),
        (Taping::Whole, "─ REC ─ [OBS] ┐"),
        (Taping::Gap, "─ REC gap ─ [OBS] ┐"),
        (Taping::Failing, "─ REC! ─ [OBS] ┐"),
    ] {
        let (buf, _) = draw(&Pane { taping, ..pane }, 50, 3);
        let top = text(&buf).lines().next().unwrap().to_owned();
        assert!(top.ends_with(said), "{top}");
    }
}

#[test]
fn the_lower_edge_says_how_it_is_going() {
    let pane = plain_pane("web-1", "nginx");
    let second = Duration::from_secs(1);
    let keys = [KeyHint { key: "r", doc: "rerun" }, KeyHint { key: "x", doc: "remove" }];
    let exited =
        PaneState::Exited { status: "exit 1", failed: true, ago: second * 200, actions: &keys };
    let retrying = PaneState::Retrying {
        status: SessionStatus::GracePeriod,
        next: second * 4,
        stale: second * 72,
    };
    let lost = PaneState::Lost { status: None, reason: "refused: key changed", stale: second * 9 };
    let search = SearchStatus { current: 3, total: 17, wrapped: true };
    let paused = Follow::Paused { new: 214 };
    for (pane, said) in [
        (Pane { follow: paused, ..pane }, "paused · 214 new · End follows"),
        (
            Pane { state: PaneState::NotReading { waiting: 15_360 }, ..pane },
            "program is not reading",
        ),
        (Pane { state: retrying, ..pane }, "GRACE_PERIOD · screen 1m old ─ retrying in 4s"),
        (Pane { state: lost, ..pane }, "refused: key changed · screen 9s old"),
        (Pane { state: exited, ..pane }, "exit 1 · 3m ago ─ r rerun  x remove"),
        (Pane { search: Some(search), ..pane }, "3 of 17 wrapped"),
        (Pane { attention: Attention::Typing, ..pane }, "you type here"),
        (Pane { note: Some("observer: o to type"), state: lost, ..pane }, "observer: o to type"),
        (Pane { lag: Some(second * 2), age: Some(second * 5), ..pane }, "lag 2s ─ 5s ┘"),
    ] {
        let bottom = bottom(&pane, 60);
        assert!(bottom.contains(said), "{said:?} in {bottom:?}");
    }
}

#[test]
fn a_narrow_pane_keeps_the_counters_before_ornaments() {
    let pane = Pane {
        counts: counts(12, 338),
        age: Some(Duration::from_secs(2)),
        follow: Follow::Paused { new: 214 },
        ..plain_pane("web-1", "nginx")
    };
    assert_eq!(bottom(&pane, 50), "└ paused · 214 new · End follows ╌╌╌ E 12  W 338 ┘");
    assert_eq!(bottom(&pane, 40), "└ paused · 214 new · En… ╌ E 12  W 338 ┘");
    assert_eq!(bottom(&pane, 16), "└ paused · 21… ┘");
}

#[test]
fn frames_tell_focus_typing_and_pause_apart_without_colour() {
    let pane = plain_pane("web-1", "nginx");
    let corner = |pane: &Pane<'_>| {
        let (buf, _) = draw(pane, 30, 5);
        (buf[(0, 0)].symbol().to_owned(), buf[(0, 2)].symbol().to_owned())
    };
    let expect = |a: &str, b: &str| (a.to_owned(), b.to_owned());
    assert_eq!(corner(&pane), expect("┌", "│"));
    assert_eq!(corner(&Pane { attention: Attention::Typing, ..pane }), expect("┏", "┃"));
    assert_eq!(corner(&Pane { follow: Follow::Paused { new: 0 }, ..pane }), expect("┌", "╎"));
}

#[test]
fn a_larger_screen_is_cropped_with_marks_and_panned() {
    let cells = Lines::new(6, 40, &["0123456789abcdef", "short", "日本語日本語", "", "x", "y"]);
    let pane = Pane { cells: Some(&cells), ..plain_pane("m", "s") };
    let (buf, _) = draw(&pane, 24, 5);
    insta::assert_snapshot!(text(&buf), @r"
    ┌ 1 m/s ──────── [OBS] ┐
    │ 0123456789abcdef     │
    │ short                │
    │ 日本語日本語         │
    └───────────── 40x6 ›↓ ┘
    ");
    let pan = Pan { rows: 0, cols: 3 };
    let (buf, _) = draw(&Pane { pan, ..pane }, 13, 5);
    insta::assert_snapshot!(text(&buf), @r"
    ┌ 1 m/s ────┐
    ‹ 3456789abc›
    ‹ rt        │
    ‹  語日本語 │
    └─ 40x6 ‹›↓ ┘
    ");
}

#[test]
fn a_wide_character_cut_by_the_edge_is_blank_and_marked() {
    let cells = Lines::new(1, 6, &["日本語"]);
    let (buf, _) = draw(&Pane { cells: Some(&cells), ..plain_pane("m", "s") }, 8, 3);
    assert_eq!(text(&buf).lines().nth(1), Some("│ 日本 ›"));
}

#[test]
fn the_cursor_is_real_while_typing_and_drawn_otherwise() {
    let cells = Lines::new(3, 10, &["$ ls"]).cursor(0, 4);
    let pane = Pane { cells: Some(&cells), ..plain_pane("m", "s") };
    let (buf, view) = draw(&pane, 20, 5);
    assert_eq!(view.cursor, Some(Position::new(6, 1)));
    assert!(buf[(6, 1)].modifier.contains(Modifier::REVERSED));
    let (buf, view) = draw(&Pane { attention: Attention::Typing, ..pane }, 20, 5);
    assert_eq!(view.cursor, Some(Position::new(6, 1)));
    assert!(!buf[(6, 1)].modifier.contains(Modifier::REVERSED));
    let prompt = Lines::new(3, 10, &["{i(END)}"]).cursor(0, 2);
    let (buf, _) = draw(&Pane { cells: Some(&prompt), ..pane }, 20, 5);
    assert!(buf[(3, 1)].modifier.contains(Modifier::REVERSED));
    assert!(!buf[(4, 1)].modifier.contains(Modifier::REVERSED), "visible in inverse text, too");
    let pan = Pan { rows: 1, cols: 0 };
    assert_eq!(draw(&Pane { pan, ..pane }, 20, 5).1.cursor, None);
}

#[test]
fn marks_keep_their_colour_in_a_dimmed_pane() {
    let cells = Lines::new(3, 20, &["ERROR boom", "fine"]);
    let marks = [
        mark(0, Severity::Error, 0..5),
        RowMark { color: Some(Color::Rgb(1, 2, 3)), ..mark(1, Severity::Warning, 0..0) },
    ];
    let pane = Pane {
        cells: Some(&cells),
        marks: &marks,
        attention: Attention::Behind,
        ..plain_pane("m", "s")
    };
    let (buf, _) = draw(&pane, 20, 5);
    let (error, warning) = (&buf[(1, 1)], &buf[(1, 2)]);
    assert_eq!((error.symbol(), error.modifier), ("E", Modifier::BOLD));
    assert_eq!((warning.symbol(), warning.fg), ("W", Color::Rgb(1, 2, 3)));
    assert!(buf[(2, 1)].modifier.contains(Modifier::UNDERLINED | Modifier::DIM));
    assert!(!buf[(7, 1)].modifier.contains(Modifier::UNDERLINED));
}

/// A cell that claims any width for any text.
struct Liar<'a>(&'a str, u8);

impl Cells for Liar<'_> {
    fn size(&self) -> Winsize {
        Winsize::new(3, 20)
    }

    fn cell(&self, _: u16, col: u16) -> CellView<'_> {
        let blank = CellView { width: 1, ..CellView::default() };
        if col == 0 { CellView { text: self.0, width: self.1, ..blank } } else { blank }
    }

    fn cursor(&self) -> Option<(u16, u16)> {
        None
    }
}

#[test]
fn a_cell_shows_only_what_takes_the_width_it_claims() {
    for (claimed, width, shown) in [
        ("a", 1, "a"),
        ("日", 2, "日"),
        ("e\u{301}", 1, "e\u{301}"),
        ("\u{2764}\u{FE0F}", 2, "\u{2764}\u{FE0F}"),
        ("日", 1, "\u{FFFD}"),
        ("a", 2, "\u{FFFD}"),
        ("ab", 1, "\u{FFFD}"),
        ("\u{202E}", 1, "\u{FFFD}"),
        ("a\u{202E}", 1, "\u{FFFD}"),
        ("a\u{200D}", 1, "\u{FFFD}"),
        ("a\u{E0041}", 1, "\u{FFFD}"),
        ("\u{301}", 1, "\u{FFFD}"),
        ("\x1b", 1, "\u{FFFD}"),
        ("\u{FF76}\u{FF9E}", 1, "\u{FFFD}"),
        ("a", 200, "\u{FFFD}"),
        ("", 1, " "),
    ] {
        let liar = Liar(claimed, width);
        let (buf, _) = draw(&Pane { cells: Some(&liar), ..plain_pane("m", "s") }, 20, 5);
        assert_eq!(buf[(2, 1)].symbol(), shown, "{claimed:?} as {width}");
    }
}
