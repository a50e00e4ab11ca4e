use proptest::prelude::*;

use super::*;
use crate::proto::update::{MarkColor, RowMark, RowUpdate, Update};
use crate::proto::{Severity, Winsize};
use crate::term::{Screen, ScreenOptions, View};

/// An agent's screen and one viewer of it, joined by the wire form.
struct Link {
    screen: Screen,
    sent: Option<View>,
    revision: u64,
    replica: Replica,
    bytes: usize,
}

impl Link {
    fn new(rows: u16, cols: u16) -> Self {
        Self {
            screen: Screen::new(Winsize::new(rows, cols), ScreenOptions::default()),
            sent: None,
            revision: 0,
            replica: Replica::new(Winsize::default()),
            bytes: 0,
        }
    }

    fn feed(&mut self, output: &str) -> &mut Self {
        self.screen.feed(output.as_bytes());
        self
    }

    /// Sends what the screen shows now; whether that took an update.
    fn send(&mut self, marks: Vec<RowMark>) -> bool {
        let next = View::of(&self.screen, self.revision).with_marks(marks);
        let base = self.sent.as_ref().map(|view| Base { revision: self.revision, view });
        let Some(update) = diff(base, self.revision + 1, &next) else { return false };
        let mut bytes = Vec::new();
        update.encode(&mut bytes);
        self.bytes = bytes.len();
        let received = Update::decode(&bytes).expect("an agent's update is well formed");
        self.replica.apply(&received).expect("the viewer has what was sent");
        self.revision += 1;
        self.sent = Some(next);
        true
    }

    /// What differs between the agent's picture and the viewer's.
    fn difference(&self) -> Option<String> {
        let (agent, viewer) = (View::of(&self.screen, 0), self.replica.view());
        let agent =
            agent.with_marks(self.sent.as_ref().map_or_else(Vec::new, |v| v.marks().to_vec()));
        let size = agent.size();
        let cells = (0..size.rows).flat_map(|row| (0..size.cols).map(move |col| (row, col)));
        let cell = |view: &View, (row, col)| view.picture().grid.cell(row, col).cloned();
        let facts = |view: &View| {
            let picture = view.picture();
            format!(
                "{:?} {:?} {:?} {:?} {:?} {:?}",
                size, picture.wrapped, picture.cursor, picture.modes, picture.title, picture.marks
            )
        };
        if facts(&agent) != facts(&viewer) {
            return Some(format!("{}\n{}", facts(&agent), facts(&viewer)));
        }
        let wrong = cells.into_iter().find(|at| cell(&agent, *at) != cell(&viewer, *at));
        wrong.map(|at| format!("{at:?}: {:?}, {:?}", cell(&agent, at), cell(&viewer, at)))
    }

    fn assert_equal(&self) {
        assert_eq!(self.difference(), None);
    }
}

#[test]
fn an_unchanged_screen_sends_nothing() {
    let mut link = Link::new(24, 80);
    assert!(link.feed("$ ").send(vec![]));
    assert!(!link.send(vec![]));
    assert!(
        !link.feed("\x1b[1;3r\x1b[1;3H\x1b[32m").send(vec![]),
        "no cell, mode or cursor changed"
    );
}

#[test]
fn one_character_costs_few_bytes() {
    let mut link = Link::new(50, 200);
    link.feed(&"line of text\r\n".repeat(40)).send(vec![]);
    link.feed("x").send(vec![]);
    assert!(link.bytes < 30, "{} bytes", link.bytes);
    link.assert_equal();
}

#[test]
fn one_scrolled_line_costs_about_its_length() {
    let mut link = Link::new(50, 200);
    for n in 0..60 {
        link.feed(&format!("{n} 2026-01-01 INFO request {} served\r\n", n * 7919));
    }
    link.send(vec![]);
    for n in 60..70 {
        link.feed(&format!("{n} 2026-01-01 INFO request {} served\r\n", n * 7919));
        assert!(link.send(vec![]));
        assert!(link.bytes < 100, "{} bytes", link.bytes);
        link.assert_equal();
    }
}

#[test]
fn a_status_line_below_a_scroll_stays() {
    let mut link = Link::new(10, 40);
    link.feed("\x1b[1;9r");
    for n in 0..20 {
        link.feed(&format!(
            "\x1b[9;1Hline number {n}, long enough\n\x1b[10;1H\x1b[7m status {n} \x1b[m"
        ));
        link.send(vec![]);
        link.assert_equal();
    }
    assert!(link.bytes < 120, "{} bytes", link.bytes);
}

#[test]
fn known_hard_cases_come_out_equal() {
    let cases: [&[&str]; 10] = [
        &["abcde", "f"],
        &["7eaaa", "a", "\r\x1b[K"],
        &["abcde\x1b[44m\x1b[K", "x"],
        &["abcdefgh", "\x1b[1;5H\x1b[41m\x1b[X"],
        &["abc中", "文", "\x1b[1;4Hx"],
        &["abcd中", "\x1b[1;2H文", "\x1b[2;1H\x1b[P"],
        &["ab❤\u{fe0f}", "\u{301}", "\x1b[1;4Hz"],
        &["7\u{fe0f}\u{20e3}ab", "\x1b[1;1H\x1b[@", "\x1b[1;1H\x1b[2P"],
        &["\x1b[?1049hfull\x1b[?25l", "\x1b[?1000h\x1b[?1006h\x1b[4 q", "\x1b[?1049l"],
        &["\x1b]2;title\x07", "\x1b]2;\x07", "\x1b[?2004h\x1b[?1h\x1b="],
    ];
    for case in cases {
        let mut link = Link::new(4, 5);
        for output in case {
            link.feed(output).send(vec![]);
            assert_eq!(link.difference(), None, "{case:?} after {output:?}");
        }
    }
}

#[test]
fn a_new_size_is_a_snapshot() {
    let mut link = Link::new(5, 20);
    link.feed("some text that wraps around").send(vec![]);
    link.screen.resize(Winsize::new(8, 10));
    link.send(vec![]);
    assert_eq!(link.replica.view().size(), Winsize::new(8, 10));
    link.assert_equal();
}

#[test]
fn marks_scroll_with_their_rows() {
    let mark = |row, severity| RowMark { row, severity, cols: 2..6, color: None };
    let mut link = Link::new(5, 60);
    let line = |n| format!("{n}: a line that is quite a bit longer than its mark\r\n");
    link.feed(&(0..5).map(line).collect::<String>());
    link.send(vec![mark(1, Severity::Error), mark(2, Severity::Warning)]);
    link.assert_equal();
    link.feed(&line(5)).send(vec![mark(0, Severity::Error), mark(1, Severity::Warning)]);
    link.assert_equal();
    assert!(link.bytes < 90, "scrolled marks are not sent again: {} bytes", link.bytes);
    link.send(vec![mark(1, Severity::Error)]);
    link.assert_equal();
    assert!(!link.send(vec![mark(1, Severity::Error)]));
}

fn update(base: u64, rows: Vec<RowUpdate>) -> Update {
    Update {
        revision: base + 1,
        base,
        offset: 0,
        size: Winsize::default(),
        scroll: 0,
        rows,
        marks: vec![],
        cursor: Default::default(),
        modes: Default::default(),
        title: None,
    }
}

fn row(row: u16, bytes: &[u8]) -> RowUpdate {
    RowUpdate { row, wrapped: false, bytes: bytes.to_vec() }
}

#[test]
fn updates_that_do_not_fit_change_nothing() {
    let mut replica = Replica::new(Winsize::default());
    assert_eq!(replica.apply(&update(3, vec![])), Err(Desync::WrongBase { have: 0, base: 3 }));
    replica.apply(&update(0, vec![row(2, b"text")])).unwrap();
    let small = Update { size: Winsize::new(9, 80), ..update(1, vec![]) };
    let cases = [
        (update(2, vec![]), Desync::WrongBase { have: 1, base: 2 }),
        (small, Desync::WrongSize(Winsize::new(9, 80))),
        (
            Update { size: Winsize::new(0, 0), ..update(0, vec![]) },
            Desync::WrongSize(Winsize::new(0, 0)),
        ),
        (update(1, vec![row(24, b"x")]), Desync::BadRow(24)),
        (update(1, vec![row(1, b"\x1b[6n")]), Desync::BadRow(1)),
        (update(1, vec![row(1, b"x\x1b]0;t\x07")]), Desync::BadRow(1)),
    ];
    for (update, error) in cases {
        assert_eq!(replica.apply(&update), Err(error));
        assert_eq!((replica.revision(), replica.view().row_text(2).as_str()), (1, "text"));
    }
}

#[test]
fn a_foreign_title_is_made_printable() {
    let mut replica = Replica::new(Winsize::default());
    let title = Some("a\x1b]52;c;eA==\x07\u{202e}b".to_owned());
    replica.apply(&Update { title, ..update(0, vec![]) }).unwrap();
    assert_eq!(replica.view().title(), "a]52;c;eA==b");
}

/// Text whose width or place has ever surprised an emulator.
const ODD_TEXT: &[&str] = &[
    "中",
    "文",
    "❤",
    "❤\u{fe0f}",
    "7\u{fe0f}",
    "\u{fe0f}",
    "\u{301}",
    "👍",
    "👍🏽",
    "👨\u{200d}👩",
    "🇩🇪",
    "\u{200b}",
    "\u{ad}",
    "\u{115f}",
    "\u{17d8}",
    "\u{202e}",
];

/// Output of every kind that has ever drawn a grid wrong.
fn output() -> impl Strategy<Value = String> {
    let simple = vec![
        "\r",
        "\n",
        "\r\n",
        "\t",
        "\x08",
        "\x1b7",
        "\x1b8",
        "\x1bM",
        "\x1bc",
        "\x1b[?6h",
        "\x1b[?6l",
        "\x1b[?25l",
        "\x1b[?25h",
        "\x1b[?1049h",
        "\x1b[?1049l",
        "\x1b[?47h",
        "\x1b[?47l",
        "\x1b[?1h",
        "\x1b[?2004h",
        "\x1b[?1002h",
        "\x1b[?1006h",
        "\x1b[3 q",
        "\x1b]2;one\x07",
        "\x1b]2;two\x07",
    ];
    let colours =
        vec!["", "1", "2", "3", "4", "7", "22", "31", "42", "97", "104", "38;5;100", "48;2;1;2;3"];
    let counted = "@ABCDEFGIJKLMPSTXbd`".chars().collect::<Vec<_>>();
    prop_oneof![
        8 => "[ -~]{1,12}",
        4 => prop::sample::select(ODD_TEXT).prop_map(String::from),
        4 => prop::sample::select(simple).prop_map(String::from),
        4 => prop::sample::select(colours).prop_map(|sgr| format!("\x1b[{sgr}m")),
        4 => (0_u16..12, prop::sample::select(counted))
            .prop_map(|(n, end)| format!("\x1b[{n}{end}")),
        2 => (1_u16..9, 1_u16..14).prop_map(|(row, col)| format!("\x1b[{row};{col}H")),
        1 => (1_u16..9, 1_u16..9).prop_map(|(top, bottom)| format!("\x1b[{top};{bottom}r")),
        2 => "[a-z]{30,60}\r\n",
    ]
}

/// The text and sequences that a row may hold, in any order.
fn row_output() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[ -~]{1,12}",
        6 => prop::sample::select(ODD_TEXT).prop_map(String::from),
        1 => Just("\u{fe0e}".to_owned()),
        3 => (0_u32..99_999, prop::sample::select(&['C', 'X', 'K', 'm']))
            .prop_map(|(n, end)| format!("\x1b[{n}{end}")),
        3 => (0_u16..9, 0_u16..16).prop_map(|(row, col)| format!("\x1b[{row};{col}H")),
    ];
    prop::collection::vec(piece, 1..12).prop_map(|pieces| pieces.concat())
}

#[derive(Debug, Clone)]
enum Step {
    Output(String),
    Resize(u16, u16),
    Send(Vec<RowMark>),
}

fn marks() -> impl Strategy<Value = Vec<RowMark>> {
    let color = prop::option::of((0_u8..3).prop_map(MarkColor::Indexed));
    let mark = (0_u16..3, 3_u16..5, color);
    prop::collection::btree_map(0_u16..2, mark, 0..3).prop_map(|marks| {
        let marks = marks.into_iter();
        let mark = |(row, (start, end, color))| RowMark {
            row,
            severity: Severity::Error,
            cols: start..end,
            color,
        };
        marks.map(mark).collect()
    })
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        12 => output().prop_map(Step::Output),
        1 => (1_u16..9, 1_u16..14).prop_map(|(rows, cols)| Step::Resize(rows, cols)),
        4 => marks().prop_map(Step::Send),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// Sending is one of the steps, so most frames skip several states of the screen.
    #[test]
    fn the_viewer_has_the_agents_picture_after_every_update(
        size in (1_u16..9, 1_u16..14),
        steps in prop::collection::vec(step(), 1..60),
    ) {
        let mut link = Link::new(size.0, size.1);
        for step in steps {
            match step {
                Step::Output(output) => link.screen.feed(output.as_bytes()),
                Step::Resize(rows, cols) => link.screen.resize(Winsize::new(rows, cols)),
                Step::Send(marks) => {
                    link.send(marks);
                    prop_assert_eq!(link.difference(), None);
                }
            }
        }
    }

    /// Rows that pass the check and still try to write where they should not.
    #[test]
    fn no_row_crashes_a_replica(
        rows in prop::collection::vec((0_u16..6, row_output()), 1..8),
        size in (2_u16..6, 5_u16..14),
        scroll: u16,
    ) {
        let size = Winsize::new(size.0, size.1);
        let mut replica = Replica::new(size);
        replica.apply(&Update { size, ..update(0, vec![]) }).unwrap();
        for (at, bytes) in rows {
            let revision = replica.revision();
            let rows = vec![row(at.min(size.rows - 1), bytes.as_bytes())];
            let result = replica.apply(&Update { size, scroll, ..update(revision, rows) });
            prop_assert_eq!(result, Ok(()));
        }
    }
}
