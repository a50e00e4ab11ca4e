//! Machines come and go, each without touching the others.

use crate::app::effect::{Effects, Tag};
use crate::app::event::LinkChange;
use crate::app::state::{Link, MachineKey, State};
use crate::proto::Request;
use crate::widgets::Tone;

/// Alerts asked for at each connection, for the strip.
const RECENT: u32 = 100;

/// The way to a machine changed.
pub(super) fn change(
    state: &mut State,
    effects: &mut Effects,
    key: MachineKey,
    change: LinkChange,
) {
    let now = state.now.mono;
    let Some(machine) = state.machines.get_mut(key.0) else { return };
    let was_up = machine.is_up();
    match change {
        LinkChange::Connected { epoch, notice, .. } => {
            let returned = machine.lost_at.take().is_some();
            machine.link = Link::Up;
            machine.epoch = epoch;
            let name = machine.name.clone();
            let request = Request::Alerts { session: None, after: None, limit: RECENT };
            effects.request(key, request, Tag::RecentAlerts);
            if let Some(notice) = notice {
                state.say(Tone::Warning, format!("{name}: {notice}"));
            }
            if returned {
                state.say(Tone::Ok, format!("{name} is connected again"));
            }
            return forget_attachments(state, key);
        }
        // A retry that begins is no news; the last reason stays readable until one is.
        LinkChange::Connecting => {}
        LinkChange::Retrying { reason, absent, after } => {
            machine.link = Link::Retrying { reason, absent, at: now + after };
        }
        LinkChange::Refused { reason } => machine.link = Link::Refused { reason },
        LinkChange::NeedsYou { reason, command } => {
            let sentence = match &command {
                Some(command) => format!("needs you: run `{command}`; {reason}"),
                None => format!("needs you: {reason}"),
            };
            let note = format!("needs you: {}", command.unwrap_or(reason));
            machine.link = Link::NeedsYou { sentence, note };
        }
    }
    if was_up && !machine.is_up() {
        machine.lost_at = Some(now);
        let text = format!("{}: {}", machine.name, describe(&machine.link));
        state.say(Tone::Error, text);
        forget_attachments(state, key);
    }
    state.touch();
}

/// The Agent of a machine was to be started, and was not.
pub(super) fn not_started(state: &mut State, key: MachineKey, reason: &str) {
    let Some(machine) = state.machine(key) else { return };
    let text = format!("{}: {reason}", machine.name);
    state.say(Tone::Error, text);
}

fn describe(link: &Link) -> &str {
    match link {
        Link::Connecting | Link::Up => "",
        Link::Retrying { reason, .. } | Link::Refused { reason } => reason,
        Link::NeedsYou { sentence, .. } => sentence,
    }
}

/// Channels belong to a connection; with a new one they all begin again.
fn forget_attachments(state: &mut State, key: MachineKey) {
    state.orphans.forget(key);
    for (_, pane) in state.panes.iter_mut().filter(|(session, _)| session.machine == key) {
        pane.disconnect();
    }
    state.touch();
}
