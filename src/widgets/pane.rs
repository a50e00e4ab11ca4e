//! A pane: a Session's screen inside a frame that says whose it is and how it is doing.

use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::{Modifier, Style};

use super::canvas::Canvas;
use super::frame::Frame;
use super::{
    Cells, FrameGlyphs, Glyphs, Highlight, KeyHint, Look, Pan, RowMark, Screenful, Theme, format,
};
use crate::proto::{Counts, Role, SessionStatus, Severity};
use crate::term::RowSet;

mod rails;

/// How much of the operator's attention a pane has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Attention {
    /// Another pane has it; nobody types.
    #[default]
    None,
    /// Another pane is being typed into: this one steps back.
    Behind,
    /// The deck's keys act on this pane.
    Focused,
    /// Every key goes to this pane's program.
    Typing,
}

/// Whether a pane shows the newest output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Follow {
    /// Shows the live screen.
    #[default]
    Live,
    /// Scrolled back.
    Paused {
        /// Lines that came since.
        new: u64,
    },
}

/// How the Session behind a pane is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PaneState<'a> {
    /// Running and reachable.
    #[default]
    Live,
    /// Running, but its program does not read what was typed.
    NotReading {
        /// Bytes that wait for it.
        waiting: u64,
    },
    /// Running, but its output was stopped by Ctrl-S.
    Stopped,
    /// The connection is down; the next attempt is planned.
    Retrying {
        /// What the Session is, as far as can be seen from here.
        status: SessionStatus,
        /// Time until the next attempt.
        next: Duration,
        /// Age of the screen that is still shown.
        stale: Duration,
    },
    /// The connection is down and nobody tries any more.
    Lost {
        /// What the Session is, as far as can be seen from here; `None` when only this pane failed.
        status: Option<SessionStatus>,
        /// What failed, in a few words.
        reason: &'a str,
        /// Age of the screen that is still shown.
        stale: Duration,
    },
    /// The program ended.
    Exited {
        /// How, for example `exit 1` or `killed by SIGKILL`.
        status: &'a str,
        /// It did not end well.
        failed: bool,
        /// How long ago.
        ago: Duration,
        /// What may be done about it, for example `r rerun`.
        actions: &'a [KeyHint<'a>],
    },
}

/// Whether a Session is recorded by its Agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Taping {
    /// It is not, or no longer.
    #[default]
    Off,
    /// Everything so far is in the recording.
    Whole,
    /// Something is missing in it.
    Gap,
    /// It cannot be written now.
    Failing,
}

/// Where a search stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SearchStatus {
    /// The hit that is shown, from 1; 0 when there is none.
    pub current: u64,
    /// All hits.
    pub total: u64,
    /// The search went past the end and began again.
    pub wrapped: bool,
}

/// A Session on the board.
///
/// ```text
/// ┌ 1 web-1/nginx  title ───── REC [OBS] ┐   number, name, the program's title, recording, role
/// │E 10.2.0.7 upstream timed out         ›   gutter, screen, mark where a row is cut
/// └ paused · 214 new · End follows ─ E 12  W 338 ─ 4s ┘
/// ```
#[derive(Clone, Copy)]
pub struct Pane<'a> {
    /// Number for the quick jump, from 1; 0 shows none.
    pub number: usize,
    /// The Machine's name.
    pub machine: &'a str,
    /// The Session's name.
    pub session: &'a str,
    /// The title that the program set; may be empty.
    pub title: &'a str,
    /// What the viewer may do here.
    pub role: Role,
    /// Whether it is recorded.
    pub taping: Taping,
    /// How much attention the pane has.
    pub attention: Attention,
    /// Whether it follows the output.
    pub follow: Follow,
    /// The name of the key that follows again, for example `End`.
    pub follow_key: &'a str,
    /// How the Session is doing.
    pub state: PaneState<'a>,
    /// Errors and warnings.
    pub counts: Counts,
    /// A counter has just risen: it is drawn bold.
    pub rising: bool,
    /// Time since the last output; `None` hides it.
    pub age: Option<Duration>,
    /// How far the shown screen is behind the program; `None` when it is not.
    pub lag: Option<Duration>,
    /// The running search.
    pub search: Option<SearchStatus>,
    /// A short answer to the last key, for example `observer: o to type`; wins over the rest
    /// of the bottom line.
    pub note: Option<&'a str>,
    /// The screen; `None` shows `empty`.
    pub cells: Option<&'a dyn Cells>,
    /// What is said when there is no screen yet.
    pub empty: &'a str,
    /// Where the view of a larger screen starts.
    pub pan: Pan,
    /// RowSet with a severity.
    pub marks: &'a [RowMark],
    /// Search hits and the selection.
    pub highlights: &'a [Highlight],
}

/// Where a pane put things, for the mouse and the real cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PaneView {
    /// The rectangle of the screen, without frame and gutter.
    pub content: Rect,
    /// Where the real cursor belongs when this pane is typed into.
    pub cursor: Option<Position>,
}

impl Pane<'_> {
    /// The rectangle that remains for the screen in a pane of `area`: without the frame and the
    /// gutter's column. Its size is what a Session is resized to.
    #[must_use]
    pub fn content(area: Rect) -> Rect {
        Rect {
            x: area.x.saturating_add(2),
            y: area.y.saturating_add(1),
            width: area.width.saturating_sub(3),
            height: area.height.saturating_sub(2),
        }
    }

    /// Draws the pane.
    pub fn draw(&self, look: &Look, area: Rect, buf: &mut Buffer) -> PaneView {
        let area = area.intersection(buf.area);
        let mut canvas = Canvas::new(buf, area);
        canvas.fill(area, look.theme.base());
        let frame = Frame {
            glyphs: self.frame_glyphs(look.glyphs),
            style: self.frame_style(&look.theme),
            top: rails::top(self, look),
            bottom: rails::bottom(self, look, area),
        };
        frame.draw(&mut canvas, area);
        let content = Self::content(area);
        let cursor = match self.cells {
            Some(cells) => self.draw_screen(look, cells, content, &mut canvas),
            None => {
                self.draw_empty(look, content, &mut canvas);
                None
            }
        };
        PaneView { content, cursor }
    }

    fn draw_screen(
        &self,
        look: &Look,
        cells: &dyn Cells,
        content: Rect,
        canvas: &mut Canvas<'_>,
    ) -> Option<Position> {
        let screen = self.screen(cells);
        draw_gutter(look, &screen, content, &RowSet::ALL, canvas);
        draw_cuts(look, &screen, content, canvas);
        screen.draw_on(look, content, canvas)
    }

    /// Draws only these rows of the screen over a former picture of this pane, of which nothing
    /// else has changed. The whole screen must fit; where the real cursor belongs.
    pub fn redraw(
        &self,
        look: &Look,
        area: Rect,
        rows: &RowSet,
        buf: &mut Buffer,
    ) -> Option<Position> {
        let area = area.intersection(buf.area);
        let mut canvas = Canvas::new(buf, area);
        let content = Self::content(area);
        let screen = self.screen(self.cells?);
        let gutter = Rect { x: content.x.saturating_sub(1), width: 1, ..content };
        for y in rows.above(content.height) {
            let cell = Rect { y: content.y.saturating_add(y), height: 1, ..gutter };
            canvas.fill(cell, look.theme.base());
        }
        draw_gutter(look, &screen, content, rows, &mut canvas);
        screen.redraw_on(look, content, rows, &mut canvas)
    }

    fn screen<'s>(&'s self, cells: &'s dyn Cells) -> Screenful<'s> {
        Screenful {
            cells,
            pan: self.pan,
            marks: self.marks,
            highlights: self.highlights,
            dim: self.dimmed(),
            soft_cursor: self.attention != Attention::Typing,
        }
    }

    fn draw_empty(&self, look: &Look, content: Rect, canvas: &mut Canvas<'_>) {
        let mut canvas = canvas.within(content);
        let text = format::end(self.empty, content.width.into(), look.glyphs.ellipsis);
        let width = u16::try_from(format::width(&text)).unwrap_or(content.width);
        let x = content.x.saturating_add(content.width.saturating_sub(width) / 2);
        let y = content.y.saturating_add(content.height.saturating_sub(1) / 2);
        canvas.text(x, y, &text, look.theme.faint());
    }

    /// Whether the screen steps back: it is old, or the operator types elsewhere.
    fn dimmed(&self) -> bool {
        let stale = matches!(self.state, PaneState::Retrying { .. } | PaneState::Lost { .. });
        stale || self.attention == Attention::Behind
    }

    const fn frame_glyphs<'g>(&self, glyphs: &'g Glyphs) -> &'g FrameGlyphs {
        match (self.attention, self.follow) {
            (Attention::Typing, _) => &glyphs.heavy,
            (_, Follow::Paused { .. }) => &glyphs.dashed,
            (_, Follow::Live) => &glyphs.light,
        }
    }

    fn frame_style(&self, theme: &Theme) -> Style {
        match self.attention {
            Attention::Typing => theme.operator(),
            Attention::Focused => theme.focus(),
            Attention::None | Attention::Behind => theme.line(),
        }
    }
}

/// The letters left of rows with a severity. They stay bright in a dimmed pane: what burns must
/// be seen while one types elsewhere.
fn draw_gutter(
    look: &Look,
    screen: &Screenful<'_>,
    content: Rect,
    rows: &RowSet,
    canvas: &mut Canvas<'_>,
) {
    let x = content.x.saturating_sub(1);
    let mut canvas = canvas.within(Rect { x, width: 1, ..content });
    let marked = screen.marked_rows(content.height);
    for (row, mark) in marked.filter(|(_, mark)| rows.contains(mark.row)) {
        let style = match mark.severity {
            Severity::Error => mark.style(look).add_modifier(Modifier::BOLD),
            _ => mark.style(look),
        };
        canvas.glyph(x, content.y.saturating_add(row), mark.severity.letter(), style);
    }
}

/// Marks on the frame beside each row whose text goes on outside of the pane.
fn draw_cuts(look: &Look, screen: &Screenful<'_>, content: Rect, canvas: &mut Canvas<'_>) {
    let size = screen.cells.size();
    let beyond = screen.pan.cols.saturating_add(content.width);
    let (left, right) = (content.x.saturating_sub(2), content.right());
    let [more_left, more_right, ..] = look.glyphs.more;
    for y in 0..content.height.min(size.rows.saturating_sub(screen.pan.rows)) {
        let row = screen.pan.rows.saturating_add(y);
        let at = content.y.saturating_add(y);
        if screen.has_text(row, 0..screen.pan.cols.min(size.cols)) {
            canvas.glyph(left, at, more_left, look.theme.second());
        }
        let cut_wide = beyond > 0 && screen.cells.cell(row, beyond - 1).width > 1;
        if screen.has_text(row, beyond - u16::from(cut_wide)..size.cols) {
            canvas.glyph(right, at, more_right, look.theme.second());
        }
    }
}
