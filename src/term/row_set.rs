//! Sets of rows of a screen.

use crate::proto::Winsize;

const WORD: usize = u64::BITS as usize;
const WORDS: usize = (Winsize::MAX.rows as usize).div_ceil(WORD);

/// A set of rows, 0 at the top, of the largest screen there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RowSet([u64; WORDS]);

impl RowSet {
    /// Every row.
    pub const ALL: Self = Self([u64::MAX; WORDS]);

    /// Adds a row; one that no screen has is left out.
    pub fn insert(&mut self, row: u16) {
        if let Some(word) = self.0.get_mut(usize::from(row) / WORD) {
            *word |= 1 << (usize::from(row) % WORD);
        }
    }

    /// Adds all rows of `other`.
    pub fn add(&mut self, other: &Self) {
        self.0.iter_mut().zip(other.0).for_each(|(word, more)| *word |= more);
    }

    /// Whether it holds a row.
    #[must_use]
    pub fn contains(&self, row: u16) -> bool {
        let word = self.0.get(usize::from(row) / WORD).copied().unwrap_or(0);
        word & (1 << (usize::from(row) % WORD)) != 0
    }

    /// Its rows above `height`, top to bottom.
    pub fn above(&self, height: u16) -> impl Iterator<Item = u16> {
        (0..height).filter(|row| self.contains(*row))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_told_apart() {
        let mut rows = RowSet::default();
        [0, 63, 64, 499, 512, u16::MAX].into_iter().for_each(|row| rows.insert(row));
        assert_eq!(rows.above(500).collect::<Vec<_>>(), [0, 63, 64, 499]);
        assert_eq!(rows.above(64).collect::<Vec<_>>(), [0, 63]);
        let mut more = RowSet::default();
        more.insert(7);
        more.add(&rows);
        assert!(more.contains(7) && more.contains(63) && !more.contains(8));
        assert_eq!(RowSet::ALL.above(500).count(), 500);
    }
}
