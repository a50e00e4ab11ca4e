//! Updates of attached screens.

use bytes::Bytes;

use crate::app::effect::{Effect, Effects, Tag};
use crate::app::geometry::Slot;
use crate::app::state::{MachineKey, Pane, SessionKey, State};
use crate::proto::{Request, Update, Winsize};
use crate::term::View;

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
    let size = pane.screen.as_ref().map(View::size);
    match apply(pane, &bytes) {
        Ok(revision) => effects.push(Effect::Ack { machine, channel, revision }),
        Err(reason) => {
            tracing::debug!(%reason, "asked for a whole screen");
            effects.request(machine, Request::Refresh { channel }, Tag::Quiet);
            return;
        }
    }
    touch(state, key, size);
    // The echo of what was typed must not wait for the pace.
    if state.echo_from == Some(key) {
        state.echo_from = None;
        state.damage.visible = true;
        state.damage.urgent = true;
    }
}

/// Notes what of the pane must be drawn; its screen had this size before.
fn touch(state: &mut State, key: SessionKey, before: Option<Winsize>) {
    let Some(content) = state.geometry.slot(key).map(Slot::size) else { return };
    let Some(pane) = state.panes.get(&key) else { return };
    if pane.history.is_some() {
        return;
    }
    let now = pane.screen.as_ref().map(View::size);
    let fits = now.is_some_and(|now| now.rows <= content.rows && now.cols <= content.cols);
    // Row by row only where rows of the screen keep their places on the pane.
    match (before, fits && now == before) {
        // Somebody waits to see anything at all.
        (None, _) => state.touch_now(),
        (_, true) => state.touch_rows(),
        (_, false) => state.touch(),
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
    pane.stale.add(&pane.replica.take_changed());
    Ok(update.revision)
}
