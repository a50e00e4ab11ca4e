//! The strip below the panes: newest alerts, and errors and warnings per minute.

use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{ListView, Look};
use crate::proto::{Counts, Severity};

/// One alert.
#[derive(Debug, Clone)]
pub struct AlertRow<'a> {
    /// When, as text, for example `14:03:22`.
    pub at: &'a str,
    /// How bad.
    pub severity: Severity,
    /// `machine/session`.
    pub source: &'a str,
    /// The line.
    pub text: &'a str,
    /// Bytes of `text` that matched; empty or out of range underlines nothing.
    pub span: Range<usize>,
    /// Nobody looked at it yet: bold.
    pub unseen: bool,
}

/// Alerts at the left, bars at the right.
#[derive(Debug, Clone, Copy)]
pub struct AlertStrip<'a> {
    /// Newest first.
    pub rows: &'a [AlertRow<'a>],
    /// Index of the selected alert, when the list has the keys.
    pub selected: Option<usize>,
    /// Index of the row at the top last time.
    pub first: usize,
    /// Errors and warnings per minute, oldest first; the last minutes that fit are shown.
    pub minutes: &'a [Counts],
}

impl AlertStrip<'_> {
    /// Draws the strip and returns where the alerts are.
    pub fn draw(&self, look: &Look, area: Rect, buf: &mut Buffer) -> ListView {
        let _ = (look, buf);
        ListView { area, first: self.first }
    }
}
