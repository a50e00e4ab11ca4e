//! Which pane, or the list, has the focus.

use crate::app::effect::{Effect, Effects};
use crate::app::geometry::Direction;
use crate::app::state::{ListRow, Region, SessionKey, State};

/// Whether there is a pane.
#[must_use]
pub fn has_pane(state: &State) -> bool {
    state.focused().is_some()
}

/// Whether there is a Session.
#[must_use]
pub fn has_session(state: &State) -> bool {
    !state.sessions.is_empty()
}

/// Whether commands have a Session to act on.
#[must_use]
pub fn has_target(state: &State) -> bool {
    state.target().is_some()
}

/// The pane at the left; from the leftmost one the list.
pub fn left(state: &mut State, effects: &mut Effects) {
    if !towards(state, Direction::Left) && state.sidebar {
        list(state, effects);
    }
}

/// The pane at the right.
pub fn right(state: &mut State, _: &mut Effects) {
    towards(state, Direction::Right);
}

/// The pane above.
pub fn up(state: &mut State, _: &mut Effects) {
    towards(state, Direction::Up);
}

/// The pane below.
pub fn down(state: &mut State, _: &mut Effects) {
    towards(state, Direction::Down);
}

/// Panes that do not fit on the screen are reached in their order.
fn towards(state: &mut State, direction: Direction) -> bool {
    let Some(from) = state.focused() else { return false };
    if let Some(to) = state.geometry.neighbour(from, direction) {
        state.board.focus_on(to);
        return true;
    }
    let (at, last) = (state.board.focus(), state.board.shown().len() - 1);
    match direction {
        Direction::Down if at < last => state.board.focus_at(at + 1),
        Direction::Up if at > 0 => state.board.focus_at(at - 1),
        Direction::Left | Direction::Right | Direction::Up | Direction::Down => false,
    }
}

/// The next pane; after the last one the list.
pub fn next(state: &mut State, effects: &mut Effects) {
    match state.board.focus() + 1 >= state.board.shown().len() && reaches_list(state) {
        true => list(state, effects),
        false => state.board.step(1),
    }
}

/// The previous pane; before the first one the list.
pub fn previous(state: &mut State, effects: &mut Effects) {
    match state.board.focus() == 0 && reaches_list(state) {
        true => list(state, effects),
        false => state.board.step(-1),
    }
}

/// Whether going around the panes leads to the list, too.
const fn reaches_list(state: &State) -> bool {
    state.sidebar && !state.board.zoomed
}

/// The pane with this number.
pub fn pane<const NUMBER: usize>(state: &mut State, _: &mut Effects) {
    state.board.focus_at(NUMBER - 1);
}

/// The list of machines and Sessions.
pub fn list(state: &mut State, _: &mut Effects) {
    state.region = Region::List;
    state.sidebar = true;
}

/// A Session's pane, put on the board if it is not there.
pub(super) fn show(state: &mut State, key: SessionKey) {
    state.board.show(key);
    state.region = Region::Board;
    state.list.selected = Some(ListRow::Session(key));
    state.touch_now();
}

/// Tells the machines when the focus moved, so that what is still on its way to another Session is not
/// applied any more.
pub(super) fn note_move(state: &mut State, effects: &mut Effects) {
    let focused = state.focused();
    if focused != state.focus_was {
        state.focus_was = focused;
        state.focus_epoch += 1;
        effects.push(Effect::Focus { epoch: state.focus_epoch });
    }
}
