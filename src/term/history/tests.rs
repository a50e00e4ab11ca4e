use proptest::prelude::*;
use regex::Regex;

use super::*;
use crate::proto::Winsize;

fn build(base: u64, chunks: &[&[u8]], cols: u16) -> History {
    History::build(&Excerpt { base, chunks, prelude: b"" }, Winsize::new(5, cols))
}

fn history(log: &str, cols: u16) -> History {
    build(0, &[log.as_bytes()], cols)
}

fn rows(history: &History) -> impl Iterator<Item = HistoryRow<'_>> {
    (0..).map_while(|row| history.row(row))
}

fn texts(history: &History) -> Vec<String> {
    rows(history).map(|row| row.text()).collect()
}

fn offsets(history: &History) -> Vec<u64> {
    rows(history).map(|row| row.offset).collect()
}

fn numbered(lines: usize) -> String {
    (0..lines).map(|n| format!("line {n}\r\n")).collect()
}

#[test]
fn rows_are_what_scrolled_off_and_what_is_shown() {
    let history = history(&numbered(20), 40);
    assert_eq!(texts(&history), (0..20).map(|n| format!("line {n}")).collect::<Vec<_>>());
    assert!(self::history("", 40).is_empty());
    assert!(self::history("\r\n\r\n", 40).is_empty());
}

#[test]
fn lines_reflow_to_any_width() {
    let log = format!("{}abcdefghijkl\r\nshort\r\n", numbered(9));
    let narrow = history(&log, 5);
    let tail: Vec<_> = rows(&narrow).skip(18).map(|row| (row.text(), row.wrapped)).collect();
    let expected = [("abcde", true), ("fghij", true), ("kl", false), ("short", false)]
        .map(|(text, wrapped)| (text.to_owned(), wrapped));
    assert_eq!(tail, expected);
    assert_eq!(history(&log, 40).len(), 11);
}

#[test]
fn every_row_knows_the_offset_of_its_line() {
    let log = "one\r\ntwo is longer\r\n\r\nfour\r\n";
    let history = history(log, 6);
    assert_eq!(texts(&history), ["one", "two is", " longe", "r", "", "four"]);
    assert_eq!(offsets(&history), [0, 5, 5, 5, 20, 22]);
    let found: Vec<_> = [0, 4, 5, 19, 20, 22, 999].map(|at| history.row_at_offset(at)).into();
    assert_eq!(found, [0, 0, 1, 1, 4, 5, 5]);
}

#[test]
fn a_log_without_its_beginning_starts_at_a_line() {
    type Case<'a> = (&'a [&'a [u8]], &'a [&'a str], &'a [u64]);
    let cases: [Case<'_>; 5] = [
        (&[b"31mrest\r\nwhole\r\n"], &["whole"], &[109]),
        (&[b"\x98\x80 rest", b"", b" more\r", b"\nwhole", b"\r\n"], &["whole"], &[114]),
        (&[b"[2;3Hrest\rwhole"], &["whole"], &[110]),
        (&[b"nothing to cut at"], &["nothing to cut at"], &[100]),
        (&[b"rest\n"], &[], &[]),
    ];
    for (chunks, expected, starts) in cases {
        let history = build(100, chunks, 40);
        assert_eq!(texts(&history), expected);
        assert_eq!(offsets(&history), starts);
    }
}

#[test]
fn the_alternate_screen_leaves_no_rows() {
    let vim = "\x1b[?1049h\x1b[2J\x1b[Hfull screen\r\n".to_owned() + &"~\r\n".repeat(40);
    let log = format!("before\r\n{vim}\x1b[?1049lafter\r\n");
    assert_eq!(texts(&history(&log, 40)), ["before", "after"]);
    assert_eq!(
        texts(&history(&format!("before\r\n{vim}\x1b[3"), 40)),
        ["before"],
        "ends inside it"
    );
    let alternate = Excerpt {
        base: 100,
        chunks: &[b"x\nof vim\r\n~\r\n\x1b[?1049lafter\r\n"],
        prelude: b"\x1b[?1049h",
    };
    assert_eq!(
        texts(&History::build(&alternate, Winsize::new(5, 40))),
        ["after"],
        "starts inside it"
    );
}

#[test]
fn progress_written_over_itself_is_one_row() {
    let log = "start\r\n 10%\r 50%\r100%\r\nA: 1\r\nB: 1\r\n\x1b[2AA: 2\r\nB: 2\r\nend\r\n";
    let history = history(log, 40);
    assert_eq!(texts(&history), ["start", "100%", "A: 2", "B: 2", "end"]);
    let last_b = log.rfind("B: 2").map(|at| at as u64);
    assert_eq!(history.row(3).map(|row| row.offset), last_b, "the row shows what was written last");
    assert!(offsets(&history).is_sorted());
}

#[test]
fn colours_stay_and_each_row_stands_alone() {
    let history = history(&format!("\x1b[31mred\r\nstill\x1b[0m plain\r\n{}", numbered(9)), 40);
    assert_eq!(history.row(0).map(|row| row.ansi), Some("\x1b[31mred\x1b[m"));
    assert_eq!(history.row(1).map(|row| row.text()), Some("still plain".to_owned()));
    assert!(history.row(1).is_some_and(|row| row.ansi.starts_with("\x1b[31mstill")));
}

#[test]
fn a_page_is_drawn_like_a_screen() {
    let log = format!("{}\x1b[1;32m中文\x1b[m text that wraps\r\n", numbered(7));
    let history = history(&log, 10);
    let page = history.page(6);
    assert_eq!(
        page.text_rows().collect::<Vec<_>>(),
        ["line 6", "中文 text ", "that wraps", "", ""]
    );
    assert_eq!((page.cell(1, 0).text, page.cell(1, 0).bold), ("中", true));
    assert_eq!(
        (0..4).map(|row| page.row_wrapped(row)).collect::<Vec<_>>(),
        [false, true, false, false]
    );
    assert_eq!((page.cursor(), page.offset()), (None, 48));
    assert_eq!(history.page(99).text_rows().collect::<String>(), "");
}

#[test]
fn the_text_above_a_row_ends_with_its_line() {
    let history = history("one\r\nabcdefghijklm\r\ntwo\r\n", 5);
    let above: Vec<_> = (0..5).map(|row| history.text_above(row)).collect();
    assert_eq!(above, ["", "", "abcde", "abcdefghij", ""]);
}

#[test]
fn searching_finds_what_the_edge_has_cut() {
    let history = history("an error here\r\n中文 \x1b[31merr\x1b[0mor and error\r\nnone\r\n", 10);
    let hits = history.search(&Regex::new("err.r").unwrap(), 10);
    let places: Vec<_> =
        hits.iter().map(|hit| (hit.row, hit.col, hit.end_row, hit.end_col)).collect();
    assert_eq!(places, [(0, 3, 0, 8), (2, 5, 2, 10), (3, 5, 3, 10)]);
    let cut = history.search(&Regex::new("here|r and").unwrap(), 10);
    assert_eq!((cut[0].columns_on(0, 10), cut[0].columns_on(1, 10)), (Some(9..10), Some(0..3)));
    assert_eq!(
        (cut[1].columns_on(2, 10), cut[1].columns_on(3, 10), cut[1].columns_on(4, 10)),
        (Some(9..10), Some(0..4), None)
    );
}

#[test]
fn hits_are_limited_and_never_empty() {
    let history = history(&"ab ".repeat(100), 30);
    assert_eq!(history.search(&Regex::new("b").unwrap(), 7).len(), 7);
    assert!(history.search(&Regex::new("x*").unwrap(), 7).is_empty());
    assert!(history.search(&Regex::new("b").unwrap(), 0).is_empty());
}

#[test]
fn a_log_that_makes_much_of_itself_loses_its_oldest_rows() {
    let mut history = History::new(Winsize::new(5, 1000), 1000);
    let wide = " ".repeat(64 << 10);
    let rows = 2 * History::MAX_BYTES / wide.len();
    for row in 0..rows {
        history.begin_line(row, row as u64);
        history.push(&wide, false);
    }
    assert!(history.memory() <= 2 * History::MAX_BYTES, "{} bytes", history.memory());
    assert!((rows / 4..rows / 2 + 1).contains(&history.len()), "{} rows", history.len());
    let (first, last) = (rows - history.len(), history.len() - 1);
    assert_eq!(history.row(0).map(|row| row.offset), Some(1000 + first as u64));
    assert_eq!(history.row(last).map(|row| row.ansi.len()), Some(wide.len()));
    assert_eq!(history.row_at_offset(1000 + rows as u64 - 1), last);
    assert_eq!(history.row_at_offset(0), 0, "what is gone is looked for at the top");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_bytes_become_rows_in_order(
        chunks in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..80), 0..8),
        base: u32,
        cols in 1_u16..30,
    ) {
        let chunks: Vec<&[u8]> = chunks.iter().map(Vec::as_slice).collect();
        let history = build(u64::from(base), &chunks, cols);
        prop_assert!(offsets(&history).is_sorted());
        let _ = history.page(history.len() / 2);
        let _ = history.search(&Regex::new("[a-z]+").unwrap(), 100);
    }

    #[test]
    fn joined_rows_are_the_lines_of_the_log(
        lines in prop::collection::vec("[a-z]([a-z ]{0,40}[a-z])?", 1..40),
        cols in 5_u16..50,
        cut in any::<prop::sample::Index>(),
    ) {
        let log = lines.iter().map(|line| format!("{line}\r\n")).collect::<String>();
        let (left, right) = log.as_bytes().split_at(cut.index(log.len()));
        let history = build(0, &[left, right], cols);
        let mut joined = String::new();
        for (at, row) in rows(&history).enumerate() {
            let ends = |text: &str| text.matches('\n').count();
            prop_assert_eq!(ends(&log[..row.offset as usize]), ends(&joined));
            prop_assert!(history.row_at_offset(row.offset) <= at);
            joined += &row.text();
            joined += if row.wrapped { "" } else { "\n" };
        }
        prop_assert_eq!(joined, log.replace('\r', ""));
    }
}
