//! Searching logical lines.

use std::ops::Range;

use regex::Regex;

use super::History;
use crate::term::columns::columns;

/// Where a search hit stands. It may run over several rows of one line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Match {
    /// Row of its first character.
    pub row: usize,
    /// Column of its first character.
    pub col: u16,
    /// Row of its last character.
    pub end_row: usize,
    /// Column behind its last character.
    pub end_col: u16,
}

impl Match {
    /// Its columns on `row` of a history with `cols` columns, if it touches that row.
    #[must_use]
    pub fn columns_on(&self, row: usize, cols: u16) -> Option<Range<u16>> {
        if row < self.row || row > self.end_row {
            return None;
        }
        let start = if row == self.row { self.col } else { 0 };
        let end = if row == self.end_row { self.end_col } else { cols };
        Some(start..end)
    }
}

impl History {
    /// The first `limit` hits of `pattern`, top to bottom. Lines are searched whole, however many
    /// rows they take; empty hits do not count.
    #[must_use]
    pub fn search(&self, pattern: &Regex, limit: usize) -> Vec<Match> {
        let mut matches = Vec::new();
        let mut line = Line::default();
        for (at, row) in (0..).map_while(|at| Some((at, self.row(at)?))) {
            line.push(at, row.ansi);
            if row.wrapped && at + 1 < self.len() {
                continue;
            }
            let hits = pattern.find_iter(&line.text).filter(|hit| !hit.is_empty());
            matches.extend(hits.take(limit - matches.len()).map(|hit| line.locate(hit.range())));
            if matches.len() >= limit {
                break;
            }
            line.clear();
        }
        matches
    }
}

/// The text of a logical line and where its rows start.
#[derive(Default)]
struct Line {
    text: String,
    first_row: usize,
    starts: Vec<usize>,
}

impl Line {
    fn push(&mut self, row: usize, ansi: &str) {
        if self.starts.is_empty() {
            self.first_row = row;
        }
        self.starts.push(self.text.len());
        self.text.extend(vt100::capture::basic_formatted_to_plain(ansi));
    }

    fn clear(&mut self) {
        self.text.clear();
        self.starts.clear();
    }

    fn locate(&self, hit: Range<usize>) -> Match {
        let (row, col) = self.place(self.row_of(hit.start), hit.start);
        let (end_row, end_col) = self.place(self.row_of(hit.end.saturating_sub(1)), hit.end);
        Match { row, col, end_row, end_col }
    }

    /// Which of the line's rows holds the byte.
    fn row_of(&self, byte: usize) -> usize {
        self.starts.partition_point(|start| *start <= byte).saturating_sub(1)
    }

    fn place(&self, row: usize, byte: usize) -> (usize, u16) {
        let start = self.starts.get(row).copied().unwrap_or_default();
        let before = self.text.get(start..byte).unwrap_or_default();
        (self.first_row + row, columns(before))
    }
}
