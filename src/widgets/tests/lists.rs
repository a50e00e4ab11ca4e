//! Header, sidebar, strip and hints by themselves.

use ratatui::layout::{Position, Rect};

use super::*;
use crate::proto::Role;
use crate::widgets::sample::{NAV_KEYS, counts};

fn row(cols: u16, draw: impl Fn(&Look, Rect, &mut Buffer)) -> String {
    let mut buf = Buffer::empty(Rect::new(0, 0, cols, 1));
    let area = buf.area;
    draw(&Look::default(), area, &mut buf);
    text(&buf)
}

fn header<'a>() -> Header<'a> {
    Header {
        name: "watchdeck",
        board: "prod",
        connected: 3,
        machines: 4,
        sessions: 14,
        totals: counts(128, 1961),
        unseen: counts(3, 41),
        rising: false,
        notice: None,
        clock: "14:03",
    }
}

#[test]
fn the_header_shortens_without_losing_machines_and_totals() {
    let draw = |cols| row(cols, |look, area, buf| header().draw(look, area, buf));
    for (cols, expected) in [
        (
            110,
            " watchdeck · prod    3 of 4 machines    14 sessions                         E 128 +3    W 1.9k +41    14:03",
        ),
        (80, " watchdeck · prod  3/4                             E 128 +3  W 1.9k +41  14:03"),
        (40, " 3/4        E 128 +3  W 1.9k +41  14:03"),
        (24, " E 128 +3   W 1.9k +41"),
    ] {
        let drawn = draw(cols);
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(words(&drawn), words(expected), "{cols}: {drawn:?}");
    }
}

#[test]
fn a_notice_takes_the_middle_of_the_header() {
    let notice = Notice {
        tone: Tone::Error,
        text: "config.toml:12: unknown key `colour`; using the old config",
    };
    let header = Header { notice: Some(notice), ..header() };
    let drawn = row(110, |look, area, buf| header.draw(look, area, buf));
    assert!(
        drawn.contains("config.toml:12: unknown key `colour`; using the old config"),
        "{drawn}"
    );
    assert!(drawn.contains("E 128 +3"), "{drawn}");
    let narrow = row(60, |look, area, buf| header.draw(look, area, buf));
    assert!(narrow.contains("config.toml:12"), "{narrow}");
}

#[test]
fn hints_are_cut_from_the_right() {
    let hints = |keys| Hints { mode: "NAV", kind: ModeKind::Deck, subject: "", lead: "", keys };
    let draw = |cols| row(cols, |look, area, buf| hints(NAV_KEYS).draw(look, area, buf));
    assert_eq!(draw(40), " NAV    Enter type   o role   e/E errors");
    assert_eq!(draw(39), " NAV    Enter type   o role");
    assert_eq!(draw(9), " NAV");
}

#[test]
fn the_way_out_of_typing_is_said_as_long_as_anything_is() {
    let keys = [KeyHint { key: "C-] Esc", doc: "leave" }, KeyHint { key: "C-] ?", doc: "help" }];
    let hints = Hints {
        mode: "TYPE",
        kind: ModeKind::Program,
        subject: "web-1/shell",
        lead: "everything goes to the program",
        keys: &keys,
    };
    let draw = |cols| row(cols, |look, area, buf| hints.draw(look, area, buf));
    assert_eq!(draw(60), " TYPE  web-1/shell   C-] Esc leave   C-] ? help");
    assert_eq!(draw(34), " TYPE  web-1/shell   C-] Esc leave");
}

fn session(name: &str) -> SidebarRow<'_> {
    SidebarRow::Session(SessionRow {
        name,
        role: Role::Observer,
        on_board: false,
        counts: counts(0, 0),
        unseen: false,
        activity: [0, 1, 2, 4, 8],
        word: "",
    })
}

fn sidebar<'a>(rows: &'a [SidebarRow<'a>]) -> Sidebar<'a> {
    let sessions = rows.len();
    Sidebar { rows, selected: None, first: 0, focused: true, sessions, sort: "name", filter: None }
}

#[test]
fn a_row_gives_its_name_what_room_it_has() {
    let SidebarRow::Session(plain) = session("api") else { unreachable!() };
    let rows = [
        SidebarRow::Machine(MachineRow {
            name: "web-1",
            counts: counts(12, 1938),
            ..MachineRow::default()
        }),
        SidebarRow::Session(SessionRow { counts: counts(12, 1938), on_board: true, ..plain }),
        SidebarRow::Session(SessionRow {
            name: "api-gateway-prod-7",
            role: Role::Operator,
            ..plain
        }),
        SidebarRow::Session(SessionRow { name: "api-gateway-prod-8", word: "exit1", ..plain }),
        SidebarRow::Machine(MachineRow {
            name: "edge-7",
            link: LinkState::Gone,
            note: "refused: its key is not the one we know",
            ..MachineRow::default()
        }),
    ];
    let mut buf = Buffer::empty(Rect::new(0, 0, 35, 7));
    let view =
        Sidebar { selected: Some(2), ..sidebar(&rows) }.draw(&Look::default(), buf.area, &mut buf);
    insta::assert_snapshot!(text(&buf), @r"
     SESSIONS                   by name
     ● web-1              E   12 W 1.9k
       ▌api         ·▁▂▄█ E   12 W 1.9k
    ›   api-ga…prod-7 OPR
        api-g…rod-8 exit1
     ○ edge-7  refused: its key is not…
    ");
    assert_eq!(view.index_at(Position::new(4, 3)), Some(2));
}

#[test]
fn a_long_list_scrolls_and_says_how_much_is_hidden() {
    let names: Vec<String> = (0..30).map(|i| format!("session-{i}")).collect();
    let rows: Vec<_> = names.iter().map(|name| session(name)).collect();
    let mut buf = Buffer::empty(Rect::new(0, 0, 31, 8));
    let list = Sidebar { selected: Some(17), ..sidebar(&rows) };
    let view = list.draw(&Look::default(), buf.area, &mut buf);
    assert_eq!((view.first, view.area.height), (12, 6));
    assert!(text(&buf).ends_with("↑ 12  ↓ 12"), "{}", text(&buf));
}

#[test]
fn a_filter_says_what_it_hides() {
    let mut buf = Buffer::empty(Rect::new(0, 0, 31, 4));
    let filter = Some(Filter { text: "ngx", matched: 0 });
    Sidebar { filter, sessions: 14, ..sidebar(&[]) }.draw(&Look::default(), buf.area, &mut buf);
    assert_eq!(text(&buf).trim_end(), " /ngx                   0 of 14\n   nothing matches");
}

#[test]
fn the_strip_keeps_the_selected_session_visible() {
    let names: Vec<String> = (0..20).map(|i| format!("session-{i}")).collect();
    let item = |name| StripItem { name, counts: counts(1, 0), ..StripItem::default() };
    let items: Vec<_> = names.iter().map(|name| item(name.as_str())).collect();
    for (selected, name) in names.iter().enumerate() {
        let mut buf = Buffer::empty(Rect::new(0, 0, 50, 1));
        let strip = Strip { items: &items, selected: Some(selected) };
        let shown = strip.draw(&Look::default(), buf.area, &mut buf);
        assert!(shown.iter().any(|(i, spot)| *i == selected && spot.width >= 11), "{shown:?}");
        assert!(text(&buf).contains(&format!("{name} E1")), "{}", text(&buf));
    }
}
