//! Where everything is on the outer terminal, for drawing, for the mouse and for the sizes that
//! Agents are told.

use ratatui::layout::{Position, Rect};

use crate::proto::Winsize;
use crate::widgets::Pane as PaneWidget;
use crate::widgets::layout::{self, Deck, DeckOptions, PANE_MIN};

use super::state::{Board, SessionKey};

/// The smallest pane that is pleasant to read; the board shows no more panes at once than fit
/// with this size, and the others when the focus goes to them.
const COMFORT: Winsize = Winsize { rows: 10, cols: 60 };
/// Widest list when it lies above the panes because the screen is narrow.
const LIST_OVER_PANES: u16 = 44;

/// A pane that is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot {
    /// Its Session.
    pub session: SessionKey,
    /// Index on the board.
    pub index: usize,
    /// The frame's rectangle.
    pub area: Rect,
    /// The screen's rectangle, inside frame and gutter.
    pub content: Rect,
}

impl Slot {
    /// Size of the screen's rectangle.
    #[must_use]
    pub const fn size(&self) -> Winsize {
        Winsize { rows: self.content.height, cols: self.content.width }
    }
}

/// How much of the dashboard surrounds the panes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Chrome {
    /// Header, list, frames, hints.
    #[default]
    Deck,
    /// None: one Session has the whole terminal.
    Borderless,
}

/// Everything's place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Geometry {
    /// The deck's regions; `None` when the screen is too small for them, or borderless.
    pub deck: Option<Deck>,
    /// The panes drawn, in board order.
    pub panes: Vec<Slot>,
    /// The list above the panes, on screens too narrow for a sidebar, while it has the keys.
    pub list_over_panes: Option<Rect>,
}

/// What the arrangement follows from.
#[derive(Debug, Clone, Copy)]
pub struct Wish<'a> {
    /// See [`Chrome`].
    pub chrome: Chrome,
    /// Size of the outer terminal.
    pub screen: Winsize,
    /// Which optional regions are wanted.
    pub options: DeckOptions,
    /// The panes.
    pub board: &'a Board,
    /// The list has the keys.
    pub list_focused: bool,
}

impl Geometry {
    /// Arranges the screen.
    #[must_use]
    pub fn arrange(wish: &Wish<'_>) -> Self {
        let screen = Rect::new(0, 0, wish.screen.cols, wish.screen.rows);
        match wish.chrome {
            Chrome::Borderless => Self::borderless(screen, wish.board),
            Chrome::Deck => Self::deck(screen, wish),
        }
    }

    fn borderless(screen: Rect, board: &Board) -> Self {
        let slot = |session| Slot { session, index: board.focus(), area: screen, content: screen };
        Self { panes: board.focused().map(slot).into_iter().collect(), ..Self::default() }
    }

    fn deck(screen: Rect, wish: &Wish<'_>) -> Self {
        let Some(deck) = layout::deck(screen, wish.options) else { return Self::default() };
        let over = wish.list_focused && deck.sidebar.is_none();
        Self {
            panes: slots(deck.panes, wish.board),
            list_over_panes: over
                .then_some(Rect { width: deck.panes.width.min(LIST_OVER_PANES), ..deck.panes }),
            deck: Some(deck),
        }
    }

    /// The drawn pane of a Session.
    #[must_use]
    pub fn slot(&self, session: SessionKey) -> Option<&Slot> {
        self.panes.iter().find(|slot| slot.session == session)
    }

    /// The pane at a position, frame included.
    #[must_use]
    pub fn slot_at(&self, at: Position) -> Option<&Slot> {
        self.panes.iter().find(|slot| slot.area.contains(at))
    }

    /// The drawn pane nearest to that of `from` in a direction.
    #[must_use]
    pub fn neighbour(&self, from: SessionKey, direction: Direction) -> Option<SessionKey> {
        let here = self.slot(from)?.area;
        let candidates = self.panes.iter().filter(|slot| direction.is_beyond(here, slot.area));
        let nearest = candidates.min_by_key(|slot| direction.distance(here, slot.area));
        nearest.map(|slot| slot.session)
    }
}

fn slots(area: Rect, board: &Board) -> Vec<Slot> {
    let (first, fit) = window(area, board);
    let sessions = board.shown().iter().copied().enumerate().skip(first).take(fit);
    let areas = layout::tile(area, fit, PANE_MIN);
    sessions
        .zip(areas)
        .map(|((index, session), area)| Slot {
            session,
            index,
            area,
            content: PaneWidget::content(area),
        })
        .collect()
}

/// The first pane drawn and how many are.
#[must_use]
pub fn window(area: Rect, board: &Board) -> (usize, usize) {
    let len = board.shown().len();
    if board.zoomed && len > 0 {
        return (board.focus(), 1);
    }
    let fit = layout::tile(area, len, COMFORT).len().max(1).min(len);
    let lowest = (board.focus() + 1).saturating_sub(fit);
    let first = board.first.clamp(lowest, board.focus().max(lowest)).min(len - fit);
    (first, fit)
}

/// A way to go on the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Left.
    Left,
    /// Right.
    Right,
    /// Up.
    Up,
    /// Down.
    Down,
}

impl Direction {
    fn is_beyond(self, here: Rect, there: Rect) -> bool {
        match self {
            Self::Left => there.right() <= here.left(),
            Self::Right => there.left() >= here.right(),
            Self::Up => there.bottom() <= here.top(),
            Self::Down => there.top() >= here.bottom(),
        }
    }

    /// Nearest edge first; among those the one most in line.
    fn distance(self, here: Rect, there: Rect) -> (u16, u16) {
        let middle = |start: u16, length: u16| start + length / 2;
        let across = middle(here.x, here.width).abs_diff(middle(there.x, there.width));
        let along = middle(here.y, here.height).abs_diff(middle(there.y, there.height));
        match self {
            Self::Left => (here.left().abs_diff(there.right()), along),
            Self::Right => (there.left().abs_diff(here.right()), along),
            Self::Up => (here.top().abs_diff(there.bottom()), across),
            Self::Down => (there.top().abs_diff(here.bottom()), across),
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::app::state::MachineKey;
    use crate::proto::SessionId;

    fn key(n: u128) -> SessionKey {
        SessionKey { machine: MachineKey(0), id: SessionId(Uuid::from_u128(n)) }
    }

    fn board(n: u128) -> Board {
        let mut board = Board::default();
        (0..n).for_each(|n| board.offer(key(n), 12));
        board
    }

    fn arrange(rows: u16, cols: u16, board: &Board) -> Geometry {
        Geometry::arrange(&Wish {
            chrome: Chrome::Deck,
            screen: Winsize::new(rows, cols),
            options: DeckOptions::default(),
            board,
            list_focused: false,
        })
    }

    #[test]
    fn small_screens_show_few_panes_and_always_the_focused_one() {
        for (rows, cols, panes) in [(24, 80, 2), (48, 160, 8), (70, 240, 12), (4, 19, 0)] {
            let mut board = board(12);
            for focus in [0, 5, 11] {
                board.focus_at(focus);
                let geometry = arrange(rows, cols, &board);
                assert_eq!(geometry.panes.len(), panes, "{cols}x{rows}");
                let focused = board.focused().and_then(|key| geometry.slot(key));
                assert_eq!(focused.is_some(), panes > 0);
            }
        }
    }

    #[test]
    fn zoom_leaves_one_pane() {
        let mut board = board(5);
        board.focus_at(3);
        board.zoomed = true;
        let geometry = arrange(48, 160, &board);
        assert_eq!(geometry.panes.iter().map(|slot| slot.session).collect::<Vec<_>>(), [key(3)]);
    }

    #[test]
    fn borderless_gives_the_whole_terminal() {
        let board = board(1);
        let wish = Wish {
            chrome: Chrome::Borderless,
            screen: Winsize::new(24, 80),
            options: DeckOptions::default(),
            board: &board,
            list_focused: false,
        };
        let geometry = Geometry::arrange(&wish);
        assert_eq!(geometry.panes[0].content, Rect::new(0, 0, 80, 24));
    }

    #[test]
    fn directions_lead_to_the_pane_beside() {
        let board = board(4);
        let geometry = arrange(48, 200, &board);
        for (from, direction, to) in [
            (0, Direction::Right, Some(1)),
            (0, Direction::Down, Some(2)),
            (3, Direction::Left, Some(2)),
            (3, Direction::Up, Some(1)),
            (0, Direction::Left, None),
            (2, Direction::Down, None),
        ] {
            assert_eq!(geometry.neighbour(key(from), direction), to.map(key), "{direction:?}");
        }
    }
}
