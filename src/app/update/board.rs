//! Zoom, order, and what is on the board.

use crate::app::effect::Effects;
use crate::app::state::State;

/// Gives the focused pane the whole space, or gives it back.
pub fn zoom(state: &mut State, _: &mut Effects) {
    state.board.zoomed = !state.board.zoomed;
}

/// Swaps the focused pane with the next one.
pub fn swap_next(state: &mut State, _: &mut Effects) {
    state.board.swap(1);
}

/// Swaps the focused pane with the previous one.
pub fn swap_previous(state: &mut State, _: &mut Effects) {
    state.board.swap(-1);
}

/// Takes the focused pane off the board.
pub fn hide(state: &mut State, _: &mut Effects) {
    if let Some(key) = state.focused() {
        state.board.dismiss(key);
    }
}
