//! Which lines of a Session's output were only its operators' own typing. A wait for a pattern must
//! not be satisfied by the command that somebody typed.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use crate::proto::Offset;

/// Lines remembered.
const CAPACITY: usize = 256;

/// The newest echoed lines.
#[derive(Debug, Default)]
pub struct Echoes {
    lines: Mutex<VecDeque<Echo>>,
}

#[derive(Debug)]
struct Echo {
    range: Range<Offset>,
    text: String,
}

impl Echoes {
    /// Remembers a line.
    pub fn push(&self, range: Range<Offset>, text: String) {
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        if lines.len() == CAPACITY {
            lines.pop_front();
        }
        lines.push_back(Echo { range, text });
    }

    /// Whether the line that begins at `offset` was typed.
    pub fn covers(&self, offset: Offset) -> bool {
        let lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        lines.iter().any(|echo| echo.range.contains(&offset))
    }

    /// Whether a line on the screen reads like one that was typed.
    pub fn has_text(&self, text: &str) -> bool {
        let lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        lines.iter().any(|echo| echo.text.trim_end() == text.trim_end())
    }
}
