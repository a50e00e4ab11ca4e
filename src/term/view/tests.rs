use super::*;
use crate::proto::{Severity, Winsize, update::RowMark};
use crate::term::{Screen, ScreenOptions};

fn view_of(rows: u16, cols: u16, output: &str) -> View {
    let mut screen = Screen::new(Winsize::new(rows, cols), ScreenOptions::default());
    screen.feed(output.as_bytes());
    View::of(&screen, output.len() as u64)
}

#[test]
fn cells_carry_colours_and_attributes() {
    let view = view_of(3, 10, "\x1b[1;3;4;7;31;48;2;1;2;3mA\x1b[0;2;38;5;200mB");
    let a = view.cell(0, 0);
    assert_eq!((a.text, a.fg, a.bg), ("A", Color::Indexed(1), Color::Rgb(1, 2, 3)));
    assert!(a.bold && a.italic && a.underline && a.inverse && !a.dim);
    let b = view.cell(0, 1);
    assert_eq!((b.text, b.fg, b.dim, b.bold), ("B", Color::Indexed(200), true, false));
    assert_eq!(view.cell(0, 2), Cell::BLANK);
    assert_eq!(view.cell(3, 0), Cell::BLANK, "outside");
}

#[test]
fn an_erased_cell_shows_its_background_alone() {
    let view = view_of(3, 10, "\x1b[4;7;31;44m \x1b[K");
    let (space, erased) = (view.cell(0, 0), view.cell(0, 1));
    assert!(space.underline && space.inverse, "a printed space is text");
    assert_eq!(erased, Cell { bg: Color::Indexed(4), ..Cell::BLANK });
}

#[test]
fn a_wide_character_takes_two_cells() {
    let view = view_of(3, 10, "\x1b[32m中x");
    assert_eq!((view.cell(0, 0).text, view.cell(0, 0).width), ("中", 2));
    assert_eq!((view.cell(0, 1).text, view.cell(0, 1).width), ("", 0));
    assert_eq!(view.cell(0, 1).fg, Color::Indexed(2));
    assert_eq!(view.cell(0, 2).text, "x");
    assert_eq!(view.row_text(0), "中x");
}

#[test]
fn an_emoji_that_only_a_selector_makes_wide_becomes_two_narrow_cells() {
    let view = view_of(3, 10, "\x1b[41m❤\u{fe0f}x");
    let cells: Vec<_> =
        (0..3).map(|col| (view.cell(0, col).text, view.cell(0, col).width)).collect();
    assert_eq!(cells, [("❤", 1), (" ", 1), ("x", 1)]);
    assert_eq!(view.cell(0, 1).bg, Color::Indexed(1), "the blank half keeps the colours");
}

#[test]
fn widths_always_add_up_to_the_columns() {
    let output = "a\u{202e}b中\u{200d}文👍🏽👨\u{200d}👩🇩🇪❤\u{fe0f}\u{115f}\u{17d8}\
                  e\u{301}\u{302}\u{303}\u{304}\u{e0041}z";
    for cols in 5..40 {
        let view = view_of(6, cols, output);
        for row in 0..6 {
            let width: usize = view.row(row).map(|cell| usize::from(cell.width)).sum();
            assert_eq!(width, usize::from(cols), "row {row} of {cols} columns");
            let drawn = |cell: &Cell<'_>| unicode_width::UnicodeWidthStr::width(cell.text);
            assert!(view.row(row).all(|cell| drawn(&cell) == usize::from(cell.width)));
            assert!(view.row(row).all(|cell| cell.text.chars().all(is_printable)));
        }
    }
}

#[test]
fn the_cursor_stays_inside_and_hides() {
    assert_eq!(view_of(3, 5, "abcde").cursor(), Some((0, 4)), "a wrap is pending");
    assert_eq!(view_of(3, 5, "ab\r\nc").cursor(), Some((1, 1)));
    assert_eq!(view_of(3, 5, "\x1b[?25l").cursor(), None);
}

#[test]
fn rows_know_whether_the_edge_broke_them() {
    let view = view_of(4, 5, "abcdefg\r\nhi");
    assert_eq!(
        (0..4).map(|row| view.row_wrapped(row)).collect::<Vec<_>>(),
        [true, false, false, false]
    );
    assert_eq!(view.text_rows().collect::<Vec<_>>(), ["abcde", "fg", "hi", ""]);
    let spaced = view_of(4, 5, "abc  de   \r\nhi");
    assert_eq!(spaced.row_text(0), "abc  ", "the logical line keeps its spaces");
}

#[test]
fn an_ansi_row_holds_text_and_sgr_alone() {
    let row = |output: &str| String::from_utf8(view_of(3, 12, output).ansi_row(0)).unwrap();
    assert_eq!(row("plain   "), "plain", "blanks at the end are left out");
    assert_eq!(row("a\x1b[31mb\x1b[0m  c"), "a\x1b[0;31mb\x1b[0m  c");
    assert_eq!(
        row("\x1b[1;4;95;48;5;99m中\x1b[0;7m\u{202e}!"),
        "\x1b[0;1;4;95;48;5;99m中\x1b[0;7m!\x1b[0m"
    );
    assert_eq!(
        row("\x1b[38;2;1;2;3ma\x1b[m\x1b[5G\x1b[44m\x1b[X"),
        "\x1b[0;38;2;1;2;3ma\x1b[0m   \x1b[0;44m \x1b[0m"
    );
    assert_eq!(row(""), "");
}

#[test]
fn marks_are_found_by_row() {
    let mark = |row| RowMark { row, severity: Severity::Error, cols: 0..3, color: None };
    let plain = view_of(5, 10, "x");
    let marked = plain.clone().with_marks(vec![mark(1), mark(3)]);
    assert_eq!(marked.mark(3), Some(&mark(3)));
    assert_eq!((marked.mark(0), marked.mark(2)), (None, None));
    assert!(plain.marks().is_empty(), "the shared picture is untouched");
}

#[test]
fn logical_rows_join_what_only_the_edge_divides() {
    let mut screen = Screen::new(Winsize::new(4, 5), ScreenOptions::silent());
    screen.feed(b"abcdefg\r\nxy\r\n");
    let rows: Vec<_> = View::of(&screen, 0).logical_rows().collect();
    assert_eq!(rows, ["abcdefg", "xy", ""]);
}
