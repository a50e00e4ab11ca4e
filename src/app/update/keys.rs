//! From a key to a command, to an input's text, or to a program.

use crate::app::command::Scope;
use crate::app::effect::Effects;
use crate::app::state::{Mode, Overlay, Region, State};
use crate::proto::Key;

use super::{overlay, typing};

/// The scopes whose commands a key can mean now, the nearest first. Empty when a program has the
/// keys.
#[must_use]
pub fn scopes(state: &State) -> &'static [Scope] {
    match (&state.overlay, state.mode, state.region) {
        (Some(Overlay::Confirm(_)), _, _) => &[Scope::Confirm],
        (Some(_), _, _) => &[Scope::Overlay],
        (None, Mode::Type, _) => &[],
        (None, Mode::Leader, _) => &[Scope::Leader],
        (None, Mode::Nav, _) if state.sessions.is_empty() => {
            &[Scope::Welcome, Scope::List, Scope::Nav]
        }
        (None, Mode::Nav, Region::List) => &[Scope::List, Scope::Nav],
        (None, Mode::Nav, Region::Board) => &[Scope::Board, Scope::Nav],
    }
}

/// A key was pressed.
pub(super) fn press(state: &mut State, effects: &mut Effects, key: Key) {
    state.last_key = state.now.mono;
    if state.overlay.is_none() && state.mode == Mode::Type {
        return typing::key(state, effects, key);
    }
    let command = state.keymap.find(scopes(state), key);
    if state.mode == Mode::Leader && state.overlay.is_none() {
        // One key, whatever it is.
        state.mode = Mode::Type;
        state.touch_now();
    }
    match command {
        Some(command) if (command.live)(state) => {
            state.touch_now();
            state.board.settle();
            (command.run)(state, effects);
        }
        Some(_) => {}
        None if state.overlay.is_some() => overlay::text_key(state, key),
        None => {}
    }
}
