//! Which Sessions are shown as panes, in which order, and which pane has the focus.

use std::collections::BTreeSet;

use super::SessionKey;

/// The panes.
#[derive(Debug, Clone, Default)]
pub struct Board {
    shown: Vec<SessionKey>,
    /// Index of the focused pane; 0 on an empty board.
    focus: usize,
    /// See [`Board::settle`].
    settled: bool,
    /// Taken off by the operator; new Sessions come by themselves, these do not.
    dismissed: BTreeSet<SessionKey>,
    /// Only the focused pane is drawn, over the whole space.
    pub zoomed: bool,
    /// Index of the first pane drawn, when not all fit.
    pub first: usize,
}

impl Board {
    /// The Sessions on the board, in order.
    #[must_use]
    pub fn shown(&self) -> &[SessionKey] {
        &self.shown
    }

    /// Whether `key` is on the board.
    #[must_use]
    pub fn shows(&self, key: SessionKey) -> bool {
        self.shown.contains(&key)
    }

    /// Index of the focused pane.
    #[must_use]
    pub const fn focus(&self) -> usize {
        self.focus
    }

    /// The focused pane's Session.
    #[must_use]
    pub fn focused(&self) -> Option<SessionKey> {
        self.shown.get(self.focus).copied()
    }

    /// Puts a Session that came up on the board, unless there are `max` panes already or the
    /// operator took it off. At the start in the order of the machines, whichever of them answers
    /// first; later at the end, where it moves nothing.
    pub fn offer(&mut self, key: SessionKey, max: usize) {
        if self.shown.len() >= max || self.shows(key) || self.dismissed.contains(&key) {
            return;
        }
        let before = self.shown.iter().rposition(|shown| shown.machine <= key.machine);
        let in_order = before.map_or(0, |at| at + 1);
        self.shown.insert(if self.settled { self.shown.len() } else { in_order }, key);
    }

    /// Puts a Session on the board, whatever was before, and focuses it.
    pub fn show(&mut self, key: SessionKey) {
        self.dismissed.remove(&key);
        if !self.shows(key) {
            self.shown.push(key);
        }
        self.focus_on(key);
    }

    /// Takes a Session off until it is shown again by hand.
    pub fn dismiss(&mut self, key: SessionKey) {
        self.take_off(key);
        self.dismissed.insert(key);
    }

    /// Forgets a Session that is no more.
    pub fn forget(&mut self, key: SessionKey) {
        self.take_off(key);
        self.dismissed.remove(&key);
    }

    fn take_off(&mut self, key: SessionKey) {
        let Some(at) = self.shown.iter().position(|shown| *shown == key) else { return };
        self.shown.remove(at);
        if at < self.focus {
            self.focus -= 1;
        } else if at == self.focus {
            self.zoomed = false;
        }
        self.focus = self.focus.min(self.shown.len().saturating_sub(1));
    }

    /// The operator began to act: from now on no pane comes before another by itself.
    pub const fn settle(&mut self) {
        self.settled = true;
    }

    /// Focuses the pane of a Session on the board.
    pub fn focus_on(&mut self, key: SessionKey) {
        self.settled = true;
        if let Some(at) = self.shown.iter().position(|shown| *shown == key) {
            self.focus = at;
        }
    }

    /// Focuses the pane with this index; `false` when there is none.
    pub fn focus_at(&mut self, index: usize) -> bool {
        let exists = index < self.shown.len();
        self.settled = true;
        if exists {
            self.focus = index;
        }
        exists
    }

    /// Focuses the pane `by` further, around the end.
    pub fn step(&mut self, by: isize) {
        self.settled = true;
        self.focus = wrapped(self.focus, by, self.shown.len());
    }

    /// Swaps the focused pane with the one `by` further; the focus goes with it.
    pub fn swap(&mut self, by: isize) {
        self.settled = true;
        let other = wrapped(self.focus, by, self.shown.len());
        if other < self.shown.len() {
            self.shown.swap(self.focus, other);
            self.focus = other;
        }
    }
}

fn wrapped(at: usize, by: isize, len: usize) -> usize {
    let Ok(len) = isize::try_from(len) else { return at };
    let Ok(at) = isize::try_from(at) else { return at };
    if len == 0 { 0 } else { usize::try_from((at + by).rem_euclid(len)).unwrap_or(0) }
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

    #[test]
    fn sessions_come_by_themselves_until_the_board_is_full() {
        let mut board = board(12);
        board.offer(key(20), 12);
        assert_eq!(board.shown().len(), 12);
        board.show(key(20));
        assert_eq!((board.shown().len(), board.focused()), (13, Some(key(20))));
    }

    #[test]
    fn panes_come_in_the_order_of_machines_until_the_operator_chose_one() {
        let on = |machine, n| SessionKey { machine: MachineKey(machine), ..key(n) };
        let mut board = Board::default();
        for key in [on(2, 1), on(0, 2), on(1, 3), on(0, 4)] {
            board.offer(key, 12);
        }
        assert_eq!(board.shown(), [on(0, 2), on(0, 4), on(1, 3), on(2, 1)]);
        board.focus_on(on(1, 3));
        board.offer(on(0, 5), 12);
        assert_eq!((board.shown().last(), board.focused()), (Some(&on(0, 5)), Some(on(1, 3))));
    }

    #[test]
    fn what_was_taken_off_stays_off_until_asked_for() {
        let mut board = board(2);
        board.dismiss(key(0));
        board.offer(key(0), 12);
        assert_eq!(board.shown(), [key(1)]);
        board.show(key(0));
        assert_eq!(board.shown(), [key(1), key(0)]);
    }

    #[test]
    fn the_focus_stays_on_its_session() {
        let mut board = board(4);
        board.focus_on(key(2));
        board.forget(key(0));
        assert_eq!(board.focused(), Some(key(2)));
        board.swap(1);
        assert_eq!(board.shown(), [key(1), key(3), key(2)]);
        assert_eq!(board.focused(), Some(key(2)));
        board.swap(1);
        assert_eq!(board.shown(), [key(2), key(3), key(1)]);
        board.forget(key(2));
        assert_eq!(board.focused(), Some(key(3)));
    }

    #[test]
    fn steps_go_around_and_an_empty_board_has_no_focus() {
        let mut board = board(3);
        board.step(-1);
        assert_eq!(board.focused(), Some(key(2)));
        board.step(2);
        assert_eq!(board.focused(), Some(key(1)));
        (0..3).for_each(|n| board.forget(key(n)));
        board.step(1);
        board.swap(1);
        assert_eq!(board.focused(), None);
    }

    #[test]
    fn a_zoomed_pane_that_goes_takes_the_zoom_along() {
        let mut board = board(2);
        board.zoomed = true;
        board.forget(key(1));
        assert!(board.zoomed);
        board.forget(key(0));
        assert!(!board.zoomed);
    }
}
