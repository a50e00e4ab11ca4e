//! What lies above the deck: opening it, moving in it, accepting and closing it.

use crate::app::command::{COMMANDS, Command, Scope};
use crate::app::effect::Effects;
use crate::app::fuzzy::ranked;
use crate::app::state::{CreateField, CreateForm, Mode, Overlay, Picker, Region, State};
use crate::proto::{Key, KeyCode, Signal};

use super::{alerts, lifecycle, list, search};

/// Opens the help.
pub fn help(state: &mut State, _: &mut Effects) {
    state.overlay = Some(Overlay::Help(Picker::default()));
}

/// Opens the palette.
pub fn palette(state: &mut State, _: &mut Effects) {
    state.overlay = Some(Overlay::Palette(Picker::default()));
}

/// Opens the list of what was said.
pub fn messages(state: &mut State, _: &mut Effects) {
    state.overlay = Some(Overlay::Messages(Picker::default()));
}

/// The commands that the help shows for a query, best first.
#[must_use]
pub fn help_commands(state: &State, query: &str) -> Vec<&'static Command> {
    let text = |command: &Command| {
        let keys = state.keymap.keys(command).iter().map(Key::to_string).collect::<Vec<_>>();
        format!("{} {} {}", keys.join(" "), command.name, command.doc)
    };
    ranked(query, COMMANDS.iter().map(|command| (command, text(command))))
}

/// The commands that the palette offers for a query, best first: those that would do something
/// now. Jumps to a numbered pane are left to their keys.
#[must_use]
pub fn palette_commands(state: &State, query: &str) -> Vec<&'static Command> {
    let here = match state.region {
        _ if state.sessions.is_empty() => Scope::Welcome,
        Region::Board => Scope::Board,
        Region::List => Scope::List,
    };
    let offered = |command: &&Command| {
        (command.scope == Scope::Nav || command.scope == here)
            && !command.name.starts_with("pane-")
            && (command.live)(state)
    };
    let text = |command: &Command| format!("{} {}", command.name, command.doc);
    ranked(query, COMMANDS.iter().filter(offered).map(|command| (command, text(command))))
}

/// The signals that the menu offers for a query, best first.
#[must_use]
pub fn signals(query: &str) -> Vec<Signal> {
    ranked(query, Signal::ALL.into_iter().map(|signal| (signal, signal.name().to_owned())))
}

/// Rows of the list to pick from.
fn rows(state: &State) -> usize {
    match &state.overlay {
        Some(Overlay::Help(picker)) => help_commands(state, picker.query.text()).len(),
        Some(Overlay::Palette(picker)) => palette_commands(state, picker.query.text()).len(),
        Some(Overlay::Signals(_, picker)) => signals(picker.query.text()).len(),
        Some(Overlay::Alerts(items, picker)) => {
            alerts::found(state, items, picker.query.text()).len()
        }
        Some(Overlay::Messages(_)) => state.messages.newest_first().count(),
        _ => 0,
    }
}

/// The next row or field.
pub fn next(state: &mut State, _: &mut Effects) {
    step(state, 1);
}

/// The previous row or field.
pub fn previous(state: &mut State, _: &mut Effects) {
    step(state, -1);
}

fn step(state: &mut State, by: isize) {
    let last = rows(state).saturating_sub(1);
    match &mut state.overlay {
        Some(Overlay::Create(form)) => step_field(form, by),
        Some(overlay) => {
            if let Some(picker) = overlay.picker() {
                picker.selected = picker.selected.saturating_add_signed(by).min(last);
            }
        }
        None => {}
    }
}

fn step_field(form: &mut CreateForm, by: isize) {
    let fields = CreateField::ALL;
    let at = fields.iter().position(|field| *field == form.focused).unwrap_or(0);
    let next = at.saturating_add_signed(by + fields.len().cast_signed()) % fields.len();
    form.focused = fields.get(next).copied().unwrap_or(CreateField::Command);
}

/// Closes without doing anything; a filter that was typed is dropped.
pub fn cancel(state: &mut State, _: &mut Effects) {
    if let Some(Overlay::Filter(_)) = state.overlay.take() {
        list::filtered(state, "");
    }
}

/// Does what is selected or typed.
pub fn accept(state: &mut State, effects: &mut Effects) {
    match state.overlay.take() {
        Some(Overlay::Help(picker)) => {
            let command = help_commands(state, picker.query.text()).get(picker.selected).copied();
            run_from_help(state, effects, command);
        }
        Some(Overlay::Palette(picker)) => {
            let command =
                palette_commands(state, picker.query.text()).get(picker.selected).copied();
            if let Some(command) = command {
                (command.run)(state, effects);
            }
        }
        Some(Overlay::Signals(key, picker)) => {
            if let Some(signal) = signals(picker.query.text()).get(picker.selected) {
                lifecycle::send_signal(state, effects, key, *signal);
            }
        }
        Some(Overlay::Alerts(items, picker)) => alerts::pick(state, effects, &items, &picker),
        Some(Overlay::Search(key, line)) => search::submit(state, effects, key, line.text()),
        Some(Overlay::Rename(key, line, _)) => lifecycle::submit_name(state, effects, key, line),
        Some(Overlay::Create(form)) => lifecycle::submit(state, effects, form),
        // The filter holds since it was typed.
        Some(Overlay::Filter(_) | Overlay::Messages(_)) | None => {}
        Some(Overlay::Confirm(question)) => state.overlay = Some(Overlay::Confirm(question)),
    }
}

/// From the help only what would do something in NAV is run; reading about a key presses nothing.
fn run_from_help(state: &mut State, effects: &mut Effects, command: Option<&'static Command>) {
    let Some(command) = command else { return };
    let offered = palette_commands(state, "").iter().any(|offered| offered.name == command.name);
    if state.mode == Mode::Nav && offered {
        (command.run)(state, effects);
    }
}

/// Does what was asked.
pub fn yes(state: &mut State, effects: &mut Effects) {
    if let Some(Overlay::Confirm(question)) = state.overlay.take() {
        lifecycle::confirmed(state, effects, question.deed);
    }
}

/// Does not.
pub fn no(state: &mut State, _: &mut Effects) {
    state.overlay = None;
}

/// A key that is no command: text, or an edit of it.
pub(super) fn text_key(state: &mut State, key: Key) {
    let Some(overlay) = &mut state.overlay else { return };
    if let Overlay::Create(form) = overlay
        && form.focused == CreateField::Machine
    {
        choose_machine(form, key);
        return state.touch_now();
    }
    if overlay.line().is_some_and(|line| line.key(key)) {
        text_changed(state);
    }
    // The cursor may have moved all the same.
    state.touch_now();
}

/// Text in an input changed: what depends on it follows.
pub(super) fn text_changed(state: &mut State) {
    match &mut state.overlay {
        Some(Overlay::Filter(line)) => {
            let text = line.text().to_owned();
            list::filtered(state, &text);
        }
        Some(Overlay::Rename(_, _, error)) => error.clear(),
        Some(Overlay::Create(form)) => form.name_error.clear(),
        Some(overlay) => {
            if let Some(picker) = overlay.picker() {
                picker.selected = 0;
            }
        }
        None => {}
    }
}

fn choose_machine(form: &mut CreateForm, key: Key) {
    let len = form.machines.len().max(1);
    match key.code {
        KeyCode::Left | KeyCode::Char('h') => form.chosen = (form.chosen + len - 1) % len,
        KeyCode::Right | KeyCode::Char('l' | ' ') => form.chosen = (form.chosen + 1) % len,
        _ => {}
    }
}
