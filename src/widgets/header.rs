//! The deck's first line.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Modifier;

use super::canvas::Canvas;
use super::rail::{Rail, Segment};
use super::{Look, Tone, counters, format};
use crate::proto::{Counts, Severity};

/// What is wrong with the dashboard itself, in one sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Notice<'a> {
    /// How bad it is.
    pub tone: Tone,
    /// What failed and what to do.
    pub text: &'a str,
}

/// Name and board, machines connected, Sessions, totals, clock; one row.
#[derive(Debug, Clone, Copy)]
pub struct Header<'a> {
    /// The product's or the user's name for this deck.
    pub name: &'a str,
    /// The board shown; may be empty.
    pub board: &'a str,
    /// Machines connected now.
    pub connected: usize,
    /// Machines in all.
    pub machines: usize,
    /// Sessions of all Machines.
    pub sessions: usize,
    /// Errors and warnings of all Sessions.
    pub totals: Counts,
    /// What of `totals` came since the last look.
    pub unseen: Counts,
    /// A total has just risen: it is drawn bold.
    pub rising: bool,
    /// Takes the middle until it is acknowledged.
    pub notice: Option<Notice<'a>>,
    /// The time as text; may be empty. Text with seconds costs a redraw each second.
    pub clock: &'a str,
}

/// Screens at least this wide get words instead of bare numbers.
const WORDS_FROM_COLS: u16 = 100;

impl Header<'_> {
    /// Draws the first row of `area`.
    pub fn draw(&self, look: &Look, area: Rect, buf: &mut Buffer) {
        let area = area.intersection(buf.area);
        let row = Rect { height: area.height.min(1), ..area };
        let mut canvas = Canvas::new(buf, row);
        canvas.fill(row, look.theme.base());
        let words = area.width >= WORDS_FROM_COLS;
        let mut rail = Rail::new(look, 0, if words { 4 } else { 2 });
        rail.left(self.title(look)).left(self.machines(look, words));
        if words {
            let sessions = format::things(self.sessions, "session");
            rail.left(Segment::new(5).text(sessions, look.theme.second()));
        }
        if let Some(notice) = self.notice {
            rail.left(Segment::new(0).sentence(notice.text, look.theme.tone(notice.tone)));
        }
        rail.right(self.total(look, Severity::Error, self.totals.errors, self.unseen.errors));
        rail.right(self.total(look, Severity::Warning, self.totals.warnings, self.unseen.warnings));
        rail.right(Segment::new(6).text(self.clock, look.theme.second()));
        rail.draw(&mut canvas, edge(row));
    }

    fn title(&self, look: &Look) -> Segment<'_> {
        let title = Segment::new(7).name(self.name, look.theme.text().add_modifier(Modifier::BOLD));
        if self.board.is_empty() {
            return title;
        }
        let board = format!(" {} {}", look.glyphs.dot, self.board);
        title.name(board, look.theme.second())
    }

    /// All Machines connected is quiet; fewer is a warning, none an error.
    fn machines(&self, look: &Look, words: bool) -> Segment<'_> {
        let text = match words {
            true => format!("{} of {}", self.connected, format::things(self.machines, "machine")),
            false => format!("{}/{}", self.connected, self.machines),
        };
        let style = match self.connected {
            n if n >= self.machines => look.theme.second(),
            0 => look.theme.error(),
            _ => look.theme.warning(),
        };
        Segment::new(3).text(text, style)
    }

    fn total(&self, look: &Look, severity: Severity, n: u64, unseen: u64) -> Segment<'_> {
        let text = format!("{} {}", severity.letter(), format::count(n));
        let segment = Segment::new(if severity == Severity::Error { 1 } else { 2 })
            .text(text, counters::style(look, severity, n, self.rising || unseen > 0));
        if unseen == 0 {
            return segment;
        }
        segment.text(format!(" +{}", format::count(unseen)), look.theme.second())
    }
}

/// The row without its first and last column.
fn edge(row: Rect) -> Rect {
    Rect { x: row.x.saturating_add(1), width: row.width.saturating_sub(2), ..row }
}
