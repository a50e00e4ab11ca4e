//! Tab stops (ECMA-48 HTS, TBC; DEC DECST8C).

use crate::proto::Winsize;
use crate::proto::pack::{Input, Pack, PackError, flags};

/// Bytes of a bit for each possible column.
const BITS: usize = (Winsize::MAX.cols as usize).div_ceil(8);

/// Tab stops in columns from 0. The usual ones, every eighth column, cost nothing.
#[derive(Debug, Clone, Default)]
pub(super) struct TabStops {
    /// One entry for each possible column, present once a program changed a stop.
    changed: Option<Vec<bool>>,
}

impl TabStops {
    /// Whether the stops are not the usual ones, so that the parser's own HT would be wrong.
    pub(super) const fn are_changed(&self) -> bool {
        self.changed.is_some()
    }

    /// Sets (HTS) or clears (TBC 0) the stop at `col`.
    pub(super) fn set(&mut self, col: u16, stop: bool) {
        if let Some(entry) = self.stops_mut().get_mut(usize::from(col)) {
            *entry = stop;
        }
    }

    /// Clears every stop (TBC 3).
    pub(super) fn clear_all(&mut self) {
        self.stops_mut().fill(false);
    }

    /// The column `count` stops to the right of `col`, at most the last of `cols` columns.
    pub(super) fn forward(&self, col: u16, cols: u16, count: u16) -> u16 {
        let last = cols.saturating_sub(1);
        let mut stops = (col.saturating_add(1)..last).filter(|&c| self.is_stop(c));
        stops.nth(usize::from(count.saturating_sub(1))).unwrap_or(last)
    }

    /// The column `count` stops to the left of `col`, at least column 0.
    pub(super) fn backward(&self, col: u16, count: u16) -> u16 {
        let mut stops = (1..col).rev().filter(|&c| self.is_stop(c));
        stops.nth(usize::from(count.saturating_sub(1))).unwrap_or(0)
    }

    fn is_stop(&self, col: u16) -> bool {
        match &self.changed {
            Some(stops) => stops.get(usize::from(col)).copied().unwrap_or(false),
            None => col.is_multiple_of(8),
        }
    }

    fn stops_mut(&mut self) -> &mut Vec<bool> {
        self.changed.get_or_insert_with(|| (0..Winsize::MAX.cols).map(|c| c % 8 == 0).collect())
    }
}

/// A flag, and where the stops are not the usual ones a bit for each column.
impl Pack for TabStops {
    fn pack(&self, out: &mut Vec<u8>) {
        out.push(flags([self.changed.is_some()]));
        for eight in self.changed.iter().flat_map(|stops| stops.chunks(8)) {
            out.push(eight.iter().rev().fold(0, |bits, stop| bits << 1 | u8::from(*stop)));
        }
    }

    fn unpack(input: &mut Input<'_>) -> Result<Self, PackError> {
        let [is_changed] = input.flags("tab stops")?;
        if !is_changed {
            return Ok(Self::default());
        }
        let bytes = input.take("tab stops", BITS)?;
        let bits = bytes.iter().flat_map(|byte| (0..8).map(move |bit| byte >> bit & 1 == 1));
        Ok(Self { changed: Some(bits.take(usize::from(Winsize::MAX.cols)).collect()) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_stops_are_every_eight_columns() {
        let tabs = TabStops::default();
        let cases = [(0, 1, 8), (7, 1, 8), (8, 1, 16), (0, 3, 24), (70, 1, 72), (72, 1, 79)];
        for (from, count, to) in cases {
            assert_eq!(tabs.forward(from, 80, count), to, "{count} from {from}");
        }
        assert_eq!(tabs.backward(20, 1), 16);
        assert_eq!(tabs.backward(16, 1), 8);
        assert_eq!(tabs.backward(20, 9), 0);
    }

    #[test]
    fn changed_stops_replace_the_usual_ones() {
        let mut tabs = TabStops::default();
        tabs.clear_all();
        assert_eq!(tabs.forward(0, 80, 1), 79);
        tabs.set(5, true);
        assert_eq!(tabs.forward(0, 80, 1), 5);
        assert_eq!(tabs.backward(40, 1), 5);
        tabs.set(5, false);
        assert_eq!(tabs.forward(0, 80, 1), 79);
        assert!(tabs.are_changed());
    }
}
