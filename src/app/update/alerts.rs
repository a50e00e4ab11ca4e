//! The newest Alerts of all machines, to pick from.

use crate::app::effect::Effects;
use crate::app::fuzzy::ranked;
use crate::app::state::{AlertItem, Overlay, Picker, State};

use super::jump;

/// Whether there is an Alert.
#[must_use]
pub fn any(state: &State) -> bool {
    state.feed.newest_first().next().is_some()
}

/// Opens the newest Alerts as they are now: no row moves while one is picked.
pub fn open(state: &mut State, _: &mut Effects) {
    let items = state.feed.newest_first().cloned().collect();
    state.overlay = Some(Overlay::Alerts(items, Picker::default()));
}

/// The Alerts that match a query: without one the newest first, else the best.
#[must_use]
pub fn found<'a>(state: &State, items: &'a [AlertItem], query: &str) -> Vec<&'a AlertItem> {
    let text = |item: &AlertItem| {
        let AlertItem { session, alert } = item;
        format!("{} {} {}", alert.severity, state.label(*session), alert.text)
    };
    ranked(query, items.iter().map(|item| (item, text(item))))
}

/// Goes to the line of the picked one.
pub(super) fn pick(state: &mut State, effects: &mut Effects, items: &[AlertItem], picker: &Picker) {
    let picked = found(state, items, picker.query.text()).get(picker.selected).copied();
    if let Some(AlertItem { session, alert }) = picked {
        jump::open(state, effects, *session, alert);
    }
}
