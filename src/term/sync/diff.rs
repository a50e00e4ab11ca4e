//! From two views to the update that leads from one to the other.

use super::scroll;
use crate::proto::Severity;
use crate::proto::update::{ModeBits, RowMark, RowUpdate, Update};
use crate::term::View;

/// In-place changes below this many bytes are sent without looking for a scroll.
const WORTH_A_SCROLL: usize = 128;

/// Wire bytes of a changed row besides its contents, about.
const ROW_OVERHEAD: usize = 3;

/// EL: erases from the cursor to the end of the row, which is all of it at column 0 (ECMA-48
/// 8.3.41).
const ERASE_ROW: &str = "\x1b[K";

/// The picture that a viewer has.
#[derive(Debug, Clone, Copy)]
pub struct Base<'a> {
    /// Its revision, from 1.
    pub revision: u64,
    /// The picture.
    pub view: &'a View,
}

/// The update to `next`, numbered `revision` (above the base's), for a viewer that has `base`, or
/// nothing.
///
/// A snapshot without a base or when the size differs. `None` when `next` looks like the base; its
/// offset may still be further on, which no viewer needs to know.
#[must_use]
pub fn diff(base: Option<Base<'_>>, revision: u64, next: &View) -> Option<Update> {
    match base {
        Some(base) if base.view.is_same(next) => None,
        Some(base) if base.view.size() == next.size() => change(base, revision, next),
        _ => Some(snapshot(revision, next)),
    }
}

fn snapshot(revision: u64, next: &View) -> Update {
    let rows = next.formatted_rows().iter().zip(0..).filter_map(|(text, row)| {
        let wrapped = next.row_wrapped(row);
        (wrapped || !text.is_empty()).then(|| row_update(row, wrapped, text.clone()))
    });
    let title = Some(next.title()).filter(|title| !title.is_empty());
    update(revision, next, Rows { scroll: 0, rows: rows.collect() }, next.marks().to_vec(), title)
}

fn change(base: Base<'_>, revision: u64, next: &View) -> Option<Update> {
    let rows = changed_rows(base.view, next);
    let marks = changed_marks(base.view, next, rows.scroll);
    let title = Some(next.title()).filter(|title| *title != base.view.title());
    let moved = base.view.picture().cursor != next.picture().cursor;
    let same = rows.is_empty() && marks.is_empty() && title.is_none() && !moved;
    if same && base.view.modes() == next.modes() {
        return None;
    }
    Some(Update { base: base.revision, ..update(revision, next, rows, marks, title) })
}

fn update(
    revision: u64,
    next: &View,
    rows: Rows,
    marks: Vec<RowMark>,
    title: Option<&str>,
) -> Update {
    Update {
        revision,
        base: 0,
        offset: next.offset(),
        size: next.size(),
        scroll: rows.scroll,
        rows: rows.rows,
        marks,
        cursor: next.picture().cursor,
        modes: ModeBits::from(next.modes()),
        title: title.map(str::to_owned),
    }
}

/// A way from one grid to another.
struct Rows {
    scroll: u16,
    rows: Vec<RowUpdate>,
}

impl Rows {
    fn is_empty(&self) -> bool {
        self.scroll == 0 && self.rows.is_empty()
    }

    fn cost(&self) -> usize {
        self.rows.iter().map(|row| row.bytes.len() + ROW_OVERHEAD).sum()
    }
}

/// The shorter of changing rows in place and moving the picture up first.
fn changed_rows(base: &View, next: &View) -> Rows {
    let in_place = rows_in_place(base, next);
    if in_place.cost() < WORTH_A_SCROLL {
        return in_place;
    }
    match scroll::best(base, next).map(|shift| rows_after_scroll(base, next, shift)) {
        Some(scrolled) if scrolled.cost() < in_place.cost() => scrolled,
        _ => in_place,
    }
}

fn rows_in_place(base: &View, next: &View) -> Rows {
    // More columns than the grid has: the crate then treats each row by itself, wrapped or not.
    let diffs = next.picture().grid.rows_diff(&base.picture().grid, 0, u16::MAX);
    let rows = diffs.zip(0..).filter_map(|(text, row)| {
        let wrapped = next.row_wrapped(row);
        let changed = !text.is_empty() || wrapped != base.row_wrapped(row);
        changed.then(|| row_update(row, wrapped, text))
    });
    Rows { scroll: 0, rows: rows.collect() }
}

fn rows_after_scroll(base: &View, next: &View, shift: u16) -> Rows {
    let before = base.formatted_rows();
    let rows = next.formatted_rows().iter().zip(0_u16..).filter_map(|(text, row)| {
        let source = row.saturating_add(shift);
        let old = before.get(usize::from(source)).map_or("", String::as_str);
        let wrapped = next.row_wrapped(row);
        if text != old {
            let erase = if old.is_empty() { "" } else { ERASE_ROW };
            return Some(row_update(row, wrapped, format!("{erase}{text}")));
        }
        (wrapped != base.row_wrapped(source)).then(|| row_update(row, wrapped, String::new()))
    });
    Rows { scroll: shift, rows: rows.collect() }
}

fn row_update(row: u16, wrapped: bool, text: String) -> RowUpdate {
    RowUpdate { row, wrapped, bytes: text.into_bytes() }
}

/// The marks of `next` that differ from those of `base` moved up by `scroll` rows.
fn changed_marks(base: &View, next: &View, scroll: u16) -> Vec<RowMark> {
    if base.marks().is_empty() && next.marks().is_empty() {
        return Vec::new();
    }
    let look = |mark: &RowMark| (mark.severity, mark.cols.clone(), mark.color);
    let changed = |row: u16| {
        let old = base.mark(row.saturating_add(scroll)).map(look);
        let new = next.mark(row);
        (old != new.map(look)).then(|| new.cloned().unwrap_or_else(|| no_mark(row)))
    };
    (0..next.size().rows).filter_map(changed).collect()
}

fn no_mark(row: u16) -> RowMark {
    RowMark { row, severity: Severity::Other, cols: 0..0, color: None }
}
