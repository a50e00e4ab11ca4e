//! What lies above the deck.

use ratatui::buffer::Buffer;
use ratatui::layout::Position;

use crate::app::command::{Command, Scope};
use crate::app::state::{
    AlertItem, CreateField, CreateForm, Drawn, Overlay, Picker, Question, State, TextLine,
    signal_doc,
};
use crate::app::update::{alerts, help_commands, overlay::signals, palette_commands};
use crate::proto::Key;
use crate::widgets::{Confirm, Field, FieldValue, Form, Help, HelpRow, KeyHint, Look};

use super::{hints, regions};

/// A row to pick, owned.
struct Row {
    key: String,
    command: String,
    doc: String,
    live: bool,
}

/// Draws an overlay over the whole screen; where its cursor is. Inputs of one line are in the
/// hint line and drawn there.
pub(super) fn draw(
    state: &State,
    overlay: &Overlay,
    look: &Look,
    buf: &mut Buffer,
    drawn: &mut Drawn,
) -> Option<Position> {
    match overlay {
        Overlay::Help(picker) => {
            let commands = help_commands(state, picker.query.text());
            pick(state, look, buf, drawn, ("Keys", picker, &rows(state, &commands)))
        }
        Overlay::Palette(picker) => {
            let commands = palette_commands(state, picker.query.text());
            pick(state, look, buf, drawn, ("Commands", picker, &rows(state, &commands)))
        }
        Overlay::Messages(picker) => {
            pick(state, look, buf, drawn, ("Messages", picker, &messages(state)))
        }
        Overlay::Alerts(items, picker) => {
            let found = alerts::found(state, items, picker.query.text());
            pick(state, look, buf, drawn, ("Newest alerts", picker, &alert_rows(state, &found)))
        }
        Overlay::Signals(key, picker) => {
            let title = format!("Signal to {}", state.label(*key));
            pick(state, look, buf, drawn, (&title, picker, &signal_rows(picker)))
        }
        Overlay::Create(form) => create(state, form, look, buf),
        Overlay::Confirm(question) => {
            confirm(state, question, look, buf);
            None
        }
        Overlay::Search(..) | Overlay::Filter(_) | Overlay::Rename(..) => drawn.cursor,
    }
}

fn pick(
    state: &State,
    look: &Look,
    buf: &mut Buffer,
    drawn: &mut Drawn,
    (title, picker, rows): (&str, &Picker, &[Row]),
) -> Option<Position> {
    let keys = hints::overlay(state);
    let shown: Vec<_> = rows
        .iter()
        .map(|row| HelpRow { key: &row.key, command: &row.command, doc: &row.doc, live: row.live })
        .collect();
    let widget = Help {
        title,
        query: picker.query.area(),
        rows: &shown,
        total: rows.len(),
        selected: (!rows.is_empty()).then_some(picker.selected),
        first: state.drawn.picker.first,
        keys: &hints::borrowed(&keys),
    };
    let (list, cursor) = widget.draw(look, buf.area, buf);
    drawn.picker = list;
    cursor
}

fn rows(state: &State, commands: &[&Command]) -> Vec<Row> {
    let leader = state.settings.leader;
    let key = |command: &Command| {
        let keys = state.keymap.keys(command).iter().map(Key::to_string).collect::<Vec<_>>();
        let keys = keys.join(" ");
        if command.scope == Scope::Leader { format!("{leader} {keys}") } else { keys }
    };
    let row = |command: &&Command| Row {
        key: key(command),
        command: command.name.to_owned(),
        doc: command.doc.to_owned(),
        live: (command.live)(state),
    };
    commands.iter().map(row).collect()
}

fn signal_rows(picker: &Picker) -> Vec<Row> {
    let row = |signal| Row {
        key: String::new(),
        command: crate::proto::Signal::name(signal).to_owned(),
        doc: signal_doc(signal).to_owned(),
        live: true,
    };
    signals(picker.query.text()).into_iter().map(row).collect()
}

fn messages(state: &State) -> Vec<Row> {
    let row = |message: &crate::app::state::Message| Row {
        key: message.at.clone(),
        command: String::new(),
        doc: message.text.clone(),
        live: true,
    };
    state.messages.newest_first().map(row).collect()
}

fn alert_rows(state: &State, items: &[&AlertItem]) -> Vec<Row> {
    let row = |item: &&AlertItem| {
        let (at, source) = regions::when_and_where(state, item);
        let letter = item.alert.severity.letter();
        Row {
            key: format!("{at} {letter}"),
            command: source,
            doc: item.alert.text.clone(),
            live: true,
        }
    };
    items.iter().map(row).collect()
}

fn create(state: &State, form: &CreateForm, look: &Look, buf: &mut Buffer) -> Option<Position> {
    let name = |key: &crate::app::state::MachineKey| {
        state.machine(*key).map_or("?", |machine| machine.name.as_str())
    };
    let machines: Vec<_> = form.machines.iter().map(name).collect();
    let text = |label, line: &'_ TextLine, hint| (label, line.area().clone(), hint);
    let lines = [
        text(
            "command",
            &form.command,
            "a line of shell, for example tail -F app.log; empty for a login shell",
        ),
        text("name", &form.name, "A-Z a-z 0-9 . _ -; empty for the program's name"),
        text("cwd", &form.cwd, "an absolute path; empty for home"),
    ];
    let machine = Field {
        label: "machine",
        value: FieldValue::Choice { options: &machines, chosen: form.chosen },
        hint: "Left and Right choose",
        error: "",
    };
    let mut fields = vec![machine];
    for (label, area, hint) in &lines {
        let error = if *label == "name" { form.name_error.as_str() } else { "" };
        fields.push(Field { label, value: FieldValue::Text(area), hint, error });
    }
    let keys = hints::overlay(state);
    let widget = Form {
        title: "New session",
        fields: &fields,
        focused: CreateField::ALL.iter().position(|field| *field == form.focused).unwrap_or(0),
        error: "",
        keys: &hints::borrowed(&keys),
    };
    widget.draw(look, buf.area, buf)
}

fn confirm(state: &State, question: &Question, look: &Look, buf: &mut Buffer) {
    let consequences: Vec<_> = question.consequences.iter().map(String::as_str).collect();
    let (yes, no) = (state.keymap.key_of("yes"), state.keymap.key_of("no"));
    let widget = Confirm {
        question: &question.text,
        consequences: &consequences,
        yes: KeyHint { key: &yes, doc: question.verb },
        no: KeyHint { key: &no, doc: "cancel" },
    };
    widget.draw(look, buf.area, buf);
}
