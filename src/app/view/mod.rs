//! The state as widget arguments, and nothing else: this is the only place that knows both.

mod cells;
mod hints;
mod overlays;
mod panes;
mod regions;

pub(in crate::app) use cells::Picture;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::term::RowSet;
use crate::widgets::{Look, Toast, Toasts, TooSmall, Welcome, format};

use super::geometry::{Chrome, Geometry};
use super::state::{Drawn, Machine, Mode, State};

/// Draws everything and returns where it ended up.
#[must_use]
pub fn draw(state: &State, look: &Look, buf: &mut Buffer) -> Drawn {
    buf.set_style(buf.area, look.theme.base());
    let mut drawn = Drawn::default();
    match (state.chrome, state.geometry.deck) {
        (Chrome::Borderless, _) => borderless(state, look, buf, &mut drawn),
        (Chrome::Deck, None) => too_small(state, look, buf),
        (Chrome::Deck, Some(deck)) => {
            regions::header(state, look, deck.header, buf);
            let list = deck.sidebar.or(state.geometry.list_over_panes);
            panes(state, look, deck.panes, buf, &mut drawn);
            regions::strip(state, look, deck.strip, buf, &mut drawn);
            regions::list(state, look, list, buf, &mut drawn);
            regions::alerts(state, look, deck.alerts, buf, &mut drawn);
            hints::draw(state, look, deck.hints, buf, &mut drawn);
            let above = Rect { height: buf.area.height.saturating_sub(1), ..buf.area };
            toasts(state, look, above, buf);
        }
    }
    if let Some(overlay) = &state.overlay {
        // While something has the keys above the deck, a cursor below it would lie.
        drawn.cursor = overlays::draw(state, overlay, look, buf, &mut drawn);
    }
    drawn
}

/// Draws only the rows that panes call stale over the frame that was drawn last, and returns the
/// rows of the frame that this touched and where the cursor belongs now. `None` when something lies
/// over the panes or must be drawn besides them; then the whole frame is to be drawn.
#[must_use]
pub fn redraw(
    state: &State,
    look: &Look,
    buf: &mut Buffer,
) -> Option<(Vec<u16>, Option<Position>)> {
    let covered = state.overlay.is_some()
        || state.geometry.list_over_panes.is_some()
        || state.messages.visible(state.now.mono).next().is_some();
    if state.damage.whole || covered {
        return None;
    }
    if state.chrome == Chrome::Borderless && hints::borderless(state).is_some() {
        return None;
    }
    let mut touched = Vec::new();
    let mut cursor = state.drawn.cursor;
    for slot in &state.geometry.panes {
        let Some(pane) = state.panes.get(&slot.session) else { continue };
        let rows: Vec<u16> = pane.stale.above(slot.content.height).collect();
        if rows.is_empty() || pane.history.is_some() {
            continue;
        }
        let drawn = match state.chrome {
            Chrome::Borderless => panes::draw_bare(state, look, slot, &pane.stale, buf),
            Chrome::Deck => panes::redraw(state, look, slot, &pane.stale, buf),
        };
        if state.chrome == Chrome::Borderless || panes::is_typed_into(state, slot, pane) {
            cursor = drawn;
        }
        touched.extend(rows.into_iter().map(|row| slot.content.y.saturating_add(row)));
    }
    touched.sort_unstable();
    touched.dedup();
    Some((touched, cursor))
}

fn panes(state: &State, look: &Look, area: Rect, buf: &mut Buffer, drawn: &mut Drawn) {
    let Geometry { panes, .. } = &state.geometry;
    if panes.is_empty() {
        return welcome(state, look, area, buf);
    }
    for slot in panes {
        if let Some(position) = panes::draw(state, look, slot, buf) {
            drawn.cursor = Some(position);
        }
    }
}

/// The screen of the one Session, its cursor, and a line when something is to be said.
fn borderless(state: &State, look: &Look, buf: &mut Buffer, drawn: &mut Drawn) {
    let area = buf.area;
    if let Some(slot) = state.geometry.panes.first() {
        drawn.cursor = panes::draw_bare(state, look, slot, &RowSet::ALL, buf);
    }
    if let Some(line) = hints::borderless(state) {
        let last = Rect { y: area.bottom().saturating_sub(1), height: area.height.min(1), ..area };
        hints::line(look, last, &line, buf);
    }
}

fn too_small(state: &State, look: &Look, buf: &mut Buffer) {
    let weight = |counts: crate::proto::Counts| (counts.errors, counts.warnings);
    let worst = state.sessions.iter().max_by_key(|(_, session)| weight(session.info.counts));
    let label = worst.map_or_else(String::new, |(key, _)| state.label(*key));
    let counts = worst.map(|(_, session)| session.info.counts).unwrap_or_default();
    TooSmall { worst: &label, counts }.draw(look, buf.area, buf);
}

fn welcome(state: &State, look: &Look, area: Rect, buf: &mut Buffer) {
    let (title, text) = match () {
        () if !state.sessions.is_empty() => {
            ("No panes", "Every session is off the board. They go on running.".to_owned())
        }
        () if state.machines.iter().any(|machine| machine.listed) => {
            ("No sessions yet", "Sessions go on when you leave, and after a logout.".to_owned())
        }
        () => ("Connecting", waiting_for(state)),
    };
    let hints = hints::welcome(state);
    Welcome { title, text: &text, choices: &hints::borrowed(&hints) }.draw(look, area, buf);
}

fn waiting_for(state: &State) -> String {
    let down: Vec<_> = state.machines.iter().filter(|machine| !machine.is_up()).collect();
    let reason = down.iter().find_map(|machine| regions::trouble(machine));
    match (reason, down.as_slice()) {
        (Some(reason), _) => reason,
        (None, [Machine { name, .. }]) => format!("Waiting for {name}."),
        (None, _) => format!("Waiting for {}.", format::things(down.len(), "machine")),
    }
}

fn toasts(state: &State, look: &Look, area: Rect, buf: &mut Buffer) {
    let visible = state.messages.visible(state.now.mono);
    let items: Vec<_> = visible.map(|m| Toast { tone: m.tone, text: &m.text }).collect();
    Toasts { items: &items }.draw(look, area, buf);
}

/// Whether a program has the keys.
const fn typing(state: &State) -> bool {
    matches!(state.mode, Mode::Type | Mode::Leader)
}
