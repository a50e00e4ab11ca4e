//! From error to error, through a pane's history and on to other Sessions.

use crate::app::effect::{Effects, Jump, Landing, Tag};
use crate::app::state::{AtAlert, History, Pane, SessionKey, State};
use crate::proto::{Alert, Counts, Offset, Request, Severity};

use super::{arrange, focus, reply::reachable, typing};

/// Alerts looked through for the next one.
const LOOKED_THROUGH: u32 = 10_000;

/// The next error.
pub fn next_error(state: &mut State, effects: &mut Effects) {
    begin(state, effects, Jump { severity: Severity::Error, forward: true });
}

/// The previous error.
pub fn previous_error(state: &mut State, effects: &mut Effects) {
    begin(state, effects, Jump { severity: Severity::Error, forward: false });
}

/// The next warning.
pub fn next_warning(state: &mut State, effects: &mut Effects) {
    begin(state, effects, Jump { severity: Severity::Warning, forward: true });
}

/// The previous warning.
pub fn previous_warning(state: &mut State, effects: &mut Effects) {
    begin(state, effects, Jump { severity: Severity::Warning, forward: false });
}

fn begin(state: &mut State, effects: &mut Effects, jump: Jump) {
    match state.focused() {
        Some(key) => ask(state, effects, key, jump),
        None => elsewhere(state, effects, jump),
    }
}

fn ask(state: &mut State, effects: &mut Effects, key: SessionKey, jump: Jump) {
    if reachable(state, key) {
        let session = Some(key.id.to_string());
        let request = Request::Alerts { session, after: None, limit: LOOKED_THROUGH };
        effects.request(key.machine, request, Tag::Jump(key, jump));
    }
}

/// The Alerts of the pane's Session came, oldest first: goes to the one that was meant.
pub(super) fn choose(
    state: &mut State,
    effects: &mut Effects,
    key: SessionKey,
    jump: Jump,
    alerts: &[Alert],
) {
    let height = state.pane_size(key).rows;
    let Some(pane) = state.panes.get(&key) else { return };
    let unseen = state.sessions.get(&key).map_or(Counts::default(), |session| session.info.unseen);
    let of: Vec<_> = alerts.iter().filter(|alert| alert.severity == jump.severity).collect();
    let place = Place::of(pane, height, count(unseen, jump.severity));
    match place.pick(&of, jump.forward) {
        Some(alert) => go_to(state, effects, key, alert),
        None if !jump.forward => {
            state.note(key, format!("no older {} is kept", jump.severity));
        }
        None if elsewhere_unseen(state, key, jump.severity).is_some() => {
            elsewhere(state, effects, jump);
        }
        None => match of.last().filter(|_| matches!(place, Place::Live { .. })) {
            Some(newest) => {
                go_to(state, effects, key, newest);
                state.note(key, format!("no {} is unseen; this is the newest", jump.severity));
            }
            None => state.note(key, format!("no newer {} here or elsewhere", jump.severity)),
        },
    }
}

const fn count(counts: Counts, severity: Severity) -> u64 {
    match severity {
        Severity::Error => counts.errors,
        Severity::Warning => counts.warnings,
        Severity::Other | Severity::Debug | Severity::Info => 0,
    }
}

/// Where the view is, among Alerts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// On an Alert.
    On { sequence: u64 },
    /// Scrolled back by hand; the top line is here.
    Scrolled { top: Offset },
    /// At the live output; so many are unseen.
    Live { unseen: u64 },
}

impl Place {
    fn of(pane: &Pane, height: u16, unseen: u64) -> Self {
        if let Some(AtAlert { sequence, .. }) = pane.at_alert {
            return Self::On { sequence };
        }
        match pane.history.as_ref().and_then(|history| history.top_offset(height)) {
            Some(top) => Self::Scrolled { top },
            None => Self::Live { unseen },
        }
    }

    /// The Alert meant by a step from here, of `alerts`, oldest first.
    fn pick<'a>(self, alerts: &[&'a Alert], forward: bool) -> Option<&'a Alert> {
        let mut each = alerts.iter().copied();
        match (self, forward) {
            (Self::On { sequence }, true) => each.find(|alert| alert.sequence > sequence),
            (Self::On { sequence }, false) => each.rfind(|alert| alert.sequence < sequence),
            (Self::Scrolled { top }, true) => each.find(|alert| alert.offset >= top),
            (Self::Scrolled { top }, false) => each.rfind(|alert| alert.offset < top),
            (Self::Live { unseen: 0 }, true) => None,
            (Self::Live { unseen }, true) => {
                let seen = alerts.len().saturating_sub(usize::try_from(unseen).unwrap_or(0));
                alerts.get(seen).copied()
            }
            (Self::Live { .. }, false) => each.next_back(),
        }
    }
}

/// Shows an Alert's line in its Session's pane.
pub(super) fn open(state: &mut State, effects: &mut Effects, key: SessionKey, alert: &Alert) {
    typing::stop(state, effects);
    focus::show(state, key);
    // Where the line is depends on the width of the pane, which may be new.
    arrange::arrange(state, effects);
    if reachable(state, key) {
        go_to(state, effects, key, alert);
    }
}

fn go_to(state: &mut State, effects: &mut Effects, key: SessionKey, alert: &Alert) {
    let cols = state.pane_size(key).clamped().cols;
    let history = state.panes.get(&key).and_then(|pane| pane.history.as_ref());
    let newer_than_view = |end: &Offset| alert.offset >= *end;
    let end = history.and_then(History::end).filter(|end| !newer_than_view(end));
    let session = key.id.to_string();
    let request = Request::Locate { session, cols, end, offset: alert.offset };
    let landing = Landing::Alert { sequence: alert.sequence };
    effects.request(key.machine, request, Tag::Locate(key, landing));
}

/// It is known where a line is: the view goes there and stands still.
pub(super) fn land(
    state: &mut State,
    key: SessionKey,
    landing: Landing,
    up: u32,
    end: Offset,
    total: u32,
) {
    let size = state.pane_size(key).clamped();
    let now = state.now.mono;
    let Some(pane) = state.panes.get_mut(&key) else { return };
    let history = match pane.history.take() {
        Some(history) if history.end() == Some(end) => history,
        _ => History::at(size.cols, end, total, now),
    };
    let history = pane.history.insert(history);
    match landing {
        Landing::Alert { sequence } => {
            history.reveal(up, size.rows);
            pane.at_alert = Some(AtAlert { sequence, up });
        }
        Landing::Anchor(_) => history.go_to(up, size.rows),
    }
    state.touch_now();
}

/// The next Session after `from`, in list order and around its end, with something unseen.
fn elsewhere_unseen(state: &State, from: SessionKey, severity: Severity) -> Option<SessionKey> {
    let order = state.list.order();
    let after = order.iter().position(|key| *key == from).map_or(0, |at| at + 1);
    let around = order.iter().skip(after).chain(order.iter().take(after));
    let unseen = |key: &SessionKey| {
        let session = state.sessions.get(key);
        session.is_some_and(|session| count(session.info.unseen, severity) > 0)
    };
    around.copied().find(|key| *key != from && state.is_up(*key) && unseen(key))
}

/// Goes on to the next Session with something unseen.
fn elsewhere(state: &mut State, effects: &mut Effects, jump: Jump) {
    let from = state.focused().or_else(|| state.list.order().last().copied());
    let Some(next) = from.and_then(|key| elsewhere_unseen(state, key, jump.severity)) else {
        return;
    };
    focus::show(state, next);
    ask(state, effects, next, jump);
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use uuid::Uuid;

    use super::*;
    use crate::proto::SessionId;

    fn alert(sequence: u64) -> Alert {
        Alert {
            sequence,
            session_id: SessionId(Uuid::nil()),
            time: DateTime::UNIX_EPOCH,
            severity: Severity::Error,
            rule: String::new(),
            text: String::new(),
            span: (0, 0),
            offset: sequence * 100,
            end: sequence * 100 + 50,
        }
    }

    #[test]
    fn steps_lead_from_wherever_the_view_is() {
        let alerts = [alert(1), alert(2), alert(5)];
        let all: Vec<_> = alerts.iter().collect();
        for (place, forward, expected) in [
            (Place::Live { unseen: 0 }, true, None),
            (Place::Live { unseen: 2 }, true, Some(2)),
            (Place::Live { unseen: 99 }, true, Some(1)),
            (Place::Live { unseen: 0 }, false, Some(5)),
            (Place::On { sequence: 2 }, true, Some(5)),
            (Place::On { sequence: 5 }, true, None),
            (Place::On { sequence: 2 }, false, Some(1)),
            (Place::On { sequence: 1 }, false, None),
            (Place::Scrolled { top: 150 }, true, Some(2)),
            (Place::Scrolled { top: 150 }, false, Some(1)),
        ] {
            let picked = place.pick(&all, forward).map(|alert| alert.sequence);
            assert_eq!(picked, expected, "{place:?} {forward}");
        }
        assert_eq!(Place::Live { unseen: 1 }.pick(&[], true), None);
    }
}
