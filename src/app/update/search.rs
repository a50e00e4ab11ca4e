//! Searching a pane's history.

use crate::app::effect::{Effects, Tag};
use crate::app::state::{History, Overlay, Search, SessionKey, State, TextLine, ignores_case};
use crate::proto::{Match, Offset, Request};

use super::reply::reachable;

/// Whether the focused pane has a search.
#[must_use]
pub fn has_search(state: &State) -> bool {
    let pane = state.focused().and_then(|key| state.panes.get(&key));
    pane.is_some_and(|pane| pane.search.is_some())
}

/// Opens the input.
pub fn open(state: &mut State, _: &mut Effects) {
    if let Some(key) = state.focused() {
        state.overlay = Some(Overlay::Search(key, TextLine::default()));
    }
}

/// The next older hit.
pub fn older(state: &mut State, effects: &mut Effects) {
    step(state, effects, true);
}

/// The next newer hit.
pub fn newer(state: &mut State, effects: &mut Effects) {
    step(state, effects, false);
}

/// Sends a pattern that was typed. It is judged by the Agent, which names what is wrong with it.
pub(super) fn submit(state: &mut State, effects: &mut Effects, key: SessionKey, pattern: &str) {
    if pattern.is_empty() || !reachable(state, key) {
        return;
    }
    let cols = state.pane_size(key).clamped().cols;
    let Some(pane) = state.panes.get_mut(&key) else { return };
    pane.search = Some(Search::new(pattern, cols));
    let request = Request::Search {
        session: key.id.to_string(),
        pattern: pattern.to_owned(),
        ignore_case: ignores_case(pattern),
        cols,
        end: pane.history.as_ref().and_then(History::end),
    };
    effects.request(key.machine, request, Tag::Search(key));
}

/// Hits came: the view stands still on the rendering they are counted in, at the newest of them.
pub(super) fn found(
    state: &mut State,
    key: SessionKey,
    matches: Vec<Match>,
    end: Offset,
    total: u32,
) {
    let now = state.now.mono;
    let Some(pane) = state.panes.get_mut(&key) else { return };
    let Some(search) = &mut pane.search else { return };
    let none = matches.is_empty();
    search.matches = Some(matches);
    let (cols, pattern) = (search.cols, search.pattern.clone());
    if none {
        return state.note(key, format!("nothing matches `{pattern}`"));
    }
    if pane.history.as_ref().and_then(History::end) != Some(end) {
        pane.history = Some(History::at(cols, end, total, now));
    }
    go(state, key, true);
}

/// The Agent refused the search.
pub(super) fn failed(state: &mut State, key: SessionKey, reason: String) {
    if let Some(pane) = state.panes.get_mut(&key) {
        pane.search = None;
    }
    state.note(key, reason);
}

/// From the live output the search begins anew: what came since is searched, too.
fn step(state: &mut State, effects: &mut Effects, older: bool) {
    let Some(key) = state.focused() else { return };
    let Some(pane) = state.panes.get(&key) else { return };
    match &pane.search {
        Some(search) if pane.history.is_none() => {
            let pattern = search.pattern.clone();
            submit(state, effects, key, &pattern);
        }
        Some(_) => go(state, key, older),
        None => {}
    }
}

fn go(state: &mut State, key: SessionKey, older: bool) {
    let rows = state.pane_size(key).rows;
    let Some(pane) = state.panes.get_mut(&key) else { return };
    let Some(search) = &mut pane.search else { return };
    let Some(hit) = search.step(older) else { return };
    if let Some(history) = &mut pane.history {
        history.reveal(hit.up, rows);
    }
    state.touch_now();
}
