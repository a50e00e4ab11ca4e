//! Bringing the cursors to their places.

use std::io::Write as _;

use super::{Cursors, Tracked};
use crate::proto::Winsize;
use crate::term::pen::Pen;

/// Appends what saves the cursor (DECSC) where it was saved. Does not care for cells: they are drawn
/// later.
pub(super) fn save(tracked: Tracked, cursors: Cursors, size: Winsize, out: &mut Vec<u8>) {
    let (row, col) = cursors.saved;
    out.extend_from_slice(origin(tracked.saved_origin));
    go_to(out, (row, col.min(size.cols - 1)));
    if col >= size.cols {
        // Only printing gets the cursor behind the last column.
        out.push(b' ');
    }
    out.extend_from_slice(b"\x1b7\x1b[m");
    go_to(out, (row, size.cols - 1));
    out.extend_from_slice(b"\x1b[X");
    out.extend_from_slice(origin(false));
}

/// Whether [`sequences`] lead to these cursors on `screen`.
pub(super) fn is_reached(
    screen: &vt100::Screen,
    cursors: Cursors,
    tracked: Tracked,
    last: Option<Option<char>>,
) -> Option<()> {
    sequences(screen, cursors, tracked, last).map(|_| ())
}

/// What sets region, origin mode and cursor of `screen`, which is drawn and whose cursor is saved.
///
/// `last` is given on the screen that is shown: the character that REP repeats afterwards. So either
/// getting behind the last column prints it, or a cell is printed again that holds it.
pub(super) fn sequences(
    screen: &vt100::Screen,
    cursors: Cursors,
    tracked: Tracked,
    last: Option<Option<char>>,
) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let (row, col) = cursors.at;
    let is_pending = col >= screen.size().1.get();
    let way = if is_pending { last_cell(screen, row, last.flatten()) } else { None };
    if let (None, Some(Some(last))) = (way, last) {
        print_again(screen, last, &mut out)?;
    }
    if let Some((top, bottom)) = tracked.region {
        // Writing to a Vec cannot fail.
        let _ = write!(out, "\x1b[{};{}r", u32::from(top) + 1, u32::from(bottom) + 1);
    }
    out.extend_from_slice(origin(tracked.origin));
    match way {
        _ if !is_pending => go_to(&mut out, cursors.at),
        Some(position) => {
            print_cell(screen, position, &mut out);
            // VPA leaves the column, and with it the pending wrap.
            let _ = write!(out, "\x1b[{}d", row + 1);
        }
        None if cursors.saved == cursors.at && tracked.saved_origin == tracked.origin => {
            out.extend_from_slice(b"\x1b8");
        }
        None => return None,
    }
    Some(out)
}

/// DECOM.
const fn origin(on: bool) -> &'static [u8] {
    if on { b"\x1b[?6h" } else { b"\x1b[?6l" }
}

/// VPA and CHA: the parser's count rows from the first of the screen, also in origin mode.
fn go_to(out: &mut Vec<u8>, (row, col): (u16, u16)) {
    let _ = write!(out, "\x1b[{}d\x1b[{}G", row + 1, col + 1);
}

/// A cell that ends at the right edge and whose character is `character`, if that is given; in `row`
/// where possible.
fn last_cell(screen: &vt100::Screen, row: u16, character: Option<char>) -> Option<(u16, u16)> {
    let (rows, cols) = screen.size();
    std::iter::once(row).chain(0..rows.get()).find_map(|row| {
        let last = cols.get() - 1;
        let is_half = screen.cell(row, last)?.is_wide_continuation();
        let col = if is_half { last.checked_sub(1)? } else { last };
        let found = screen.cell(row, col)?.contents().chars().next()?;
        character.is_none_or(|character| character == found).then_some((row, col))
    })
}

/// Appends what prints `last` so that no cell changes: on erased cells that are erased again, or
/// where it stands already.
fn print_again(screen: &vt100::Screen, last: char, out: &mut Vec<u8>) -> Option<()> {
    let (rows, cols) = screen.size();
    let is_room = |&(row, col): &(u16, u16)| is_room(screen, row, col);
    // The ends of rows are mostly blank, and quickly looked at.
    let ends = (0..rows.get()).map(|row| (row, cols.get() - 2));
    let cells = || (0..rows.get()).flat_map(|row| (0..cols.get()).map(move |col| (row, col)));
    if let Some(position) = ends.into_iter().find(is_room).or_else(|| cells().find(is_room)) {
        print_and_erase(screen, position, last, out);
        return Some(());
    }
    let holds = |&(row, col): &(u16, u16)| {
        screen.cell(row, col).is_some_and(|cell| cell.contents().starts_with(last))
    };
    print_cell(screen, cells().find(holds)?, out);
    Some(())
}

/// Appends what prints `last` on the two erased cells at a place and erases them again as they were.
fn print_and_erase(screen: &vt100::Screen, (row, col): (u16, u16), last: char, out: &mut Vec<u8>) {
    go_to(out, (row, col));
    let _ = write!(out, "{last}");
    for col in [col, col + 1] {
        go_to(out, (row, col));
        let pen = screen.cell(row, col).map(Pen::of_cell);
        pen.unwrap_or_default().sgr(out);
        out.extend_from_slice(b"\x1b[X");
    }
}

/// Whether two erased cells begin here.
fn is_room(screen: &vt100::Screen, row: u16, col: u16) -> bool {
    let is_erased = |col: u16| {
        let cell = screen.cell(row, col);
        cell.is_some_and(|cell| !cell.has_contents() && !cell.is_wide_continuation())
    };
    is_erased(col) && is_erased(col + 1)
}

/// Appends what prints the cell at `position` once more.
fn print_cell(screen: &vt100::Screen, position: (u16, u16), out: &mut Vec<u8>) {
    let Some(cell) = screen.cell(position.0, position.1) else { return };
    go_to(out, position);
    Pen::of_cell(cell).sgr(out);
    out.extend_from_slice(cell.contents().as_bytes());
}
