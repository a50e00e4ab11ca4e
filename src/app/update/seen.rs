//! Errors and warnings that somebody looked at.

use crate::app::effect::{Effects, Tag};
use crate::app::state::{MachineKey, Session, State};
use crate::proto::Request;

use super::reply::reachable;

/// Whether the Session that commands act on has something unseen.
#[must_use]
pub fn has_unseen(state: &State) -> bool {
    state.target().and_then(|key| state.sessions.get(&key)).is_some_and(Session::has_unseen)
}

/// Whether any Session has something unseen.
#[must_use]
pub fn any_unseen(state: &State) -> bool {
    state.sessions.values().any(Session::has_unseen)
}

/// Marks a Session's errors and warnings as seen, for everybody.
pub fn mark(state: &mut State, effects: &mut Effects) {
    let Some(key) = state.target() else { return };
    if reachable(state, key) {
        let request = Request::MarkSeen { session: Some(key.id.to_string()) };
        let what = format!("mark {} as seen", state.label(key));
        effects.request(key.machine, request, Tag::Act(what));
    }
}

/// Marks everything as seen, on every machine that is connected.
pub fn mark_all(state: &mut State, effects: &mut Effects) {
    for (index, machine) in state.machines.iter().enumerate().filter(|(_, m)| m.is_up()) {
        let what = format!("mark {} as seen", machine.name);
        let request = Request::MarkSeen { session: None };
        effects.request(MachineKey(index), request, Tag::Act(what));
    }
}
