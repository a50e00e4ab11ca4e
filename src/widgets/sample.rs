//! Sample values for tests and pictures: a small fleet with a bad day.

use std::time::Duration;

use ratatui::buffer::{Buffer, CellWidth};
use ratatui::layout::{Position, Rect};
use ratatui::style::Color;

use super::layout::{self, Deck, DeckOptions};
use super::*;
use crate::proto::{Counts, Role, SessionStatus, Severity, Winsize};

/// A screen made of lines. In them `{r…}` is red, `{y…}` yellow, `{g…}` green, `{i…}` inverse.
pub(super) struct Lines {
    size: Winsize,
    cells: Vec<Vec<(String, u8, Ink)>>,
    pub(super) cursor: Option<(u16, u16)>,
}

#[derive(Clone, Copy, Default, PartialEq)]
struct Ink {
    fg: Option<Color>,
    inverse: bool,
}

impl Lines {
    pub(super) fn new(rows: u16, cols: u16, lines: &[&str]) -> Self {
        let cells = lines.iter().map(|line| parse(line)).collect();
        Self { size: Winsize::new(rows, cols), cells, cursor: None }
    }

    pub(super) fn cursor(mut self, row: u16, col: u16) -> Self {
        self.cursor = Some((row, col));
        self
    }
}

fn parse(line: &str) -> Vec<(String, u8, Ink)> {
    let mut ink = Ink::default();
    let mut cells: Vec<(String, u8, Ink)> = Vec::new();
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match c {
            '{' => {
                ink = match chars.next() {
                    Some('r') => Ink { fg: Some(Color::Indexed(9)), inverse: false },
                    Some('y') => Ink { fg: Some(Color::Indexed(11)), inverse: false },
                    Some('g') => Ink { fg: Some(Color::Rgb(86, 211, 100)), inverse: false },
                    _ => Ink { fg: None, inverse: true },
                }
            }
            '}' => ink = Ink::default(),
            c => {
                let text = c.to_string();
                match text.as_str().cell_width() {
                    0 => cells.last_mut().unwrap().0.push(c),
                    1 => cells.push((text, 1, ink)),
                    _ => cells.extend([(text, 2, ink), (String::new(), 0, ink)]),
                }
            }
        }
    }
    cells
}

impl Cells for Lines {
    fn size(&self) -> Winsize {
        self.size
    }

    fn cell(&self, row: u16, col: u16) -> CellView<'_> {
        let cell = self.cells.get(usize::from(row)).and_then(|line| line.get(usize::from(col)));
        cell.map_or(CellView { width: 1, ..CellView::default() }, |(text, width, ink)| CellView {
            text,
            width: *width,
            fg: ink.fg.unwrap_or_default(),
            inverse: ink.inverse,
            ..CellView::default()
        })
    }

    fn cursor(&self) -> Option<(u16, u16)> {
        self.cursor
    }
}

pub(super) fn counts(errors: u64, warnings: u64) -> Counts {
    Counts { errors, warnings }
}

pub(super) const NAV_KEYS: &[KeyHint<'static>] = &[
    KeyHint { key: "Enter", doc: "type" },
    KeyHint { key: "o", doc: "role" },
    KeyHint { key: "e/E", doc: "errors" },
    KeyHint { key: "/", doc: "filter" },
    KeyHint { key: "z", doc: "zoom" },
    KeyHint { key: "Space", doc: "show" },
    KeyHint { key: "s", doc: "search" },
    KeyHint { key: "n", doc: "new" },
    KeyHint { key: "x", doc: "kill" },
    KeyHint { key: "?", doc: "help" },
    KeyHint { key: "q", doc: "quit" },
];

const TYPE_KEYS: &[KeyHint<'static>] = &[
    KeyHint { key: "C-] Esc", doc: "leave" },
    KeyHint { key: "C-] z", doc: "zoom" },
    KeyHint { key: "C-] o", doc: "observe" },
    KeyHint { key: "C-] ?", doc: "help" },
];

const EXIT_KEYS: &[KeyHint<'static>] =
    &[KeyHint { key: "r", doc: "rerun" }, KeyHint { key: "x", doc: "remove" }];

fn session(name: &str, errors: u64, warnings: u64, activity: [u8; 5]) -> SessionRow<'_> {
    let counts = counts(errors, warnings);
    let role = Role::Observer;
    let unseen = errors > 4;
    SessionRow { name, role, on_board: false, counts, unseen, activity, word: "" }
}

fn machine(name: &str, errors: u64, warnings: u64) -> SidebarRow<'_> {
    let counts = counts(errors, warnings);
    SidebarRow::Machine(MachineRow { name, counts, unseen: errors > 4, ..MachineRow::default() })
}

fn sidebar_rows() -> Vec<SidebarRow<'static>> {
    let on = |row: SessionRow<'static>| SidebarRow::Session(SessionRow { on_board: true, ..row });
    let opr = SessionRow { role: Role::Operator, ..session("shell", 0, 0, [0, 0, 1, 0, 1]) };
    let ended = SessionRow { word: "exit1", ..session("migrate", 1, 0, [0; 5]) };
    let stuck = MachineRow {
        name: "edge-7",
        link: LinkState::Connecting,
        note: "retrying in 4s",
        ..MachineRow::default()
    };
    let gone = MachineRow {
        name: "old-2",
        link: LinkState::Gone,
        note: "refused: key changed",
        ..MachineRow::default()
    };
    vec![
        machine("web-1", 13, 1940),
        on(session("nginx", 12, 1938, [1, 2, 5, 8, 3])),
        SidebarRow::Session(session("deploy-frontend-blue", 1, 2, [1, 1, 2, 1, 1])),
        on(opr),
        machine("db-1", 116, 21),
        on(session("postgres", 115, 21, [2, 2, 3, 2, 2])),
        SidebarRow::Session(ended),
        SidebarRow::Session(session("backup", 0, 0, [0, 0, 0, 0, 0])),
        SidebarRow::Machine(stuck),
        on(session("agent.log", 0, 4, [0, 0, 0, 0, 0])),
        SidebarRow::Machine(gone),
    ]
}

fn nginx() -> Lines {
    let mut lines = vec![
        "10.2.0.7 - - [14:03:01] {g\"GET /healthz HTTP/1.1\"} 200 3ms",
        "{y[warn]} upstream slow: 1203 ms while reading /api/cart from 10.2.0.31:8080, client 10.2.0.9",
        "10.2.0.9 - - [14:03:02] {g\"GET /api/cart HTTP/1.1\"} 200 1203ms",
        "10.2.0.9 - - [14:03:02] {g\"GET /static/日本語.css HTTP/1.1\"} 304 0ms",
        "{r[error]} 311#311: *4821 connect() failed (110: Connection timed out)",
        "10.2.0.12 - - [14:03:04] {g\"POST /api/pay HTTP/1.1\"} {r502} 30001ms",
    ];
    let more = lines.clone();
    for _ in 0..4 {
        lines.extend(more.iter().filter(|line| line.starts_with("10")));
    }
    Lines::new(60, 110, &lines)
}

fn postgres() -> Lines {
    Lines::new(
        18,
        50,
        &[
            "LOG:  checkpoint starting: time",
            "LOG:  checkpoint complete: wrote 311 buffers",
            "ERROR:  deadlock detected",
            "DETAIL:  Process 311 waits for ShareLock on",
            "transaction 8812; blocked by process 314.",
            "HINT:  See server log for query details.",
            "STATEMENT:  UPDATE cart SET n = n + 1",
        ],
    )
}

fn shell() -> Lines {
    Lines::new(
        18,
        50,
        &[
            "{gdeploy@web-1}:{y~/app}$ git log --oneline | head -2",
            "1f02ab9 Cap the retry queue",
            "88c01de Log the upstream with every timeout",
            "{gdeploy@web-1}:{y~/app}$ tail -n1 app.log_",
        ],
    )
    .cursor(3, 38)
}

fn edge() -> Lines {
    Lines::new(
        18,
        50,
        &["W0311 14:01:51 lease.go:88] renew slow", "I0311 14:01:55 lease.go:91] renewed"],
    )
}

pub(super) fn mark(row: u16, severity: Severity, span: std::ops::Range<u16>) -> RowMark {
    RowMark { row, severity, span, color: None }
}

/// A pane with nothing special about it.
pub(super) fn plain_pane<'a>(machine: &'a str, session: &'a str) -> Pane<'a> {
    Pane {
        number: 1,
        machine,
        session,
        title: "",
        role: Role::Observer,
        taping: Taping::Off,
        attention: Attention::None,
        follow: Follow::Live,
        follow_key: "End",
        state: PaneState::Live,
        counts: Counts::default(),
        rising: false,
        age: None,
        lag: None,
        search: None,
        note: None,
        cells: None,
        empty: "waiting for the first screen",
        pan: Pan::default(),
        marks: &[],
        highlights: &[],
    }
}

/// What is going on in a sample deck.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Scene {
    Watching,
    Typing,
    Paused,
}

/// Draws the four panes into at most `areas`; returns where the cursor is.
fn panes(look: &Look, areas: &[Rect], scene: Scene, buf: &mut Buffer) -> Option<Position> {
    let (nginx, postgres, shell, edge) = (nginx(), postgres(), shell(), edge());
    let typing = scene == Scene::Typing;
    let behind = if typing { Attention::Behind } else { Attention::None };
    let nginx_marks = [mark(1, Severity::Warning, 7..15), mark(4, Severity::Error, 0..7)];
    let db_marks = [mark(2, Severity::Error, 0..5)];
    let hits = [
        Highlight { row: 0, cols: 29..37, kind: HighlightKind::Match },
        Highlight { row: 2, cols: 29..38, kind: HighlightKind::Current },
    ];
    let paused = scene == Scene::Paused;
    let all = [
        Pane {
            title: "nginx: access.log",
            attention: if typing { behind } else { Attention::Focused },
            follow: if paused { Follow::Paused { new: 214 } } else { Follow::Live },
            search: paused.then_some(SearchStatus { current: 3, total: 17, wrapped: false }),
            highlights: if paused { &hits } else { &[] },
            counts: counts(12, 1938),
            rising: true,
            cells: Some(&nginx),
            marks: &nginx_marks,
            ..plain_pane("web-1", "nginx")
        },
        Pane {
            number: 2,
            attention: behind,
            counts: counts(115, 21),
            age: Some(Duration::from_secs(2)),
            state: PaneState::NotReading { waiting: 15_360 },
            cells: Some(&postgres),
            marks: &db_marks,
            ..plain_pane("db-1", "postgres")
        },
        Pane {
            number: 3,
            role: Role::Operator,
            attention: if typing { Attention::Typing } else { behind },
            cells: Some(&shell),
            ..plain_pane("web-1", "shell")
        },
        Pane {
            number: 4,
            attention: behind,
            counts: counts(0, 4),
            state: PaneState::Retrying {
                status: SessionStatus::GracePeriod,
                next: Duration::from_secs(4),
                stale: Duration::from_secs(72),
            },
            cells: Some(&edge),
            marks: &[mark(0, Severity::Warning, 0..5)],
            ..plain_pane("edge-7", "agent.log")
        },
        Pane {
            number: 5,
            attention: behind,
            counts: counts(1, 0),
            state: PaneState::Exited {
                status: "exit 1",
                failed: true,
                ago: Duration::from_secs(200),
                actions: EXIT_KEYS,
            },
            cells: Some(&edge),
            ..plain_pane("db-1", "migrate")
        },
        Pane { number: 6, attention: behind, ..plain_pane("web-1", "deploy-frontend-blue") },
    ];
    let mut cursor = None;
    for (pane, area) in all.iter().zip(areas) {
        let view = pane.draw(look, *area, buf);
        cursor = cursor.or(view.cursor.filter(|_| pane.attention == Attention::Typing));
    }
    cursor
}

fn header<'a>() -> Header<'a> {
    Header {
        name: "watchdeck",
        board: "prod",
        connected: 2,
        machines: 4,
        sessions: 14,
        totals: counts(128, 1961),
        unseen: counts(3, 41),
        rising: false,
        notice: None,
        clock: "14:03",
    }
}

fn hints<'a>(scene: Scene) -> Hints<'a> {
    match scene {
        Scene::Typing => Hints {
            mode: "TYPE",
            kind: ModeKind::Program,
            subject: "web-1/shell",
            lead: "everything goes to the program",
            keys: TYPE_KEYS,
        },
        Scene::Watching | Scene::Paused => {
            Hints { mode: "NAV", kind: ModeKind::Deck, subject: "", lead: "", keys: NAV_KEYS }
        }
    }
}

fn alert_rows() -> Vec<AlertRow<'static>> {
    let row = |at, severity, source, text, span, unseen| AlertRow {
        at,
        severity,
        source,
        text,
        span,
        unseen,
    };
    vec![
        row(
            "14:03:22",
            Severity::Error,
            "web-1/nginx",
            "[error] 311#311: *4821 connect() failed (110: Connection timed out) while connecting to upstream, client: 10.2.0.12, server: shop, request: POST /api/pay",
            0..7,
            true,
        ),
        row("14:03:20", Severity::Error, "db-1/postgres", "ERROR:  deadlock detected", 0..5, true),
        row(
            "14:03:19",
            Severity::Warning,
            "web-1/nginx",
            "[warn] upstream slow: 1203 ms while reading /api/cart",
            0..6,
            true,
        ),
        row(
            "14:02:58",
            Severity::Warning,
            "edge-7/agent.log",
            "W0311 14:01:51 lease.go:88] renew slow",
            0..1,
            false,
        ),
        row(
            "14:02:41",
            Severity::Error,
            "db-1/migrate",
            "migration 0042 failed: relation \"cart\" does not exist",
            0..0,
            false,
        ),
        row(
            "14:01:07",
            Severity::Warning,
            "web-1/deploy-frontend-blue",
            "npm WARN deprecated har-validator@5.1.5",
            4..8,
            false,
        ),
        row(
            "14:00:52",
            Severity::Warning,
            "web-1/nginx",
            "[warn] upstream slow: 987 ms while reading /api/cart",
            0..6,
            false,
        ),
    ]
}

fn minutes() -> Vec<Counts> {
    (0..90u64)
        .map(|i| {
            counts([0, 0, 1, 0, 3, 0, 0, 12, 5][(i % 9) as usize] * u64::from(i > 60), (i * 7) % 41)
        })
        .collect()
}

fn draw_list(look: &Look, deck: &Deck, buf: &mut Buffer) {
    let rows = sidebar_rows();
    let sidebar = Sidebar {
        rows: &rows,
        selected: Some(1),
        first: 0,
        focused: true,
        sessions: 14,
        sort: "errors",
        filter: None,
    };
    if let Some(area) = deck.sidebar {
        sidebar.draw(look, area, buf);
    }
    let items: Vec<StripItem<'_>> = rows
        .iter()
        .filter_map(|row| match row {
            SidebarRow::Session(s) => Some(StripItem {
                name: s.name,
                counts: s.counts,
                unseen: s.unseen,
                on_board: s.on_board,
            }),
            SidebarRow::Machine(_) => None,
        })
        .collect();
    if let Some(area) = deck.strip {
        Strip { items: &items, selected: Some(0) }.draw(look, area, buf);
    }
}

/// A whole sample deck with `n` panes, composed the way the application does.
pub(super) fn deck(
    look: &Look,
    size: (u16, u16),
    n: usize,
    scene: Scene,
) -> (Buffer, Option<Position>) {
    let screen = Rect::new(0, 0, size.0, size.1);
    let mut buf = Buffer::empty(screen);
    let Some(deck) = layout::deck(screen, DeckOptions::default()) else {
        let worst = TooSmall { worst: "db-1/postgres", counts: counts(115, 21) };
        worst.draw(look, screen, &mut buf);
        return (buf, None);
    };
    buf.set_style(screen, look.theme.base());
    header().draw(look, deck.header, &mut buf);
    draw_list(look, &deck, &mut buf);
    let areas = layout::tile(deck.panes, n, layout::PANE_MIN);
    let cursor = panes(look, &areas, scene, &mut buf);
    if let Some(area) = deck.alerts {
        let (rows, minutes) = (alert_rows(), minutes());
        let strip = AlertStrip { rows: &rows, selected: None, first: 0, minutes: &minutes };
        strip.draw(look, area, &mut buf);
    }
    hints(scene).draw(look, deck.hints, &mut buf);
    (buf, cursor)
}
