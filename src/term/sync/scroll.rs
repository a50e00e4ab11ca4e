//! Finding out that a picture moved up.

use crate::term::View;

/// By how many rows `base` must move up to leave most of `next` in place, measured in bytes of
/// formatted rows; `None` if no row of `next` stands further down in `base`.
pub(super) fn best(base: &View, next: &View) -> Option<u16> {
    let (before, after) = (base.formatted_rows(), next.formatted_rows());
    (1..before.len())
        .map(|shift| (in_place(before.get(shift..).unwrap_or_default(), after), shift))
        .filter(|(saved, _)| *saved > 0)
        .max_by_key(|(saved, shift)| (*saved, std::cmp::Reverse(*shift)))
        .and_then(|(_, shift)| u16::try_from(shift).ok())
}

/// Bytes of the rows of `after` that equal the row of `moved` in the same place.
fn in_place(moved: &[String], after: &[String]) -> usize {
    moved.iter().zip(after).filter(|(old, new)| old == new).map(|(_, new)| new.len()).sum()
}
