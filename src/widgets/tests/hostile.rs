//! Any size, any text: nothing panics, nothing leaves its place, no frame breaks.

use std::time::Duration;

use proptest::prelude::*;
use ratatui::layout::Rect;
use ratatui::style::Color;
use tui_textarea::{CursorMove, TextArea};

use super::*;
use crate::proto::{Counts, SessionStatus, Severity, Winsize};
use crate::widgets::sample::{mark, plain_pane};

/// Widgets that [`draw_any`] knows.
const WIDGETS: usize = 14;

/// What the numbers and texts of a case are.
#[derive(Debug, Clone)]
struct Case {
    texts: Vec<String>,
    n: u64,
    pan: (u16, u16),
    width: u8,
}

impl Case {
    fn text(&self, i: usize) -> &str {
        &self.texts[i % self.texts.len()]
    }

    fn counts(&self) -> Counts {
        Counts { errors: self.n, warnings: self.n / 7 }
    }

    fn key(&self, i: usize) -> KeyHint<'_> {
        KeyHint { key: self.text(i), doc: self.text(i + 1) }
    }

    fn input(&self) -> TextArea<'static> {
        let line = self.text(3).replace(['\n', '\r'], " ");
        let mut area = TextArea::new(vec![line]);
        area.move_cursor(CursorMove::Jump(0, (self.n % 50) as u16));
        area
    }
}

/// A screen of hostile cells.
impl Cells for Case {
    fn size(&self) -> Winsize {
        Winsize::new(40, 90)
    }

    fn cell(&self, row: u16, col: u16) -> CellView<'_> {
        let text = self.text(usize::from(row) * 31 + usize::from(col) * 7);
        let text = text.get(..text.len().min(8)).unwrap_or(text);
        CellView { text, width: self.width, inverse: col.is_multiple_of(3), ..CellView::default() }
    }

    fn cursor(&self) -> Option<(u16, u16)> {
        Some((self.pan.0, self.pan.1))
    }
}

fn hostile_text() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "a",
        "web-1",
        " ",
        "日",
        "ｶﾞ",
        "é",
        "e\u{301}",
        "\u{301}",
        "😀",
        "👩‍👩‍👧",
        "🇨🇦",
        "❤\u{FE0F}",
        "\u{200D}",
        "\u{202E}",
        "\u{2066}",
        "\u{200F}",
        "\u{E0041}",
        "\u{1F3FD}",
        "\t",
        "\n",
        "\x1b[2J",
        "\u{9B}",
        "\0",
        "│",
        "┐",
        "[OPR]",
        "\u{FEFF}",
        "\u{1160}",
    ]);
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

prop_compose! {
    fn any_case()(
        texts in prop::collection::vec(hostile_text(), 1..6),
        n in prop_oneof![0u64..20, any::<u64>()],
        pan in (0u16..60, 0u16..120),
        width in prop_oneof![Just(1u8), Just(2), any::<u8>()],
    ) -> Case {
        Case { texts, n, pan, width }
    }
}

prop_compose! {
    fn any_area()(
        (width, height) in prop_oneof![
            4 => (0u16..60, 0u16..20),
            1 => (0u16..=300, 0u16..=40),
            1 => (0u16..=40, 0u16..=300),
        ],
        (x, y) in (0u16..20, 0u16..10),
    ) -> Rect {
        Rect { x, y, width, height }
    }
}

fn draw_any(which: usize, case: &Case, look: &Look, area: Rect, buf: &mut Buffer) {
    let selected = Some(case.n as usize % 9);
    let first = case.n as usize % 5;
    let keys = [case.key(0), case.key(1), case.key(2)];
    let input = case.input();
    match which {
        0 => drop(pane(case, look, area, buf)),
        1 => header(case).draw(look, area, buf),
        2 => drop(sidebar(case, selected, first, look, area, buf)),
        3 => {
            let item = |i| StripItem {
                name: case.text(i),
                counts: case.counts(),
                unseen: true,
                on_board: i > 2,
            };
            let items: Vec<_> = (0..6).map(item).collect();
            for (_, spot) in (Strip { items: &items, selected }).draw(look, area, buf) {
                assert_eq!(spot.intersection(area), spot);
            }
        }
        4 => {
            let (mode, subject, lead) = (case.text(0), case.text(1), case.text(2));
            Hints { mode, kind: ModeKind::Program, subject, lead, keys: &keys }
                .draw(look, area, buf);
        }
        5 => alerts(case, selected, first, look, area, buf),
        6 => {
            let items: Vec<_> =
                (0..5).map(|i| Toast { tone: Tone::Error, text: case.text(i) }).collect();
            Toasts { items: &items }.draw(look, area, buf);
        }
        7 => {
            let size = Winsize::new(case.pan.0, case.pan.1);
            let inside = Overlay { title: case.text(0), keys: &keys, size }.draw(look, area, buf);
            assert!(inside.is_empty() || inside.intersection(area) == inside);
        }
        8 => help(case, &input, selected, first, look, area, buf),
        9 => drop(form(case, &input, look, area, buf)),
        10 => {
            let consequences = [case.text(1), case.text(2)];
            let (yes, no) = (case.key(0), case.key(3));
            Confirm { question: case.text(0), consequences: &consequences, yes, no }
                .draw(look, area, buf);
        }
        11 => {
            let (mode, status, error) = (case.text(0), case.text(1), case.text(2));
            let cursor =
                Prompt { mode, input: &input, status, error, keys: &keys }.draw(look, area, buf);
            assert!(cursor.is_none_or(|at| area.contains(at)));
        }
        12 => TooSmall { worst: case.text(0), counts: case.counts() }.draw(look, area, buf),
        _ => Welcome { title: case.text(0), text: case.text(1), choices: &keys }
            .draw(look, area, buf),
    }
}

fn pane(case: &Case, look: &Look, area: Rect, buf: &mut Buffer) -> PaneView {
    let age = Duration::from_secs(case.n);
    let marks: Vec<RowMark> =
        (0..60).map(|row| mark(row, Severity::Error, case.pan.0..case.pan.1)).collect();
    let highlights =
        [Highlight { row: 3, cols: case.pan.1..case.pan.0, kind: HighlightKind::Selected }];
    let keys = [case.key(0)];
    let states = [
        PaneState::Live,
        PaneState::Lost {
            status: Some(SessionStatus::Disconnected),
            reason: case.text(2),
            stale: age,
        },
        PaneState::Exited { status: case.text(3), failed: true, ago: age, actions: &keys },
    ];
    Pane {
        number: case.n as usize,
        title: case.text(2),
        follow: if case.n.is_multiple_of(2) {
            Follow::Paused { new: case.n }
        } else {
            Follow::Live
        },
        follow_key: case.text(4),
        state: states[(case.n % 3) as usize],
        counts: case.counts(),
        age: Some(age),
        lag: Some(age),
        note: case.n.is_multiple_of(5).then(|| case.text(1)),
        cells: (!case.n.is_multiple_of(7)).then_some(case as &dyn Cells),
        empty: case.text(1),
        pan: Pan { rows: case.pan.0, cols: case.pan.1 },
        marks: &marks,
        highlights: &highlights,
        ..plain_pane(case.text(0), case.text(1))
    }
    .draw(look, area, buf)
}

fn header(case: &Case) -> Header<'_> {
    Header {
        name: case.text(0),
        board: case.text(1),
        connected: case.n as usize % 3,
        machines: 2,
        sessions: case.n as usize,
        totals: case.counts(),
        unseen: case.counts(),
        rising: true,
        notice: Some(Notice { tone: Tone::Error, text: case.text(2) }),
        clock: case.text(3),
    }
}

fn sidebar(
    case: &Case,
    selected: Option<usize>,
    first: usize,
    look: &Look,
    area: Rect,
    buf: &mut Buffer,
) -> ListView {
    let machine =
        |i| MachineRow { name: case.text(i), note: case.text(i + 1), ..MachineRow::default() };
    let session = |i| SessionRow {
        name: case.text(i),
        role: crate::proto::Role::Operator,
        on_board: true,
        counts: case.counts(),
        unseen: true,
        activity: [case.width; 5],
        word: case.text(i + 2),
    };
    let rows: Vec<SidebarRow<'_>> = (0..9)
        .map(|i| {
            if i % 3 == 0 {
                SidebarRow::Machine(machine(i))
            } else {
                SidebarRow::Session(session(i))
            }
        })
        .collect();
    let filter = case.n.is_multiple_of(2).then(|| Filter { text: case.text(1), matched: 3 });
    let sort = case.text(2);
    Sidebar { rows: &rows, selected, first, focused: true, sessions: 9, sort, filter }
        .draw(look, area, buf)
}

fn alerts(
    case: &Case,
    selected: Option<usize>,
    first: usize,
    look: &Look,
    area: Rect,
    buf: &mut Buffer,
) {
    let row = |i| AlertRow {
        at: case.text(i),
        severity: Severity::Warning,
        source: case.text(i + 1),
        text: case.text(i + 2),
        span: usize::from(case.pan.0)..usize::from(case.pan.1 / 4),
        unseen: true,
    };
    let rows: Vec<_> = (0..9).map(row).collect();
    let minutes = vec![case.counts(); usize::from(case.pan.1)];
    AlertStrip { rows: &rows, selected, first, minutes: &minutes }.draw(look, area, buf);
}

fn help(
    case: &Case,
    query: &TextArea<'_>,
    selected: Option<usize>,
    first: usize,
    look: &Look,
    area: Rect,
    buf: &mut Buffer,
) {
    let row =
        |i| HelpRow { key: case.text(i), command: case.text(i + 1), doc: case.text(i), live: true };
    let rows: Vec<_> = (0..9).map(row).collect();
    let (title, total) = (case.text(0), case.n as usize);
    Help { title, query, rows: &rows, total, selected, first, keys: &[] }.draw(look, area, buf);
}

fn form(
    case: &Case,
    input: &TextArea<'_>,
    look: &Look,
    area: Rect,
    buf: &mut Buffer,
) -> Option<ratatui::layout::Position> {
    let options = [case.text(0)];
    let values = [
        FieldValue::Text(input),
        FieldValue::Choice { options: &options, chosen: case.n as usize },
    ];
    let field = |i: usize| Field {
        label: case.text(i),
        value: values[i % 2],
        hint: case.text(i + 1),
        error: case.text(i + 2),
    };
    let fields: Vec<_> = (0..4).map(field).collect();
    let focused = case.n as usize % 6;
    Form { title: case.text(1), fields: &fields, focused, error: case.text(3), keys: &[] }
        .draw(look, area, buf)
}

/// A buffer around `area` in which every cell is told apart from what widgets draw.
fn canvas_around(area: Rect) -> Buffer {
    let around = Rect::new(0, 0, area.right() + 3, area.bottom() + 2);
    let mut cell = ratatui::buffer::Cell::new("▒");
    cell.set_bg(Color::Indexed(99));
    Buffer::filled(around, cell)
}

fn check_outside(buf: &Buffer, before: &Buffer, area: Rect) -> Result<(), TestCaseError> {
    for (i, (now, then)) in buf.content.iter().zip(&before.content).enumerate() {
        let at = buf.pos_of(i);
        prop_assert!(area.contains(at.into()) || now == then, "changed {at:?} outside {area}");
    }
    Ok(())
}

/// Each cell is printable and as wide as it is allowed to be.
fn check_cells(buf: &Buffer, area: Rect) -> Result<(), TestCaseError> {
    for y in area.top()..area.bottom() {
        for x in area.left()..area.right() {
            let symbol = buf[(x, y)].symbol();
            let hidden = |c: char| format::is_hidden(c) && c != '\u{FE0F}';
            prop_assert!(!symbol.contains(hidden), "{symbol:?}");
            let width = if symbol.len() == 1 { 1 } else { symbol.cell_width() };
            prop_assert!((1..=2).contains(&width), "{symbol:?}");
            if width == 2 {
                prop_assert!(x + 1 < area.right(), "{symbol:?} leaves {area}");
                prop_assert_eq!(buf[(x + 1, y)].symbol(), " ", "{:?} is covered", symbol);
            }
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn nothing_leaves_its_place(
        which in 0..WIDGETS, case in any_case(), area in any_area(), without_colour: bool,
    ) {
        let look = if without_colour { plain() } else { Look::default() };
        let before = canvas_around(area);
        let mut buf = before.clone();
        draw_any(which, &case, &look, area, &mut buf);
        check_outside(&buf, &before, area)?;
        check_cells(&buf, area)?;
    }

    #[test]
    fn a_program_cannot_touch_the_frame(case in any_case(), area in any_area()) {
        let area = Rect { width: area.width.max(4), height: area.height.max(3), ..area };
        let mut buf = canvas_around(area);
        let case = Case { n: 1, ..case };
        let view = pane(&case, &Look::default(), area, &mut buf);
        prop_assert_eq!(view.content.intersection(area), view.content);
        prop_assert!(view.cursor.is_none_or(|at| view.content.contains(at)));
        let corner = |x, y| buf[(x, y)].symbol().to_owned();
        let (right, bottom) = (area.right() - 1, area.bottom() - 1);
        prop_assert_eq!(corner(area.x, area.y), "┌");
        prop_assert_eq!(corner(right, area.y), "┐");
        prop_assert_eq!(corner(area.x, bottom), "└");
        prop_assert_eq!(corner(right, bottom), "┘");
        for y in area.y + 1..bottom {
            prop_assert!(["│", "‹"].contains(&buf[(area.x, y)].symbol()));
            prop_assert!(["│", "›"].contains(&buf[(right, y)].symbol()));
            prop_assert!(["E", " "].contains(&buf[(area.x + 1, y)].symbol()));
        }
    }

    #[test]
    fn any_area_is_survived(
        which in 0..WIDGETS, case in any_case(),
        (x, y, width, height) in any::<(u16, u16, u16, u16)>(),
    ) {
        let mut buf = Buffer::empty(Rect::new(0, 0, 50, 15));
        draw_any(which, &case, &Look::default(), Rect { x, y, width, height }, &mut buf);
    }
}
