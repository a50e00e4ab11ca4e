//! Which row shows the line that starts at which offset.

use crate::proto::Offset;

/// Where lines start: rows, counted from the first that was ever drawn, with offsets of the Log.
///
/// A row belongs to the last line that began on it or above it. A program that moves the cursor up
/// and writes again takes the rows from there on: the lines that began there before are forgotten.
/// So rows and offsets both ascend, and either finds the other.
#[derive(Debug, Default)]
pub(super) struct Lines {
    starts: Vec<Start>,
}

/// Offsets count from the excerpt's base, which keeps a line's entry at 8 bytes.
#[derive(Debug, Clone, Copy)]
struct Start {
    row: u32,
    offset: u32,
}

fn clipped(value: impl TryInto<u32>) -> u32 {
    value.try_into().unwrap_or(u32::MAX)
}

impl Lines {
    /// A line begins at `offset` (from the base) on `row`. Offsets must ascend from call to call.
    pub(super) fn begin(&mut self, row: usize, offset: Offset) {
        let start = Start { row: clipped(row), offset: clipped(offset) };
        while self.starts.last().is_some_and(|last| last.row >= start.row) {
            self.starts.pop();
        }
        self.starts.push(start);
    }

    /// Forgets the lines that begin above `row`, except the one that `row` belongs to.
    pub(super) fn forget_above(&mut self, row: usize) {
        self.starts.drain(..self.after_row(row).saturating_sub(1));
    }

    /// Offset, from the base, of the line that `row` belongs to.
    pub(super) fn offset_of(&self, row: usize) -> Offset {
        let start = self.after_row(row).checked_sub(1).and_then(|at| self.starts.get(at));
        start.map_or(0, |start| Offset::from(start.offset))
    }

    /// First row of the line that holds the byte at `offset` (from the base).
    pub(super) fn row_of(&self, offset: Offset) -> usize {
        let after = self.starts.partition_point(|start| Offset::from(start.offset) <= offset);
        let start = after.checked_sub(1).and_then(|at| self.starts.get(at));
        start.map_or(0, |start| start.row as usize)
    }

    /// Heap bytes in use.
    pub(super) fn memory(&self) -> usize {
        self.starts.capacity() * size_of::<Start>()
    }

    /// Index of the first line that begins below `row`.
    fn after_row(&self, row: usize) -> usize {
        self.starts.partition_point(|start| start.row as usize <= row)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(starts: &[(usize, Offset)]) -> Lines {
        let mut lines = Lines::default();
        starts.iter().for_each(|(row, offset)| lines.begin(*row, *offset));
        lines
    }

    #[test]
    fn rows_and_offsets_find_each_other() {
        let lines = lines(&[(0, 0), (1, 10), (4, 200), (5, 210)]);
        let offsets: Vec<_> = (0..7).map(|row| lines.offset_of(row)).collect();
        assert_eq!(offsets, [0, 10, 10, 10, 200, 210, 210]);
        let rows: Vec<_> = [0, 9, 10, 199, 200, 999].map(|offset| lines.row_of(offset)).into();
        assert_eq!(rows, [0, 0, 1, 1, 4, 5]);
    }

    #[test]
    fn writing_again_further_up_takes_the_rows() {
        let lines = lines(&[(0, 0), (1, 10), (2, 20), (3, 30), (1, 40), (2, 50)]);
        assert_eq!((lines.offset_of(0), lines.offset_of(1), lines.offset_of(3)), (0, 40, 50));
        assert_eq!((lines.row_of(25), lines.row_of(45)), (0, 1));
    }

    #[test]
    fn the_line_of_the_first_kept_row_is_kept() {
        let mut lines = lines(&[(0, 0), (2, 10), (6, 20)]);
        lines.forget_above(4);
        assert_eq!((lines.starts.len(), lines.offset_of(4), lines.offset_of(6)), (2, 10, 20));
    }
}
