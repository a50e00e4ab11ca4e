//! Scrolling back, panning, and back to the live output.

use crate::app::effect::{Effects, Landing, Tag};
use crate::app::geometry::Slot;
use crate::app::state::{History, PageQuestion, Pane, SessionKey, State};
use crate::proto::{HistoryPage, Request, Winsize};
use crate::widgets::Pan;

/// Rows of one step of the wheel.
pub const WHEEL_ROWS: i64 = 3;
/// Columns that a view pans at once.
const PAN_COLS: u16 = 8;
/// Rows that a view pans at once.
const PAN_ROWS: u16 = 4;

/// Whether the focused pane is scrolled back.
#[must_use]
pub fn is_paused(state: &State) -> bool {
    let pane = state.focused().and_then(|key| state.panes.get(&key));
    pane.is_some_and(|pane| pane.history.is_some())
}

/// Whether the focused pane's screen is larger than the pane.
#[must_use]
pub fn is_cropped(state: &State) -> bool {
    let Some(key) = state.focused() else { return false };
    let screen = state.panes.get(&key).and_then(|pane| pane.screen.as_ref());
    let size = state.pane_size(key);
    screen.is_some_and(|view| view.size().rows > size.rows || view.size().cols > size.cols)
}

/// A page back.
pub fn page_up(state: &mut State, _: &mut Effects) {
    by_height(state, 1, 1);
}

/// A page forward.
pub fn page_down(state: &mut State, _: &mut Effects) {
    by_height(state, -1, 1);
}

/// Half a page back.
pub fn half_page_up(state: &mut State, _: &mut Effects) {
    by_height(state, 1, 2);
}

/// Half a page forward.
pub fn half_page_down(state: &mut State, _: &mut Effects) {
    by_height(state, -1, 2);
}

/// A line back.
pub fn line_up(state: &mut State, _: &mut Effects) {
    by_rows(state, 1);
}

/// A line forward.
pub fn line_down(state: &mut State, _: &mut Effects) {
    by_rows(state, -1);
}

/// To the oldest line that is kept.
pub fn top(state: &mut State, _: &mut Effects) {
    by_rows(state, i64::from(u32::MAX));
}

/// Back to the live output.
pub fn follow(state: &mut State, _: &mut Effects) {
    if let Some(pane) = state.focused_pane() {
        pane.follow();
    }
}

/// A page keeps two rows of the one before, to read on from.
fn by_height(state: &mut State, direction: i64, part: i64) {
    let Some(key) = state.focused() else { return };
    let rows = i64::from(state.pane_size(key).rows) / part - 2;
    by_rows(state, direction * rows.max(1));
}

fn by_rows(state: &mut State, rows: i64) {
    if let Some(key) = state.focused() {
        scroll(state, key, rows);
    }
}

/// Scrolls a pane up by so many rows, down when negative.
pub(super) fn scroll(state: &mut State, key: SessionKey, rows: i64) {
    let size = state.pane_size(key);
    let now = state.now.mono;
    let log_end = state.sessions.get(&key).map_or(0, |session| session.info.log_end);
    let Some(pane) = state.panes.get_mut(&key) else { return };
    if pane.history.is_none() && rows <= 0 {
        return;
    }
    let cols = size.clamped().cols;
    let history = pane.history.get_or_insert_with(|| History::new(cols, log_end, now));
    if !history.scroll(rows, size.rows) {
        pane.follow();
    }
    state.touch_now();
}

/// Fetches and draws what a scrolled pane shows. Runs after every event; asks only for what is
/// missing.
pub(super) fn keep_history(state: &mut State, effects: &mut Effects, slot: &Slot) {
    let key = slot.session;
    if !state.is_up(key) {
        return;
    }
    let size = slot.size().clamped();
    let log_end = state.sessions.get(&key).map_or(0, |session| session.info.log_end);
    let now = state.now;
    let Some(pane) = state.panes.get_mut(&key) else { return };
    reflow(pane, effects, key, size, now.mono);
    let Some(history) = &mut pane.history else { return };
    let changed = history.compose(size.rows);
    let page = history.question(size.rows);
    let cols = history.cols();
    if history.newer_due(log_end).is_some_and(|due| due <= now.mono) {
        history.asked_newer(log_end, now.mono);
        let newest = PageQuestion { end: None, up: 0, count: 0 };
        effects.request(key.machine, request(key, cols, newest), Tag::Newer(key));
    }
    if let Some(page) = page {
        effects.request(key.machine, request(key, cols, page), Tag::Page(key));
    }
    if changed {
        state.touch_now();
    }
}

fn request(key: SessionKey, cols: u16, page: PageQuestion) -> Request {
    let PageQuestion { end, up, count } = page;
    Request::History { session: key.id.to_string(), cols, end, up, count }
}

/// A pane of another width wraps its history anew; the line at its bottom stays there.
fn reflow(
    pane: &mut Pane,
    effects: &mut Effects,
    key: SessionKey,
    size: Winsize,
    now: std::time::Duration,
) {
    let Some(history) = pane.history.as_ref().filter(|history| history.cols() != size.cols) else {
        return;
    };
    let (end, bottom) = (history.end(), history.bottom_offset());
    pane.search = None;
    pane.history = Some(History::new(size.cols, end.unwrap_or(0), now));
    if let (Some(end), Some(offset)) = (end, bottom) {
        let session = key.id.to_string();
        let locate = Request::Locate { session, cols: size.cols, end: Some(end), offset };
        effects.request(key.machine, locate, Tag::Locate(key, Landing::Anchor(offset)));
    }
}

/// A page came.
pub(super) fn page(state: &mut State, key: SessionKey, page: HistoryPage) {
    let rows = state.pane_size(key).rows;
    if let Some(history) = history(state, key) {
        history.answer(page, rows);
        state.touch_now();
    }
}

/// It is known how many rows a rendering has now.
pub(super) fn newer(state: &mut State, key: SessionKey, total: u32) {
    if let Some(history) = history(state, key) {
        history.newer_total(total);
        state.touch();
    }
}

/// A question for history was refused.
pub(super) fn failed(state: &mut State, key: SessionKey) {
    if let Some(history) = history(state, key) {
        history.give_up();
    }
}

fn history(state: &mut State, key: SessionKey) -> Option<&mut History> {
    state.panes.get_mut(&key)?.history.as_mut()
}

/// Pans the view of a larger screen.
fn pan(state: &mut State, shift: impl Fn(Pan) -> Pan) {
    let Some(key) = state.focused() else { return };
    let size = state.pane_size(key);
    if let Some(pane) = state.panes.get_mut(&key) {
        pane.pan = Some(shift(pane.pan_in(size)));
        pane.pan = Some(pane.pan_in(size));
    }
}

/// Pans to the left.
pub fn pan_left(state: &mut State, _: &mut Effects) {
    pan(state, |pan| Pan { cols: pan.cols.saturating_sub(PAN_COLS), ..pan });
}

/// Pans to the right.
pub fn pan_right(state: &mut State, _: &mut Effects) {
    pan(state, |pan| Pan { cols: pan.cols.saturating_add(PAN_COLS), ..pan });
}

/// Pans up.
pub fn pan_up(state: &mut State, _: &mut Effects) {
    pan(state, |pan| Pan { rows: pan.rows.saturating_sub(PAN_ROWS), ..pan });
}

/// Pans down.
pub fn pan_down(state: &mut State, _: &mut Effects) {
    pan(state, |pan| Pan { rows: pan.rows.saturating_add(PAN_ROWS), ..pan });
}
