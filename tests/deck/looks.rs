//! The mouse, colours, and what is left without them.

use watchdeck::term::{Color, View};

use crate::machine::{Machine, SIZE, place};
use crate::terminal::Terminal;

/// A press of the mouse at a place, in SGR form (`?1006`): 0 is the left button, 64 and 65 the wheel.
fn mouse(deck: &mut Terminal, button: u8, (row, col): (u16, u16)) {
    deck.press(&format!("\x1b[<{button};{};{}M", col + 1, row + 1));
}

#[test]
fn a_click_focuses_a_pane_and_the_wheel_scrolls_it_back() {
    let machine = Machine::new();
    machine.text(&["new", "--detach", "--name", "a", "--", "cat"]);
    machine.text(&["new", "--detach", "--name", "b", "--", "sh", "-c", "seq 1 500; cat"]);
    let mut deck = machine.dashboard();
    deck.until_shows("2 here/b");
    let view = deck.until_shows("500");
    let hints = SIZE.rows - 1;
    assert!(view.row_text(hints).contains("here/a"), "the first pane has the focus");
    let inside = place(&view, "500");
    mouse(&mut deck, 0, inside);
    deck.until("the click moves the focus", |view| view.row_text(hints).contains("here/b"));
    (0..5).for_each(|_| mouse(&mut deck, 64, inside));
    deck.until_shows("paused");
    deck.until_hides("500");
    (0..5).for_each(|_| mouse(&mut deck, 65, inside));
    deck.until_hides("paused");
    deck.until_shows("500");
}

/// The sign in the gutter of the row that shows `text`, and its colour.
fn gutter(view: &View, text: &str) -> (String, Color) {
    let (row, col) = place(view, text);
    let cell = view.cell(row, col - 1);
    (cell.text.to_owned(), cell.fg)
}

#[test]
fn a_rules_colour_marks_its_lines_live_and_in_history() {
    let machine = Machine::configured(
        "[[alerts]]\nname = \"slow\"\nregex = \"slow query\"\nseverity = \"warning\"\ncolor = \"#ff8000\"\n",
    );
    let script = "echo slow query; echo ERROR disk full; read go; seq 1 300; cat";
    machine.text(&["new", "--detach", "--name", "db", "--", "sh", "-c", script]);
    let mut deck = machine.dashboard();
    let orange = ("W".to_owned(), Color::Rgb(0xff, 0x80, 0));
    let marked = |view: &View| view.text_rows().any(|row| row.contains("Wslow query"));
    let view = deck.until("the line is marked", marked);
    assert_eq!(gutter(&view, "slow query"), orange);
    let (letter, color) = gutter(&view, "ERROR disk");
    assert_eq!(letter, "E");
    assert_ne!(color, orange.1);
    machine.text(&["send", "db", "--enter", "go"]);
    deck.until_shows("300");
    deck.press("w");
    deck.until_shows("paused");
    let view = deck.until("the line in history is marked", marked);
    assert_eq!(gutter(&view, "slow query"), orange);
}

#[test]
fn without_colour_letters_say_it() {
    let machine = Machine::new();
    let script = "printf '\\033[31mERROR disk is full\\033[m\\n'; cat";
    machine.text(&["new", "--detach", "--name", "app", "--", "sh", "-c", script]);
    let mut command = machine.command(&[]);
    command.env("NO_COLOR", "1");
    let deck = Terminal::run(command, SIZE);
    let view = deck.until("the line is marked", |view| {
        view.text_rows().any(|row| row.contains("EERROR disk is full"))
    });
    place(&view, "[OBS]");
    let cells = (0..SIZE.rows).flat_map(|row| (0..SIZE.cols).map(move |col| (row, col)));
    for (row, col) in cells {
        let cell = view.cell(row, col);
        assert_eq!((cell.fg, cell.bg), (Color::Default, Color::Default), "{row} {col}");
    }
}
