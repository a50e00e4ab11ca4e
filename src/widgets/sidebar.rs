//! Machines and their Sessions.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::canvas::Canvas;
use super::rail::{Rail, Segment};
use super::{ListView, Look, list};
use crate::proto::{Counts, Role};

mod rows;

/// A Machine's connection; each state has its own glyph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LinkState {
    /// Connected.
    #[default]
    Connected,
    /// Connecting or waiting for the next attempt.
    Connecting,
    /// Refused, or gone for good.
    Gone,
    /// Waits for somebody to act.
    NeedsYou,
}

/// A Machine's row.
#[derive(Debug, Clone, Copy, Default)]
pub struct MachineRow<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its connection.
    pub link: LinkState,
    /// What the glyph means in words, for example `retrying in 4s`; empty when connected. Shown
    /// in place of the counters.
    pub note: &'a str,
    /// Errors and warnings of its Sessions.
    pub counts: Counts,
    /// It has errors or warnings nobody looked at: bold.
    pub unseen: bool,
}

/// A Session's row.
#[derive(Debug, Clone, Copy)]
pub struct SessionRow<'a> {
    /// Its name.
    pub name: &'a str,
    /// What the viewer may do; operators get the word.
    pub role: Role,
    /// It is on the board.
    pub on_board: bool,
    /// Errors and warnings.
    pub counts: Counts,
    /// It has errors or warnings nobody looked at: bold.
    pub unseen: bool,
    /// Output rate, oldest first, each 0 (silent) ..= 8 (the most).
    pub activity: [u8; 5],
    /// At most five columns in place of the sparkline, for example `exit1`; empty when running.
    pub word: &'a str,
}

/// One row of the list.
#[derive(Debug, Clone, Copy)]
pub enum SidebarRow<'a> {
    /// A Machine.
    Machine(MachineRow<'a>),
    /// A Session of the Machine above it.
    Session(SessionRow<'a>),
}

/// What the list is filtered by.
#[derive(Debug, Clone, Copy)]
pub struct Filter<'a> {
    /// The filter's text.
    pub text: &'a str,
    /// Sessions that match.
    pub matched: usize,
}

/// The list at the left of the deck.
#[derive(Debug, Clone, Copy)]
pub struct Sidebar<'a> {
    /// All rows that match the filter, in order.
    pub rows: &'a [SidebarRow<'a>],
    /// Index of the selected row.
    pub selected: Option<usize>,
    /// Index of the row at the top last time; it moves only as far as the selection needs.
    pub first: usize,
    /// The list has the keys.
    pub focused: bool,
    /// Sessions in all.
    pub sessions: usize,
    /// The sort order's name, for example `errors`.
    pub sort: &'a str,
    /// The filter, if any.
    pub filter: Option<Filter<'a>>,
}

impl Sidebar<'_> {
    /// Draws the list and returns where its rows are.
    pub fn draw(&self, look: &Look, area: Rect, buf: &mut Buffer) -> ListView {
        let area = area.intersection(buf.area);
        let mut canvas = Canvas::new(buf, area);
        canvas.fill(area, look.theme.base());
        self.draw_title(look, area, &mut canvas);
        let (_, below) = split(area, 1.min(area.height));
        let overflow = self.rows.len() > usize::from(below.height);
        let (list, foot) = split(below, below.height.saturating_sub(u16::from(overflow)));
        let first = list::scroll(self.first, self.selected, self.rows.len(), list.height.into());
        for (i, row) in self.rows.iter().enumerate().skip(first).take(list.height.into()) {
            let y = list.y.saturating_add(u16::try_from(i - first).unwrap_or(u16::MAX));
            self.draw_row(look, i, row, Rect { y, height: 1, ..list }, &mut canvas);
        }
        if self.rows.is_empty() {
            canvas.text(list.x.saturating_add(3), list.y, "nothing matches", look.theme.faint());
        }
        if overflow {
            let (above, below) = (first, self.rows.len() - first - usize::from(list.height));
            draw_hidden(look, above, below, foot, &mut canvas);
        }
        ListView { area: list, first }
    }

    fn draw_title(&self, look: &Look, area: Rect, canvas: &mut Canvas<'_>) {
        let theme = &look.theme;
        let mut rail = Rail::new(look, 0, 1);
        match self.filter {
            Some(filter) => {
                let found = format!("{} of {}", filter.matched, self.sessions);
                rail.left(Segment::new(0).text("/", theme.focus()).name(filter.text, theme.text()));
                rail.right(Segment::new(1).text(found, theme.second()));
            }
            None => {
                rail.left(Segment::new(0).text("SESSIONS", theme.second()));
                rail.right(Segment::new(1).text(format!("by {}", self.sort), theme.faint()));
            }
        }
        let x = area.x.saturating_add(1);
        let width = area.width.saturating_sub(1);
        rail.draw(canvas, Rect { x, width, height: area.height.min(1), ..area });
    }

    fn draw_row(
        &self,
        look: &Look,
        index: usize,
        row: &SidebarRow<'_>,
        spot: Rect,
        canvas: &mut Canvas<'_>,
    ) {
        let name = match row {
            SidebarRow::Machine(machine) => rows::draw_machine(look, machine, spot, canvas),
            SidebarRow::Session(session) => rows::draw_session(look, session, spot, canvas),
        };
        match (self.selected == Some(index), self.focused) {
            (true, true) => list::select(look, spot, name, canvas),
            (true, false) => {
                canvas.glyph(spot.x, spot.y, look.glyphs.cursor, look.theme.faint());
            }
            (false, _) => {}
        }
    }
}

/// How many rows are above and below the visible ones.
fn draw_hidden(look: &Look, above: usize, below: usize, foot: Rect, canvas: &mut Canvas<'_>) {
    let [.., up, down] = look.glyphs.more;
    let text = format!("{up} {above}  {down} {below}");
    canvas.text(foot.x.saturating_add(3), foot.y, &text, look.theme.faint());
}

/// The first `rows` of a rectangle, and the others.
fn split(area: Rect, rows: u16) -> (Rect, Rect) {
    let top = Rect { height: rows, ..area };
    (top, Rect { y: area.y.saturating_add(rows), height: area.height - rows, ..area })
}
