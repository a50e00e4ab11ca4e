//! Observer or operator.

use crate::app::effect::{Effects, Tag};
use crate::app::state::State;
use crate::proto::{Request, Role};

use super::reply::reachable;

/// Becomes operator of the focused pane, or observer again. The Agent decides; the badge changes
/// with its answer.
pub fn toggle(state: &mut State, effects: &mut Effects) {
    let Some(key) = state.focused() else { return };
    if !reachable(state, key) {
        return;
    }
    let Some(pane) = state.panes.get_mut(&key) else { return };
    let role = match pane.role {
        Role::Observer => Role::Operator,
        Role::Operator => Role::Observer,
    };
    let Some(channel) = pane.channel() else {
        return state.note(key, "not attached yet: try again in a moment");
    };
    effects.request(key.machine, Request::SetRole { channel, role }, Tag::Role(key, role));
}
