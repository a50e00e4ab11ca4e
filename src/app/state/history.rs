//! A pane that is scrolled back: rows of the Session's history, fetched as they are needed.
//!
//! Rows are counted from the bottom: row 0 is the last one of the rendering. The rendering's end
//! is fixed with the first page, so that what is read stands still while the program goes on.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::proto::update::RowMark;
use crate::proto::{HistoryLine, HistoryPage, Offset, Winsize};
use crate::term::{Screen, ScreenOptions, View};

/// Most rows one request may ask for.
const PAGE_MAX: u32 = 1000;
/// Rows kept around the view; beyond it the farthest are dropped.
const KEPT: usize = 4000;
/// Pause between two questions for what came since.
const NEWER_EVERY: Duration = Duration::from_secs(1);

/// A page to ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Question {
    /// The fixed end, once known.
    pub end: Option<Offset>,
    /// Rows between the page's last row and the bottom.
    pub up: u32,
    /// Rows wanted.
    pub count: u32,
}

/// A view of history.
#[derive(Debug, Clone)]
pub struct History {
    cols: u16,
    up: u32,
    end: Option<Offset>,
    total: Option<u32>,
    lost: Offset,
    rows: BTreeMap<u32, HistoryLine>,
    asked: bool,
    /// The last answer brought none of the missing rows; asking again would not either.
    stuck: bool,
    newer: Newer,
    picture: Option<Picture>,
}

/// How many rows came since the view stands still.
#[derive(Debug, Clone, Copy, Default)]
struct Newer {
    rows: u64,
    asked: bool,
    at: Duration,
    log_end: Offset,
}

/// The rows as they are drawn, and what they were made of.
#[derive(Debug, Clone)]
struct Picture {
    up: u32,
    size: Winsize,
    rows: usize,
    view: View,
}

impl History {
    /// A view at the bottom of the history, `cols` wide. `log_end` is the Log's end as known now.
    #[must_use]
    pub fn new(cols: u16, log_end: Offset, now: Duration) -> Self {
        Self {
            cols,
            up: 0,
            end: None,
            total: None,
            lost: 0,
            rows: BTreeMap::new(),
            asked: false,
            stuck: false,
            newer: Newer { log_end, at: now, ..Newer::default() },
            picture: None,
        }
    }

    /// A view of the rendering that ends at `end` and has `total` rows.
    #[must_use]
    pub fn at(cols: u16, end: Offset, total: u32, now: Duration) -> Self {
        Self { end: Some(end), total: Some(total), ..Self::new(cols, end, now) }
    }

    /// The width the rows are wrapped at.
    #[must_use]
    pub const fn cols(&self) -> u16 {
        self.cols
    }

    /// Rows below the view.
    #[must_use]
    pub const fn up(&self) -> u32 {
        self.up
    }

    /// The fixed end, once the first page came.
    #[must_use]
    pub const fn end(&self) -> Option<Offset> {
        self.end
    }

    /// Rows in the whole rendering, once the first page came.
    #[must_use]
    pub const fn total(&self) -> Option<u32> {
        self.total
    }

    /// Bytes that were dropped from the Log before its first row.
    #[must_use]
    pub const fn lost(&self) -> Offset {
        self.lost
    }

    /// Rows that came since.
    #[must_use]
    pub const fn newer(&self) -> u64 {
        self.newer.rows
    }

    /// Offset of the line at the view's bottom, if its row is here.
    #[must_use]
    pub fn bottom_offset(&self) -> Option<Offset> {
        self.rows.get(&self.up).map(|line| line.offset)
    }

    /// Offset of the line at the view's top, if its row is here.
    #[must_use]
    pub fn top_offset(&self, height: u16) -> Option<Offset> {
        self.rows.range(self.up..self.up + u32::from(height)).next_back().map(|(_, l)| l.offset)
    }

    /// The row of a pane of `height` rows that shows row `up` of the rendering, if it is in view. A
    /// rendering shorter than the pane stands at its top, where the live screen has it.
    #[must_use]
    pub fn row_in(&self, up: u32, height: u16) -> Option<u16> {
        let filled = self.total.unwrap_or(u32::MAX).min(u32::from(height));
        let below = up.checked_sub(self.up).filter(|below| *below < filled)?;
        u16::try_from(filled - 1 - below).ok()
    }

    /// Moves the view up (or down, when negative) in a pane of `height` rows. `false` when that
    /// leaves the bottom: the view should follow again.
    pub fn scroll(&mut self, rows: i64, height: u16) -> bool {
        let wanted = i64::from(self.up) + rows;
        self.go_to(u32::try_from(wanted.max(0)).unwrap_or(u32::MAX), height);
        wanted > 0
    }

    /// Moves the view so that `up` rows are below it, as far as there are rows.
    pub fn go_to(&mut self, up: u32, height: u16) {
        let most = self.total.map_or(u32::MAX - PAGE_MAX, |n| n.saturating_sub(u32::from(height)));
        self.up = up.min(most);
        self.stuck = false;
    }

    /// Moves the view, if needed, so that row `up` is in it: then a third down from the top.
    pub fn reveal(&mut self, up: u32, height: u16) {
        let height_rows = u32::from(height);
        if up < self.up || up >= self.up + height_rows {
            self.go_to(up.saturating_sub(height_rows.saturating_sub(height_rows / 3 + 1)), height);
        }
    }

    /// The next page to ask for in a pane of `height` rows: what is missing in the view, else the
    /// next screenful above it. One question at a time.
    pub fn question(&mut self, height: u16) -> Option<Question> {
        if self.asked || self.stuck {
            return None;
        }
        let height = u32::from(height.max(1));
        let count = (height * 3).min(PAGE_MAX);
        let up = if self.total.is_none() || self.is_missing(self.up, height) {
            self.up.saturating_sub(height)
        } else if self.is_missing(self.up + height, height) {
            self.up + height
        } else {
            return None;
        };
        self.asked = true;
        Some(Question { end: self.end, up, count })
    }

    fn is_missing(&self, up: u32, height: u32) -> bool {
        let last = self.total.unwrap_or(u32::MAX).min(up.saturating_add(height));
        (up..last).any(|row| !self.rows.contains_key(&row))
    }

    /// Takes in the answer to a [`Question`].
    pub fn answer(&mut self, page: HistoryPage, height: u16) {
        self.asked = false;
        let first_page = self.total.is_none();
        let before = self.rows.len();
        self.end = Some(page.end);
        self.total = Some(page.total);
        self.lost = page.lost;
        let count = u32::try_from(page.rows.len()).unwrap_or(u32::MAX);
        for (from_top, line) in (0..).zip(page.rows) {
            self.rows.insert(page.up + (count - 1 - from_top), line);
        }
        self.go_to(self.up, height);
        self.stuck = !first_page && self.rows.len() == before;
        self.drop_far_rows();
    }

    fn drop_far_rows(&mut self) {
        while self.rows.len() > KEPT {
            let (Some((&low, _)), Some((&high, _))) =
                (self.rows.first_key_value(), self.rows.last_key_value())
            else {
                return;
            };
            let far =
                if self.up.saturating_sub(low) > high.saturating_sub(self.up) { low } else { high };
            self.rows.remove(&far);
        }
    }

    /// The connection broke, or a question failed: what was asked will not be answered.
    pub fn forget_questions(&mut self) {
        self.asked = false;
        self.newer.asked = false;
    }

    /// A question failed; the same one would fail again until the view moves.
    pub fn give_up(&mut self) {
        self.asked = false;
        self.stuck = true;
    }

    /// When to ask how much came since, given the Log's end as known now: `None` when nothing did.
    #[must_use]
    pub fn newer_due(&self, log_end: Offset) -> Option<Duration> {
        let changed = self.total.is_some() && log_end != self.newer.log_end && !self.newer.asked;
        changed.then(|| self.newer.at + NEWER_EVERY)
    }

    /// Notes that the question for what came since was asked.
    pub fn asked_newer(&mut self, log_end: Offset, now: Duration) {
        self.newer = Newer { asked: true, at: now, log_end, ..self.newer };
    }

    /// Takes in how many rows a rendering of the whole Log has now.
    pub fn newer_total(&mut self, total: u32) {
        self.newer.asked = false;
        let grown = total.saturating_sub(self.total.unwrap_or(total));
        // The Log's beginning may be dropped meanwhile; what came stays counted.
        self.newer.rows = self.newer.rows.max(u64::from(grown));
    }

    /// Makes the picture of the view in a pane of `height` rows; whether it changed.
    pub fn compose(&mut self, height: u16) -> bool {
        let size = Winsize::new(height, self.cols).clamped();
        let same = |p: &Picture| p.up == self.up && p.size == size && p.rows == self.rows.len();
        if self.picture.as_ref().is_some_and(same) {
            return false;
        }
        let view = self.render(size);
        self.picture = Some(Picture { up: self.up, size, rows: self.rows.len(), view });
        true
    }

    /// The picture; `None` before the first [`History::compose`].
    #[must_use]
    pub fn view(&self) -> Option<&View> {
        self.picture.as_ref().map(|picture| &picture.view)
    }

    fn render(&self, size: Winsize) -> View {
        let mut screen = Screen::new(size, ScreenOptions::default());
        let mut marks = Vec::new();
        let last = self.up.saturating_add(u32::from(size.rows));
        for (up, line) in self.rows.range(self.up..last).rev() {
            let Some(row) = self.row_in(*up, size.rows) else { continue };
            // CUP and SGR 0 (ECMA-48 8.3.21, 8.3.117): each row stands for itself.
            screen.feed(format!("\x1b[{};1H\x1b[m{}", row + 1, line.ansi).as_bytes());
            marks.extend(line.mark.map(|mark| RowMark {
                row,
                severity: mark.severity,
                cols: mark.start..mark.end,
                color: mark.color,
            }));
        }
        // DECTCEM: the cursor of a program is not part of its history.
        screen.feed(b"\x1b[?25l");
        View::of(&screen, self.end.unwrap_or(0)).with_marks(marks)
    }
}

#[cfg(test)]
#[path = "history_tests.rs"]
mod tests;
