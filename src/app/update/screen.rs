//! Updates of attached screens.

use bytes::Bytes;

use crate::app::effect::{Effect, Effects, Tag};
use crate::app::state::{MachineKey, Pane, SessionKey, State};
use crate::proto::{Request, Update};

/// Applies an Update to the pane it is for, acknowledges it, and asks for a whole screen when it
/// does not fit.
pub(super) fn update(
    state: &mut State,
    effects: &mut Effects,
    machine: MachineKey,
    channel: u32,
    bytes: Bytes,
) {
    let Some(key) = pane_of(state, machine, channel) else {
        return state.orphans.keep(machine, channel, bytes);
    };
    let Some(pane) = state.panes.get_mut(&key) else { return };
    match apply(pane, &bytes) {
        Ok(revision) => effects.push(Effect::Ack { machine, channel, revision }),
        Err(reason) => {
            tracing::debug!(%reason, "asked for a whole screen");
            effects.request(machine, Request::Refresh { channel }, Tag::Quiet);
            return;
        }
    }
    if state.echo_from == Some(key) {
        // The echo of what was typed must not wait for the pace.
        state.echo_from = None;
        state.touch_now();
    }
    let stands_still = state.panes.get(&key).is_some_and(|pane| pane.history.is_some());
    if !stands_still && state.geometry.slot(key).is_some() {
        state.touch();
    }
}

fn pane_of(state: &State, machine: MachineKey, channel: u32) -> Option<SessionKey> {
    let of = |(key, pane): (&SessionKey, &Pane)| {
        (key.machine == machine && pane.channel() == Some(channel)).then_some(*key)
    };
    state.panes.iter().find_map(of)
}

/// The revision that is shown now, or why it is not.
fn apply(pane: &mut Pane, bytes: &[u8]) -> Result<u64, String> {
    let update = Update::decode(bytes).map_err(|error| error.to_string())?;
    pane.replica.apply(&update).map_err(|error| error.to_string())?;
    pane.screen = Some(pane.replica.view());
    Ok(update.revision)
}
