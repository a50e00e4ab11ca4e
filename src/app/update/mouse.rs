//! The mouse: to the program that asked for it, else to the deck.

use ratatui::layout::Position;

use crate::app::effect::Effects;
use crate::app::geometry::Slot;
use crate::app::state::{AlertItem, ListRow, Mode, Region, SessionKey, State};
use crate::proto::{InputKind, Role};
use crate::term::mouse::{Button, MouseEvent, MouseKind, encode};

use super::{focus, jump, list, overlay, scroll, typing};

pub(super) fn event(state: &mut State, effects: &mut Effects, event: MouseEvent) {
    if state.overlay.is_some() {
        return over_overlay(state, effects, event);
    }
    let at = Position::new(event.col, event.row);
    let over_list = state.geometry.list_over_panes.is_some_and(|area| area.contains(at));
    if let Some(slot) = state.geometry.slot_at(at).copied().filter(|_| !over_list) {
        if !to_program(state, effects, &slot, event) {
            over_pane(state, effects, &slot, event.kind);
        }
    } else if let Some(row) = list_row(state, at) {
        over_list_row(state, effects, row, event.kind);
    } else if pressed(event.kind) {
        over_strips(state, effects, at);
    }
}

const fn pressed(kind: MouseKind) -> bool {
    matches!(kind, MouseKind::Press(Button::Left))
}

/// Gives the event to the program that is typed into, if it is over its screen and the program
/// asked for such events.
fn to_program(state: &mut State, effects: &mut Effects, slot: &Slot, event: MouseEvent) -> bool {
    let key = slot.session;
    let typing = state.mode == Mode::Type && state.focused() == Some(key);
    let over_screen = slot.content.contains(Position::new(event.col, event.row));
    let Some(pane) = state.panes.get(&key) else { return false };
    if !typing || !over_screen || pane.role == Role::Observer || pane.history.is_some() {
        return false;
    }
    let pan = pane.pan_in(slot.size());
    let row = event.row - slot.content.y + pan.rows;
    let col = event.col - slot.content.x + pan.cols;
    let modes = typing::modes(state, key);
    let Some(bytes) = encode(MouseEvent { row, col, ..event }, &modes) else { return false };
    typing::send(state, effects, key, InputKind::Mouse, bytes.into());
    true
}

fn over_pane(state: &mut State, effects: &mut Effects, slot: &Slot, kind: MouseKind) {
    let key = slot.session;
    match kind {
        MouseKind::WheelUp => scroll::scroll(state, key, scroll::WHEEL_ROWS),
        MouseKind::WheelDown => scroll::scroll(state, key, -scroll::WHEEL_ROWS),
        kind if pressed(kind) => click(state, effects, key),
        _ => {}
    }
}

/// A click focuses a pane; one of an operator is typed into at once.
fn click(state: &mut State, effects: &mut Effects, key: SessionKey) {
    let same = state.focused() == Some(key);
    if same && state.mode == Mode::Type {
        return;
    }
    typing::stop(state, effects);
    focus::show(state, key);
    if state.role(key) == Role::Operator {
        typing::enter(state, effects);
    }
}

fn list_row(state: &State, at: Position) -> Option<ListRow> {
    let index = state.drawn.list.index_at(at)?;
    state.list.rows(&state.machines, &state.sessions).get(index).copied()
}

fn over_list_row(state: &mut State, effects: &mut Effects, row: ListRow, kind: MouseKind) {
    match kind {
        MouseKind::WheelUp | MouseKind::WheelDown => {
            state.region = Region::List;
            state.mode = Mode::Nav;
            if kind == MouseKind::WheelUp {
                list::up(state, effects);
            } else {
                list::down(state, effects);
            }
            state.touch_now();
        }
        kind if pressed(kind) => {
            state.mode = Mode::Nav;
            state.list.selected = Some(row);
            state.region = Region::List;
            list::open(state, effects);
            state.touch_now();
        }
        _ => {}
    }
}

/// Opens the Session of the strip's item, or the Alert, at a position.
fn over_strips(state: &mut State, effects: &mut Effects, at: Position) {
    if let Some((index, _)) = state.drawn.strip.iter().find(|(_, area)| area.contains(at)) {
        if let Some(key) = state.list.order().get(*index).copied() {
            focus::show(state, key);
        }
        return;
    }
    let alert = state.drawn.alerts.index_at(at);
    let item = alert.and_then(|index| state.feed.newest_first().nth(index)).cloned();
    if let Some(AlertItem { session, alert }) = item {
        jump::open(state, effects, session, &alert);
    }
}

fn over_overlay(state: &mut State, effects: &mut Effects, event: MouseEvent) {
    match event.kind {
        MouseKind::WheelUp => overlay::previous(state, effects),
        MouseKind::WheelDown => overlay::next(state, effects),
        kind if pressed(kind) => {
            let at = Position::new(event.col, event.row);
            let Some(index) = state.drawn.picker.index_at(at) else { return };
            if let Some(picker) = state.overlay.as_mut().and_then(|overlay| overlay.picker()) {
                picker.selected = index;
            }
        }
        _ => return,
    }
    state.touch_now();
}
