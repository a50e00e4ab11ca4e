//! The list of machines and Sessions.

use crate::app::effect::{Effect, Effects};
use crate::app::state::{ListRow, Machine, Overlay, Region, State, TextLine};

use super::focus;

fn rows(state: &State) -> Vec<ListRow> {
    state.list.rows(&state.machines, &state.sessions)
}

fn step(state: &mut State, by: isize) {
    let rows = rows(state);
    state.list.step(&rows, by);
}

/// The next row.
pub fn down(state: &mut State, _: &mut Effects) {
    step(state, 1);
}

/// The previous row.
pub fn up(state: &mut State, _: &mut Effects) {
    step(state, -1);
}

/// The first row.
pub fn top(state: &mut State, _: &mut Effects) {
    state.list.selected = rows(state).first().copied();
}

/// The last row.
pub fn bottom(state: &mut State, _: &mut Effects) {
    state.list.selected = rows(state).last().copied();
}

/// Shows the Session under the cursor and focuses its pane; on a lost machine, tries it now.
pub fn open(state: &mut State, effects: &mut Effects) {
    match state.list.selected {
        Some(ListRow::Session(key)) => focus::show(state, key),
        Some(ListRow::Machine(key)) if !state.machine(key).is_some_and(Machine::is_up) => {
            effects.push(Effect::Retry(key));
        }
        Some(ListRow::Machine(_)) | None => {}
    }
}

/// Shows the Session under the cursor, or takes it off the board; the cursor stays in the list.
pub fn toggle(state: &mut State, _: &mut Effects) {
    let Some(key) = state.target() else { return };
    if state.board.shows(key) {
        state.board.dismiss(key);
    } else {
        state.board.show(key);
    }
}

/// Opens the filter.
pub fn filter(state: &mut State, _: &mut Effects) {
    state.overlay = Some(Overlay::Filter(TextLine::new(&state.list.filter)));
}

/// The next order.
pub fn sort(state: &mut State, _: &mut Effects) {
    state.list.sort = state.list.sort.next();
    let now = state.now.mono;
    state.list.resort(&state.sessions, now);
}

/// Clears the filter, else goes back to the panes.
pub fn leave(state: &mut State, _: &mut Effects) {
    if state.list.filter.is_empty() {
        state.region = Region::Board;
    } else {
        state.list.filter.clear();
    }
}

/// The filter is typed: the list follows each key.
pub(super) fn filtered(state: &mut State, text: &str) {
    text.clone_into(&mut state.list.filter);
    let rows = rows(state);
    state.list.settle(&rows);
}
