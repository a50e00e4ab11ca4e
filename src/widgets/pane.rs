//! A pane: a Session's screen inside a frame that says whose it is and how it is doing.

use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::{Cells, Highlight, KeyHint, Look, Pan, RowMark};
use crate::proto::{Counts, Role};

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
    NotReading,
    /// The connection is down; the next attempt is planned.
    Retrying {
        /// Time until the next attempt.
        next: Duration,
        /// Age of the screen that is still shown.
        stale: Duration,
    },
    /// The connection is down and nobody tries any more.
    Lost {
        /// What failed, in a few words.
        reason: &'a str,
        /// Age of the screen that is still shown.
        stale: Duration,
    },
    /// The program ended.
    Exited {
        /// How, for example `exit 1` or `killed by SIGKILL`.
        status: &'a str,
        /// How long ago.
        ago: Duration,
        /// What may be done about it, for example `r rerun`.
        actions: &'a [KeyHint<'a>],
    },
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
/// ┌ 1 web-1/nginx  title ───────── [OBS] ┐   number, name, the program's title, role
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
    /// Rows with a severity.
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
        let _ = (look, buf);
        PaneView { content: Self::content(area), cursor: None }
    }
}
