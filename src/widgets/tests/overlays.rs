//! What is drawn above or instead of the deck.

use ratatui::layout::{Position, Rect};
use tui_textarea::{CursorMove, TextArea};

use super::*;
use crate::widgets::sample::{self, Scene};

type Draw = fn(&Look, &mut Buffer) -> Option<Position>;

pub(super) const ALL: [(&str, Draw); 6] = [
    ("help", help),
    ("form", form),
    ("confirm", confirm),
    ("toasts", toasts),
    ("prompt", prompt),
    ("welcome", welcome),
];

const CLOSE: &[KeyHint<'_>] =
    &[KeyHint { key: "Esc", doc: "close" }, KeyHint { key: "Enter", doc: "do it" }];

fn typed(text: &str) -> TextArea<'static> {
    let mut area = TextArea::new(vec![text.to_owned()]);
    area.move_cursor(CursorMove::End);
    area
}

fn help(look: &Look, buf: &mut Buffer) -> Option<Position> {
    let row = |key, command, doc, live| HelpRow { key, command, doc, live };
    let rows = [
        row("Enter", "type", "Type into the focused session, if you are its operator", true),
        row("o", "role", "Change between observer and operator", true),
        row("e, E", "next-error, previous-error", "Go to an error in this pane", true),
        row("z", "zoom", "Give one pane all the space, or give it back", true),
        row("/", "filter", "Show only sessions whose names match", true),
        row("y", "copy", "Copy what is selected", false),
        row("", "messages", "Show what the dashboard said", true),
    ];
    let query = typed("e");
    let help = Help {
        title: "Keys",
        query: &query,
        rows: &rows,
        total: 41,
        selected: Some(1),
        first: 0,
        keys: CLOSE,
    };
    help.draw(look, buf.area, buf).1
}

fn form(look: &Look, buf: &mut Buffer) -> Option<Position> {
    let (name, command, size) =
        (typed("nginx-2"), typed("tail -F /var/log/nginx/access.log"), typed("80"));
    let options = ["web-1", "db-1"];
    let field =
        |label, input, hint, error| Field { label, value: FieldValue::Text(input), hint, error };
    let fields = [
        Field {
            label: "Machine",
            value: FieldValue::Choice { options: &options, chosen: 0 },
            hint: "",
            error: "",
        },
        field("Name", &name, "letters, digits, dot, dash, underscore", ""),
        field("Command", &command, "empty for a shell", ""),
        field("Size", &size, "", "`80` is not a size; write COLSxROWS, for example 80x24"),
    ];
    let form = Form { title: "New session", fields: &fields, focused: 1, error: "", keys: CLOSE };
    form.draw(look, buf.area, buf)
}

fn confirm(look: &Look, buf: &mut Buffer) -> Option<Position> {
    let confirm = Confirm {
        question: "Kill web-1/nginx?",
        consequences: &[
            "Its program and every process it started will be ended at once.",
            "2 other clients are watching it, 1 of them types into it.",
        ],
        yes: KeyHint { key: "y", doc: "kill it" },
        no: KeyHint { key: "n", doc: "leave it running" },
    };
    confirm.draw(look, buf.area, buf);
    None
}

fn toasts(look: &Look, buf: &mut Buffer) -> Option<Position> {
    let toast = |tone, text| Toast { tone, text };
    let items = [
        toast(Tone::Info, "this one is too old to be shown"),
        toast(Tone::Ok, "web-1/nginx-2 is running"),
        toast(Tone::Warning, "nothing was typed: you are an observer of db-1/postgres, press o"),
        toast(
            Tone::Error,
            "cannot connect to edge-7 (ws://127.0.0.1:7788): connection refused; trying again in 4s",
        ),
    ];
    let area = Rect { height: buf.area.height - 1, ..buf.area };
    Toasts { items: &items }.draw(look, area, buf);
    None
}

fn prompt(look: &Look, buf: &mut Buffer) -> Option<Position> {
    let input = typed("time(out|d out)");
    let prompt =
        Prompt { mode: "SEARCH", input: &input, status: "3 of 17", error: "", keys: CLOSE };
    let row = Rect { y: buf.area.bottom() - 1, height: 1, ..buf.area };
    prompt.draw(look, row, buf)
}

fn welcome(look: &Look, buf: &mut Buffer) -> Option<Position> {
    let choices = [
        KeyHint { key: "Enter", doc: "start a shell on this machine" },
        KeyHint { key: "l", doc: "follow the system log" },
        KeyHint { key: "n", doc: "start something else" },
        KeyHint { key: "?", doc: "see all keys" },
    ];
    let welcome = Welcome {
        title: "No sessions yet",
        text: "Sessions go on running when you quit.",
        choices: &choices,
    };
    let area = Rect { y: 1, height: buf.area.height - 2, ..buf.area };
    welcome.draw(look, area, buf);
    None
}

fn drawn(draw: Draw) -> String {
    let (mut buf, _) = sample::deck(&Look::default(), (80, 24), 1, Scene::Watching);
    let cursor = draw(&Look::default(), &mut buf);
    format!("{}\n\ncursor: {cursor:?}", text(&buf))
}

#[test]
fn help_over_the_deck() {
    insta::assert_snapshot!(drawn(help));
}

#[test]
fn form_over_the_deck() {
    insta::assert_snapshot!(drawn(form));
}

#[test]
fn confirm_over_the_deck() {
    insta::assert_snapshot!(drawn(confirm));
}

#[test]
fn toasts_over_the_deck() {
    insta::assert_snapshot!(drawn(toasts));
}

#[test]
fn prompt_in_place_of_the_hints() {
    insta::assert_snapshot!(drawn(prompt));
}

#[test]
fn welcome_in_place_of_the_panes() {
    insta::assert_snapshot!(drawn(welcome));
}

#[test]
fn what_is_behind_an_overlay_dims() {
    use ratatui::style::Modifier;
    let (mut buf, _) = sample::deck(&Look::default(), (80, 24), 1, Scene::Watching);
    confirm(&Look::default(), &mut buf);
    assert!(buf[(2, 3)].modifier.contains(Modifier::DIM));
    assert!(!buf[(40, 10)].modifier.contains(Modifier::DIM));
}

#[test]
fn a_question_shows_every_hidden_character() {
    let look = Look::default();
    let mut buf = Buffer::empty(Rect::new(0, 0, 80, 24));
    let key = KeyHint { key: "y", doc: "kill" };
    let question = "Kill web-1/\u{202E}xnign\u{200B}?";
    Confirm { question, consequences: &[], yes: key, no: key }.draw(&look, buf.area, &mut buf);
    assert!(text(&buf).contains(r"web-1/\u{202e}xnign\u{200b}?"), "{}", text(&buf));
}

#[test]
fn the_end_of_a_long_input_stays_visible() {
    let look = Look::default();
    let mut buf = Buffer::empty(Rect::new(0, 0, 40, 1));
    let input = typed("a very long pattern that does not fit into the line at all");
    let prompt = Prompt { mode: "SEARCH", input: &input, status: "", error: "", keys: &[] };
    let cursor = prompt.draw(&look, buf.area, &mut buf).unwrap();
    assert_eq!(text(&buf), " SEARCH  into the line at all");
    assert_eq!(cursor, Position::new(29, 0));
}
