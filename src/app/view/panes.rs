//! Panes: what a Session's frame says and what its screen shows.

use std::time::Duration;

use chrono::{DateTime, FixedOffset, Utc};
use ratatui::buffer::Buffer;
use ratatui::layout::Position;

use crate::app::geometry::Slot;
use crate::app::state::{Attachment, History, Link, Pane, Region, Session, State};
use crate::proto::{RecordingState, Role, SessionStatus};
use crate::term::{RowSet, View};
use crate::widgets::{
    Attention, Cells, Follow, Highlight, HighlightKind, KeyHint, Look, Pan, Pane as PaneWidget,
    PaneState, Screenful, SearchStatus, Taping, format,
};

use super::cells::{Picture, marks};
use super::{hints, typing};

/// Silence shorter than this is not worth a word, and its seconds not worth a frame.
const AGE_FROM: Duration = Duration::from_secs(60);

/// Draws a pane; where the real cursor belongs when it is this pane that is typed into.
pub(super) fn draw(state: &State, look: &Look, slot: &Slot, buf: &mut Buffer) -> Option<Position> {
    with_widget(state, slot, |widget| {
        let view = widget.draw(look, slot.area, buf);
        view.cursor.filter(|_| widget.attention == Attention::Typing)
    })?
}

/// Draws only the stale rows of a pane that has nothing else to say than before.
pub(super) fn redraw(
    state: &State,
    look: &Look,
    slot: &Slot,
    rows: &RowSet,
    buf: &mut Buffer,
) -> Option<Position> {
    with_widget(state, slot, |widget| {
        let cursor = widget.redraw(look, slot.area, rows, buf);
        cursor.filter(|_| widget.attention == Attention::Typing)
    })?
}

/// The pane as widget arguments.
fn with_widget<T>(
    state: &State,
    slot: &Slot,
    then: impl FnOnce(&PaneWidget<'_>) -> T,
) -> Option<T> {
    let key = slot.session;
    let session = state.sessions.get(&key)?;
    let pane = state.panes.get(&key)?;
    let shown = shown(pane, session.info.is_live() && state.is_up(key));
    let note = pane.note_at(state.now.mono).map(str::to_owned).or_else(|| at_top(pane, slot));
    let attention = attention(state, slot, pane);
    let actions = hints::ended(state);
    let actions = hints::borrowed(&actions);
    let status = exit_words(session);
    let condition = condition(state, slot, pane, session, &status, &actions);
    let widget = PaneWidget {
        number: slot.index + 1,
        machine: state.machine(key.machine).map_or("?", |machine| machine.name.as_str()),
        session: &session.info.name,
        title: &session.info.title,
        role: pane.role,
        taping: taping(session),
        attention,
        follow: pane
            .history
            .as_ref()
            .map_or(Follow::Live, |history| Follow::Paused { new: history.newer() }),
        follow_key: &state.keymap.key_of("follow"),
        state: condition,
        counts: session.info.counts,
        rising: session.rising_until > state.now.mono,
        age: age(state, session),
        lag: None,
        search: search(pane),
        note: note.as_deref(),
        cells: shown.as_ref().map(|picture| picture as &dyn Cells),
        empty: empty(state, pane, slot),
        pan: pan(pane, slot),
        marks: &shown.as_ref().map_or_else(Vec::new, |picture| marks(picture.view)),
        highlights: &highlights(pane, slot),
    };
    Some(then(&widget))
}

/// Draws these rows of a screen without frame and gutter.
pub(super) fn draw_bare(
    state: &State,
    look: &Look,
    slot: &Slot,
    rows: &RowSet,
    buf: &mut Buffer,
) -> Option<Position> {
    let pane = state.panes.get(&slot.session)?;
    let picture = shown(pane, true)?;
    let screenful = Screenful {
        cells: &picture,
        pan: pan(pane, slot),
        marks: &[],
        highlights: &highlights(pane, slot),
        dim: !state.is_up(slot.session),
        soft_cursor: false,
    };
    screenful.redraw(look, slot.content, rows, buf).filter(|_| pane.history.is_none())
}

/// The picture to draw: of history while scrolled back, else the live one.
fn shown(pane: &Pane, cursor: bool) -> Option<Picture<'_>> {
    let history = pane.history.as_ref().and_then(History::view);
    let view = history.or(pane.screen.as_ref())?;
    Some(Picture { view, cursor })
}

/// At the top of a history whose beginning was dropped: that it was, and how much.
fn at_top(pane: &Pane, slot: &Slot) -> Option<String> {
    let history = pane.history.as_ref().filter(|history| history.lost() > 0)?;
    let top = history.up().saturating_add(u32::from(slot.size().rows));
    let lost = format::bytes(history.lost());
    (top >= history.total()?).then(|| format!("{lost} before this line are no longer kept"))
}

fn pan(pane: &Pane, slot: &Slot) -> Pan {
    if pane.history.is_some() { Pan::default() } else { pane.pan_in(slot.size()) }
}

/// Whether the real cursor is this pane's.
pub(super) fn is_typed_into(state: &State, slot: &Slot, pane: &Pane) -> bool {
    attention(state, slot, pane) == Attention::Typing
}

fn attention(state: &State, slot: &Slot, pane: &Pane) -> Attention {
    let focused = state.focused() == Some(slot.session);
    match (typing(state), focused) {
        // Only what is sent is typed: before the attachment there is nobody to send it to.
        (true, true) if pane.role == Role::Operator && pane.channel().is_some() => {
            Attention::Typing
        }
        (true, false) => Attention::Behind,
        (_, true) if state.region == Region::Board => Attention::Focused,
        _ => Attention::None,
    }
}

fn condition<'a>(
    state: &'a State,
    slot: &Slot,
    pane: &'a Pane,
    session: &'a Session,
    status: &'a str,
    actions: &'a [KeyHint<'a>],
) -> PaneState<'a> {
    let now = state.now.mono;
    if let Some(machine) = state.machine(slot.session.machine) {
        let stale = now.saturating_sub(machine.lost_at.unwrap_or(now));
        match &machine.link {
            Link::Retrying { at, .. } => {
                let (status, next) = (machine.status(now), at.saturating_sub(now));
                return PaneState::Retrying { status, next, stale };
            }
            Link::Refused { reason } | Link::NeedsYou { sentence: reason, .. } => {
                return PaneState::Lost { status: Some(machine.status(now)), reason, stale };
            }
            Link::Connecting | Link::Up => {}
        }
    }
    if let Attachment::Failed(reason) = &pane.attachment {
        return PaneState::Lost { status: None, reason, stale: Duration::ZERO };
    }
    match session.info.status {
        SessionStatus::Disconnected | SessionStatus::GracePeriod
            if session.info.exit_status.is_some() =>
        {
            let failed = session.info.exit_status.is_some_and(|status| !status.success());
            PaneState::Exited { status, failed, ago: ago(state, session.info.ended_at), actions }
        }
        SessionStatus::Disconnected if session.info.lost.is_some() => PaneState::Exited {
            status,
            failed: true,
            ago: ago(state, session.info.ended_at),
            actions,
        },
        _ if session.info.input_waiting > 0 => {
            PaneState::NotReading { waiting: session.info.input_waiting }
        }
        _ if session.info.output_stopped => PaneState::Stopped,
        _ => PaneState::Live,
    }
}

fn taping(session: &Session) -> Taping {
    match &session.info.recording {
        None => Taping::Off,
        Some(recording) if recording.state == RecordingState::Failing => Taping::Failing,
        Some(recording) if recording.missing > 0 => Taping::Gap,
        Some(recording) if recording.state == RecordingState::Done => Taping::Off,
        Some(_) => Taping::Whole,
    }
}

/// How the program ended; empty while it runs.
fn exit_words(session: &Session) -> String {
    let info = &session.info;
    if let Some(why) = &info.lost {
        return format!("lost ({why})");
    }
    let status = info.exit_status.map_or_else(String::new, |status| status.to_string());
    match info.orphans {
        0 => status,
        orphans => format!("{status} · {orphans} left behind"),
    }
}

fn ago(state: &State, then: Option<DateTime<Utc>>) -> Duration {
    let now: DateTime<FixedOffset> = state.now.wall;
    // A machine's clock may run ahead of ours.
    then.and_then(|then| (now.to_utc() - then).to_std().ok()).unwrap_or_default()
}

/// Whole minutes of silence: seconds would cost a frame each and say little.
fn age(state: &State, session: &Session) -> Option<Duration> {
    session.info.last_output_at?;
    Some(ago(state, session.info.last_output_at)).filter(|age| *age >= AGE_FROM)
}

fn search(pane: &Pane) -> Option<SearchStatus> {
    pane.history.as_ref()?;
    let search = pane.search.as_ref().filter(|search| search.matches.is_some())?;
    let (current, total) = search.position();
    Some(SearchStatus { current, total, wrapped: search.wrapped })
}

fn empty<'a>(state: &State, pane: &'a Pane, slot: &Slot) -> &'a str {
    match &pane.attachment {
        Attachment::Failed(reason) => reason,
        _ if !state.is_up(slot.session) => "not connected",
        Attachment::Off | Attachment::Waiting { .. } => "attaching",
        Attachment::On { .. } => "no output yet",
    }
}

/// Search hits and the line that was jumped to, while scrolled back.
fn highlights(pane: &Pane, slot: &Slot) -> Vec<Highlight> {
    let Some(history) = &pane.history else { return Vec::new() };
    let Some(view) = history.view() else { return Vec::new() };
    let height = slot.size().clamped().rows;
    let row_of = |up: u32| history.row_in(up, height);
    let mut highlights = Vec::new();
    if let Some(row) = pane.at_alert.and_then(|at| row_of(at.up)) {
        highlights.push(jumped_to(view, row));
    }
    if let Some(search) = &pane.search {
        let hits = search.matches.iter().flatten().enumerate();
        highlights.extend(hits.filter_map(|(index, hit)| {
            let current = search.current == Some(index);
            let kind = if current { HighlightKind::Current } else { HighlightKind::Match };
            Some(Highlight { row: row_of(hit.up)?, cols: hit.start..hit.end, kind })
        }));
    }
    highlights
}

/// The matched span of the line that was jumped to, or all of it.
fn jumped_to(view: &View, row: u16) -> Highlight {
    let span = view.mark(row).map(|mark| mark.cols.clone()).filter(|cols| !cols.is_empty());
    let cols = span.unwrap_or(0..view.size().cols);
    Highlight { row, cols, kind: HighlightKind::Current }
}
