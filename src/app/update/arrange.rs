//! After every event: where things are, and which attachments that asks for. Only panes that are
//! drawn are attached; everything else arrives as counters.

use crate::app::effect::{Effect, Effects, Tag};
use crate::app::geometry::{Chrome, Geometry, Slot, Wish, window};
use crate::app::state::{Attachment, ListRow, Machine, Mode, Pane, Region, SessionKey, State};
use crate::proto::{Request, Winsize};
use crate::widgets::Tone;
use crate::widgets::layout::DeckOptions;

use super::scroll;

pub(super) fn arrange(state: &mut State, effects: &mut Effects) {
    settle(state);
    end_with_session(state, effects);
    place(state);
    attach_drawn(state, effects);
    detach_others(state, effects);
    for slot in state.geometry.panes.clone() {
        scroll::keep_history(state, effects, &slot);
    }
}

/// Keeps focus, modes and panes on things that exist.
fn settle(state: &mut State) {
    if state.mode != Mode::Nav && state.focused() != state.typing_into {
        // What was typed into is gone. The next key must not go to its neighbour's program.
        state.mode = Mode::Nav;
        state.say(Tone::Warning, "the session you typed into is gone; the deck has the keys");
    }
    if state.sessions.is_empty() {
        state.region = Region::Board;
    }
    for key in state.board.shown() {
        let role = state.settings.role;
        state.panes.entry(*key).or_insert_with(|| Pane::new(role));
    }
    let rows = state.list.rows(&state.machines, &state.sessions);
    state.list.settle(&rows);
    if state.region == Region::Board {
        state.list.selected = state.focused().map(ListRow::Session).or(state.list.selected);
    }
}

/// A borderless dashboard has nothing left to do once its Session ended or cannot be found.
fn end_with_session(state: &mut State, effects: &mut Effects) {
    if state.chrome == Chrome::Deck || state.ended.is_some() {
        return;
    }
    let session = state.focused().and_then(|key| state.sessions.get(&key));
    let over = session.and_then(|session| session.info.exit_status);
    state.ended = match (&state.wanted, over) {
        (Some(wanted), _) if state.machines.iter().any(|machine| machine.listed) => {
            Some(format!("there is no session `{}`", wanted.escape_debug()))
        }
        (None, Some(status)) => Some(status.to_string()),
        (None, None) if session.is_none() => Some("the session was removed".to_owned()),
        _ => return,
    };
    effects.push(Effect::Quit);
}

fn place(state: &mut State) {
    let geometry = Geometry::arrange(&Wish {
        chrome: state.chrome,
        screen: state.screen,
        options: DeckOptions {
            sidebar: state.sidebar,
            sidebar_width: state.settings.sidebar_width,
            alerts: state.settings.alerts,
        },
        board: &state.board,
        list_focused: state.region == Region::List,
    });
    if let Some(deck) = geometry.deck {
        state.board.first = window(deck.panes, &state.board).0;
    }
    if geometry != state.geometry {
        state.geometry = geometry;
        state.touch();
    }
}

/// Asks for the attachments of drawn panes and tells their size and pace when they changed.
fn attach_drawn(state: &mut State, effects: &mut Effects) {
    let fps = state.fps();
    for slot in &state.geometry.panes {
        let Slot { session: key, .. } = *slot;
        let size = wanted_size(slot);
        if !state.machines.get(key.machine.0).is_some_and(Machine::is_up) {
            continue;
        }
        let Some(pane) = state.panes.get_mut(&key) else { continue };
        match &mut pane.attachment {
            Attachment::Off => {
                pane.attachment = Attachment::Waiting { size, fps };
                effects.request(
                    key.machine,
                    Request::Attach {
                        session: key.id.to_string(),
                        role: pane.role,
                        size: Some(size),
                        fps,
                    },
                    Tag::Attach(key),
                );
            }
            Attachment::On { channel, size: told, fps: paced }
                if (*told, *paced) != (size, fps) =>
            {
                (*told, *paced) = (size, fps);
                let request = Request::Viewport { channel: *channel, size, fps };
                effects.request(key.machine, request, Tag::Quiet);
            }
            Attachment::On { .. } | Attachment::Waiting { .. } | Attachment::Failed(_) => {}
        }
    }
}

/// What the Agent is told; the smallest sizes are a squeezed pane's, not a wish for a program.
fn wanted_size(slot: &Slot) -> Winsize {
    slot.size().clamped()
}

fn detach_others(state: &mut State, effects: &mut Effects) {
    let drawn: Vec<SessionKey> = state.geometry.panes.iter().map(|slot| slot.session).collect();
    for (key, pane) in state.panes.iter_mut().filter(|(key, _)| !drawn.contains(key)) {
        if let Some(channel) = pane.channel() {
            effects.request(key.machine, Request::Detach { channel }, Tag::Quiet);
            pane.attachment = Attachment::Off;
        }
    }
    if state.chrome == Chrome::Deck {
        let board = &state.board;
        state.panes.retain(|key, pane| {
            board.shows(*key) || matches!(pane.attachment, Attachment::Waiting { .. })
        });
    }
}
