//! Observer or operator.

use crate::app::effect::{Effects, Tag};
use crate::app::state::{Attachment, State};
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
    let role = match pane.wish.take().unwrap_or(pane.role) {
        Role::Observer => Role::Operator,
        Role::Operator | Role::Admin => Role::Observer,
    };
    match pane.attachment {
        Attachment::On { channel, .. } => {
            effects.request(key.machine, Request::SetRole { channel, role }, Tag::Role(key, role));
        }
        // The attachment that is on its way was asked for in the old role.
        Attachment::Off | Attachment::Waiting { .. } => pane.wish = Some(role),
        Attachment::Failed(_) => state.note(key, "not attached: there is no role to change"),
    }
}
