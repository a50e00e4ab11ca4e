//! The dashboard itself.

use crate::app::effect::{Effect, Effects, Tag};
use crate::app::geometry::Chrome;
use crate::app::state::{Attachment, Machine, MachineKey, Mode, State};
use crate::proto::Request;
use crate::widgets::{Tone, format};

use super::typing;

/// Does nothing.
pub const fn nothing(_: &mut State, _: &mut Effects) {}

/// Whether there are header, list and frames around the panes.
#[must_use]
pub fn has_chrome(state: &State) -> bool {
    state.chrome == Chrome::Deck
}

/// Whether there is a step back.
#[must_use]
pub fn can_go_back(state: &State) -> bool {
    let pane = state.focused().and_then(|key| state.panes.get(&key));
    state.notice.is_some()
        || state.board.zoomed
        || pane.is_some_and(|pane| pane.history.is_some() || pane.search.is_some())
}

/// One step back, the nearest first.
pub fn back(state: &mut State, _: &mut Effects) {
    if let Some(pane) = state.focused_pane() {
        if pane.history.is_some() {
            return pane.follow();
        }
        if pane.search.take().is_some() {
            return;
        }
    }
    if state.board.zoomed {
        state.board.zoomed = false;
    } else {
        state.notice = None;
    }
}

/// Leaves; Sessions go on.
pub fn quit(_: &mut State, effects: &mut Effects) {
    effects.push(Effect::Quit);
}

/// Stops like any job.
pub fn suspend(_: &mut State, effects: &mut Effects) {
    effects.push(Effect::Suspend);
}

/// Draws every cell again and asks for whole screens: the cure for anything that looks wrong.
pub fn repaint(state: &mut State, effects: &mut Effects) {
    for (key, pane) in &mut state.panes {
        if let Some(channel) = pane.channel() {
            effects.request(key.machine, Request::Refresh { channel }, Tag::Quiet);
        } else if matches!(pane.attachment, Attachment::Failed(_)) {
            pane.attachment = Attachment::Off;
        }
    }
    effects.push(Effect::Repaint);
}

/// Gives the mouse to the outer terminal (for its own selection), or takes it back.
pub fn toggle_mouse(state: &mut State, effects: &mut Effects) {
    state.mouse = !state.mouse;
    effects.push(Effect::Mouse(state.mouse));
    let owner = if state.mouse { "the dashboard" } else { "your terminal" };
    state.say(Tone::Info, format!("the mouse belongs to {owner}"));
}

/// Shows or hides the list.
pub fn toggle_sidebar(state: &mut State, _: &mut Effects) {
    state.sidebar = !state.sidebar;
    state.region = crate::app::state::Region::Board;
}

/// Whether a machine is not connected.
#[must_use]
pub fn any_down(state: &State) -> bool {
    !state.machines.iter().all(Machine::is_up)
}

/// Tries lost machines now.
pub fn reconnect(state: &mut State, effects: &mut Effects) {
    let down = state.machines.iter().enumerate().filter(|(_, machine)| !machine.is_up());
    let down: Vec<_> = down.map(|(index, _)| MachineKey(index)).collect();
    down.iter().for_each(|key| effects.push(Effect::Retry(*key)));
    state.say(Tone::Info, format!("trying {} now", format::things(down.len(), "machine")));
}

/// The outer terminal gained or lost the focus: the pace changes, and the program that is typed
/// into hears of it.
pub(super) fn outer_focus(state: &mut State, effects: &mut Effects, gained: bool) {
    state.outer_focus = gained;
    if state.mode == Mode::Type && state.overlay.is_none() {
        typing::tell_focus(state, effects, gained);
    }
}
