//! Renderings of a Session's Log at a client's width. Made on demand, away from the hot path, and kept
//! for a moment, since whoever looked at one page looks at the next.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use regex::Regex;

use crate::alert::Sequence;
use crate::proto::{HistoryLine, HistoryPage, Match, Offset, Reply, SpanMark, Winsize, WireError};
use crate::term::{Excerpt, History, mark_lines};

use super::super::requests::blocking;
use super::Session;
use super::task::mark;

/// Renderings kept per Session.
const KEPT: usize = 2;
/// Matches per search.
const MATCHES_MAX: usize = 10_000;

/// The newest renderings of one Session.
#[derive(Debug, Default)]
pub struct Histories {
    kept: Mutex<VecDeque<Arc<Rendering>>>,
}

/// The Log up to `end`, at one width.
#[derive(Debug)]
pub struct Rendering {
    cols: u16,
    end: Offset,
    /// Bytes before it that the Log no longer had.
    lost: Offset,
    history: History,
}

impl Histories {
    /// The Log up to `end` (now when absent), wrapped at `cols`.
    ///
    /// # Errors
    /// When the work failed; that is a fault of the Agent.
    pub async fn at(
        &self,
        session: &Arc<Session>,
        cols: u16,
        end: Option<Offset>,
    ) -> Result<Arc<Rendering>, WireError> {
        let cols = cols.clamp(Winsize::MIN.cols, Winsize::MAX.cols);
        let (_, now) = session.log().range();
        let end = end.unwrap_or(now).min(now);
        if let Some(rendering) = self.find(cols, end) {
            return Ok(rendering);
        }
        let source = session.clone();
        let rendering = Arc::new(blocking(move || Rendering::of(&source, cols, end)).await?);
        self.keep(rendering.clone());
        Ok(rendering)
    }

    fn find(&self, cols: u16, end: Offset) -> Option<Arc<Rendering>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().find(|rendering| rendering.cols == cols && rendering.end == end).cloned()
    }

    fn keep(&self, rendering: Arc<Rendering>) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() == KEPT {
            kept.pop_front();
        }
        kept.push_back(rendering);
    }
}

impl Rendering {
    fn of(session: &Session, cols: u16, end: Offset) -> Self {
        let log = session.log();
        let (start, _) = log.range();
        let mut bytes = Vec::new();
        let limit = usize::try_from(end.saturating_sub(start)).unwrap_or(usize::MAX);
        let span = log.read(start, limit, &mut bytes);
        let excerpt = Excerpt { base: span.from, chunks: &[&bytes], prelude: b"" };
        let size = Winsize { rows: log.size_at(end).rows, cols };
        Self { cols, end, lost: span.from, history: History::build(&excerpt, size) }
    }

    /// Rows in all.
    fn total(&self) -> u32 {
        u32::try_from(self.history.len()).unwrap_or(u32::MAX)
    }

    /// Up to `count` rows whose last one has `up` rows below it.
    pub fn page(&self, session: &Session, up: u32, count: u32) -> HistoryPage {
        let total = self.total();
        let up = up.min(total.saturating_sub(count.min(total)));
        let bottom = (total - up) as usize;
        let top = bottom.saturating_sub(count as usize);
        let marks = self.marks(session, top, bottom);
        let rows = (top..bottom).filter_map(|row| self.line(row, &marks, top)).collect();
        HistoryPage { end: self.end, total, up, lost: self.lost, rows }
    }

    fn line(&self, row: usize, marks: &[Option<SpanMark>], top: usize) -> Option<HistoryLine> {
        let found = self.history.row(row)?;
        Some(HistoryLine {
            ansi: found.ansi.to_owned(),
            offset: found.offset,
            wrapped: found.wrapped,
            mark: marks.get(row - top).copied().flatten(),
        })
    }

    /// One mark per row of `top..bottom`, by the very engine that counts.
    fn marks(&self, session: &Session, top: usize, bottom: usize) -> Vec<Option<SpanMark>> {
        let mut marks = vec![None; bottom - top];
        let mut sequence = Sequence::new(session.engine());
        let step = usize::from(self.history.size().rows);
        for page_top in (top..bottom).step_by(step) {
            let view = self.history.page(page_top);
            let above = self.history.text_above(page_top);
            for mark in mark_lines(&view, &above, |line| mark(&mut sequence, line)) {
                let row = page_top - top + usize::from(mark.row);
                if let Some(slot) = marks.get_mut(row) {
                    *slot = Some(SpanMark {
                        severity: mark.severity,
                        start: mark.cols.start,
                        end: mark.cols.end,
                        color: mark.color,
                    });
                }
            }
        }
        marks
    }

    /// Every match, one per row that it touches.
    pub fn search(&self, regex: &Regex) -> Reply {
        let total = self.total();
        let mut matches = Vec::new();
        for found in self.history.search(regex, MATCHES_MAX) {
            for row in found.row..=found.end_row {
                let Some(cols) = found.columns_on(row, self.cols) else { continue };
                let up = total.saturating_sub(u32::try_from(row + 1).unwrap_or(total));
                matches.push(Match { up, start: cols.start, end: cols.end });
            }
        }
        matches.truncate(MATCHES_MAX);
        Reply::Matches { matches, end: self.end, total }
    }

    /// The row of a Log offset.
    pub fn locate(&self, offset: Offset) -> Reply {
        let total = self.total();
        let row = self.history.row_at_offset(offset);
        let up = total.saturating_sub(u32::try_from(row + 1).unwrap_or(total));
        Reply::Located { up, end: self.end, total }
    }
}
