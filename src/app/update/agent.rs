//! What an Agent tells: Sessions, counters, Alerts.

use std::collections::BTreeSet;

use crate::app::effect::{Effect, Effects};
use crate::app::geometry::Chrome;
use crate::app::state::{Attachment, MachineKey, Session, SessionKey, State};
use crate::proto::{Activity, Event, SessionInfo};

pub(super) fn event(state: &mut State, effects: &mut Effects, machine: MachineKey, event: Event) {
    match event {
        Event::Sessions { sessions } => all_sessions(state, machine, sessions),
        Event::Session { session } => one_session(state, machine, *session),
        Event::Removed { session_id } => removed(state, SessionKey { machine, id: session_id }),
        Event::Activity { items } => activity(state, machine, &items),
        Event::Alerts { alerts, .. } => {
            state.feed.add(machine, alerts);
            state.touch();
        }
        Event::Bell { session_id } => {
            let key = SessionKey { machine, id: session_id };
            if state.geometry.slot(key).is_some() {
                effects.push(Effect::Bell);
            }
        }
        Event::Closed { channel, reason } => closed(state, machine, channel, &reason),
        Event::Unknown => {}
    }
}

/// A whole list replaces what was known of a machine.
fn all_sessions(state: &mut State, machine: MachineKey, sessions: Vec<SessionInfo>) {
    let present: BTreeSet<_> = sessions.iter().map(|info| info.session_id).collect();
    let gone: Vec<_> = state
        .sessions
        .keys()
        .filter(|key| key.machine == machine && !present.contains(&key.id))
        .copied()
        .collect();
    gone.into_iter().for_each(|key| forget(state, key));
    if let Some(machine) = state.machines.get_mut(machine.0) {
        machine.listed = true;
    }
    // Running Sessions get a place on the board before ended ones.
    let (live, ended): (Vec<_>, Vec<_>) = sessions.into_iter().partition(SessionInfo::is_live);
    for info in live.into_iter().chain(ended) {
        put(state, machine, info);
    }
    resort(state);
}

fn one_session(state: &mut State, machine: MachineKey, info: SessionInfo) {
    if put(state, machine, info) {
        resort(state);
    }
}

pub(super) fn removed(state: &mut State, key: SessionKey) {
    forget(state, key);
    resort(state);
}

/// Takes over what is known of a Session; whether the list's order may have changed.
pub(super) fn put(state: &mut State, machine: MachineKey, info: SessionInfo) -> bool {
    let key = SessionKey { machine, id: info.session_id };
    let now = state.now.mono;
    state.touch();
    if let Some(session) = state.sessions.get_mut(&key) {
        let renamed = session.info.name != info.name;
        let came = info.counts.since(session.info.counts);
        state.feed.count(came, now);
        session.replace(info, now);
        return renamed;
    }
    let wanted = state.wanted.as_deref() == Some(info.name.as_str())
        || state.wanted.as_deref() == Some(info.session_id.to_string().as_str());
    state.sessions.insert(key, Session::new(info));
    match state.chrome {
        Chrome::Deck => state.board.offer(key, state.settings.max_panes),
        Chrome::Borderless if wanted => {
            state.wanted = None;
            state.board.show(key);
            state.type_into(key);
        }
        Chrome::Borderless => {}
    }
    true
}

fn forget(state: &mut State, key: SessionKey) {
    state.sessions.remove(&key);
    state.board.forget(key);
    state.feed.forget(key);
    state.touch();
}

fn activity(state: &mut State, machine: MachineKey, items: &[Activity]) {
    let now = state.now.mono;
    for item in items {
        let key = SessionKey { machine, id: item.session_id };
        let Some(session) = state.sessions.get_mut(&key) else { continue };
        state.feed.count(item.counts.since(session.info.counts), now);
        session.update(item, now);
    }
    state.list.resort_when_idle(&state.sessions, state.last_key, now);
    state.touch();
}

fn resort(state: &mut State) {
    let now = state.now.mono;
    state.list.resort(&state.sessions, now);
}

fn closed(state: &mut State, machine: MachineKey, channel: u32, reason: &str) {
    let ours = |pane: &crate::app::state::Pane| pane.channel() == Some(channel);
    let mut panes = state.panes.iter_mut().filter(|(key, _)| key.machine == machine);
    if let Some((_, pane)) = panes.find(|(_, pane)| ours(pane)) {
        pane.attachment = Attachment::Failed(reason.to_owned());
        state.touch();
    }
}
