//! Answers to requests, by what they were asked for.

use crate::app::effect::{Effects, Tag};
use crate::app::event::Failure;
use crate::app::state::{Attachment, MachineKey, SessionKey, State};
use crate::proto::{ErrorCode, Reply, Request, Role};
use crate::widgets::Tone;

use super::{agent, jump, lifecycle, screen, scroll, search};

/// A request was answered. Answers of an earlier connection are dropped: what they name is gone.
pub(super) fn reply(
    state: &mut State,
    effects: &mut Effects,
    machine: MachineKey,
    epoch: u64,
    tag: Tag,
    result: Result<Reply, Failure>,
) {
    if state.machine(machine).is_none_or(|machine| machine.epoch != epoch) {
        return;
    }
    let reply = match result {
        Ok(reply) => reply,
        Err(failure) => return failed(state, tag, failure),
    };
    match (tag, reply) {
        (Tag::Attach(key), Reply::Attached { channel, role, session, .. }) => {
            agent::put(state, machine, *session);
            attached(state, effects, key, channel, role);
        }
        (Tag::Role(key, role), _) => {
            if let Some(pane) = state.panes.get_mut(&key) {
                pane.role = role;
                state.touch_now();
            }
        }
        (Tag::Page(key), Reply::History(page)) => scroll::page(state, key, page),
        (Tag::Newer(key), Reply::History(page)) => scroll::newer(state, key, page.total),
        (Tag::Search(key), Reply::Matches { matches, end, total }) => {
            search::found(state, key, matches, end, total);
        }
        (Tag::Jump(key, jump), Reply::Alerts { alerts }) => {
            jump::choose(state, effects, key, jump, &alerts);
        }
        (Tag::Locate(key, landing), Reply::Located { up, end, total }) => {
            jump::land(state, key, landing, up, end, total);
        }
        (Tag::RecentAlerts, Reply::Alerts { alerts }) => {
            state.feed.add(machine, alerts);
            state.touch();
        }
        (Tag::Create, Reply::Session { session }) => {
            lifecycle::created(state, machine, *session);
        }
        (Tag::Act(_) | Tag::Quiet, _) => {}
        (tag, reply) => tracing::warn!(?tag, ?reply, "an agent answered something else"),
    }
}

fn attached(state: &mut State, effects: &mut Effects, key: SessionKey, channel: u32, role: Role) {
    let drawn = state.geometry.slot(key).is_some();
    let detach = Request::Detach { channel };
    let Some(pane) = state.panes.get_mut(&key) else {
        return effects.request(key.machine, detach, Tag::Quiet);
    };
    let (Attachment::Waiting { size, fps }, true) = (&pane.attachment, drawn) else {
        // Nobody looks any more.
        pane.attachment = Attachment::Off;
        return effects.request(key.machine, detach, Tag::Quiet);
    };
    let (size, fps) = (*size, *fps);
    pane.attachment = Attachment::On { channel, size, fps };
    pane.role = role;
    if let Some(role) = pane.wish.take().filter(|wish| *wish != role) {
        effects.request(key.machine, Request::SetRole { channel, role }, Tag::Role(key, role));
    }
    // A new attachment's revisions begin anew.
    pane.replica = crate::term::Replica::new(size);
    for bytes in state.orphans.take(key.machine, channel) {
        screen::update(state, effects, key.machine, channel, bytes);
    }
    state.touch_now();
}

fn failed(state: &mut State, tag: Tag, failure: Failure) {
    match tag {
        Tag::Attach(key) => {
            if let Some(pane) = state.panes.get_mut(&key) {
                pane.attachment = Attachment::Failed(failure.message);
            }
        }
        Tag::Role(key, _) => {
            let text = match failure.code {
                Some(ErrorCode::PermissionDenied) => "this machine lets you observe only".into(),
                _ => failure.message,
            };
            state.note(key, text);
        }
        Tag::Page(key) => {
            scroll::failed(state, key);
            state.note(key, failure.message);
        }
        Tag::Newer(key) => scroll::newer(state, key, 0),
        Tag::Search(key) => search::failed(state, key, failure.message),
        Tag::Jump(key, _) | Tag::Locate(key, _) => state.note(key, failure.message),
        Tag::Create => state.say(Tone::Error, format!("no session: {}", failure.message)),
        Tag::Act(what) => state.say(Tone::Error, format!("{what}: {}", failure.message)),
        Tag::RecentAlerts | Tag::Quiet => {}
    }
    state.touch();
}

/// Asks whether a wish about a Session can be sent at all, and says so when not.
pub(super) fn reachable(state: &mut State, key: SessionKey) -> bool {
    let up = state.is_up(key);
    if !up {
        let name = state.machine(key.machine).map_or("?", |machine| machine.name.as_str());
        let text = format!("{name} is not connected; nothing was sent");
        state.say(Tone::Warning, text);
    }
    up
}
