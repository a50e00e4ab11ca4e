//! What each event does: pure functions from state and event to a new state and wishes. One file
//! per concern; the functions that commands run are in the file of their concern, too.

pub mod alerts;
pub mod board;
pub mod copy;
pub mod deck;
pub mod focus;
pub mod jump;
pub mod lifecycle;
pub mod list;
pub mod overlay;
pub mod role;
pub mod scroll;
pub mod search;
pub mod seen;
pub mod typing;

mod agent;
mod arrange;
mod keys;
mod link;
mod mouse;
mod reply;
mod screen;

use super::effect::Effects;
use super::event::{AppEvent, Now};
use super::state::State;
use crate::widgets::Tone;

pub use keys::scopes;
pub use overlay::{help_commands, palette_commands};

/// Handles one event.
pub fn update(state: &mut State, now: Now, event: AppEvent) -> Effects {
    let mut effects = Effects::default();
    state.now = now;
    match event {
        AppEvent::Key(key) => keys::press(state, &mut effects, key),
        AppEvent::Paste(text) => typing::paste(state, &mut effects, &text),
        AppEvent::Mouse(event) => mouse::event(state, &mut effects, event),
        AppEvent::Focus(gained) => deck::outer_focus(state, &mut effects, gained),
        AppEvent::Resize(size) => {
            state.screen = size;
            state.touch_now();
        }
        AppEvent::Link { machine, change } => link::change(state, &mut effects, machine, change),
        AppEvent::Agent { machine, event } => agent::event(state, &mut effects, machine, event),
        AppEvent::Update { machine, channel, bytes } => {
            // The hot path: a screen moves nothing, so nothing is arranged anew.
            screen::update(state, &mut effects, machine, channel, bytes);
            return effects;
        }
        AppEvent::InputRefused { machine, reason } => typing::refused(state, machine, &reason),
        AppEvent::NotStarted { machine, reason } => link::not_started(state, machine, &reason),
        AppEvent::Reply { machine, epoch, tag, result } => {
            reply::reply(state, &mut effects, machine, epoch, tag, result);
        }
        AppEvent::Copied(Ok(way)) => state.say(Tone::Info, way),
        AppEvent::Copied(Err(problem)) => state.say(Tone::Warning, problem),
        // Whatever the wake-up was for shows itself once it is drawn.
        AppEvent::Tick => state.touch(),
    }
    arrange::arrange(state, &mut effects);
    focus::note_move(state, &mut effects);
    effects
}
