//! Repaints on the primary screen: which lines are old lines painted again.
//!
//! Progress displays, `top` and shells move the cursor up and write over what they wrote before.
//! The rule:
//!
//! - A line is *repainted* while the cursor is above the newest row. Relative motion up by n and
//!   n line feeds cancel out; absolute positioning counts as a screen height.
//! - A repainted line counts only if no event of the same words is among the last [`REMEMBERED`];
//!   spinners, bars, clocks and percentages change between repaints and are left out.
//! - After a resize the first repaint counts nothing at all, because a new width cuts lines anew.
//!   A program that does not move its cursor is not affected.
//! - Enter from an operator, or the shell's mark that a command starts, ends a repaint: what comes
//!   then is new, even where the cursor was placed absolutely (`clear`).

use std::collections::VecDeque;

use crate::proto::Winsize;
use crate::proto::pack::{Input, Pack, PackError, flags, put_number};

/// Events remembered: no screen shows more rows.
const REMEMBERED: usize = Winsize::MAX.rows as usize;

/// Where the cursor stands relative to the newest row.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Position {
    /// Rows the cursor may be above the newest one.
    above: usize,
    /// The repaint that runs answers a resize.
    silent: bool,
}

/// Tracks repaints and remembers the events that may come again in one.
#[derive(Debug, Clone)]
pub(super) struct Repaint {
    position: Position,
    saved: Position,
    /// Height of the screen.
    rows: usize,
    /// Line feeds within which a repaint is taken as the answer to a resize.
    resize_window: usize,
    recent: VecDeque<u64>,
}

impl Repaint {
    pub(super) fn new() -> Self {
        Self {
            position: Position::default(),
            saved: Position::default(),
            rows: usize::from(Winsize::MAX.rows),
            resize_window: 0,
            recent: VecDeque::new(),
        }
    }

    /// Whether the line being written is a repainted one.
    pub(super) fn is_active(&self) -> bool {
        self.position.above > 0
    }

    /// The screen has `rows` rows.
    pub(super) fn set_rows(&mut self, rows: u16) {
        self.rows = usize::from(rows.clamp(Winsize::MIN.rows, Winsize::MAX.rows));
    }

    /// The screen was resized: its next repaint is old.
    pub(super) fn resized(&mut self) {
        self.resize_window = self.rows;
    }

    /// The cursor went up by `rows`.
    pub(super) fn up(&mut self, rows: usize) {
        self.position.above = self.position.above.saturating_add(rows).min(self.rows);
        if self.resize_window > 0 {
            self.resize_window = 0;
            self.position.silent = true;
        }
    }

    /// The cursor was put on the screen's row `row`, 0 at the top.
    pub(super) fn placed(&mut self, row: usize) {
        self.position.above = 0;
        self.up(self.rows.saturating_sub(row).max(1));
    }

    /// The cursor went down by `rows`, or that many line feeds came.
    pub(super) fn down(&mut self, rows: usize) {
        self.resize_window = self.resize_window.saturating_sub(rows);
        self.position.above = self.position.above.saturating_sub(rows);
        if self.position.above == 0 {
            self.position.silent = false;
        }
    }

    /// What is written from here on is new.
    pub(super) fn end(&mut self) {
        self.position = Position::default();
    }

    /// DECSC: the cursor's position is saved.
    pub(super) fn save(&mut self) {
        self.saved = self.position;
    }

    /// DECRC: the cursor goes back.
    pub(super) fn restore(&mut self) {
        self.position = self.saved;
    }

    /// Whether an event of this text is new; it is remembered from now on.
    pub(super) fn admit(&mut self, text: &str) -> bool {
        let fingerprint = fingerprint(text);
        let is_known = self.is_active() && self.recent.contains(&fingerprint);
        if !is_known {
            if self.recent.len() == REMEMBERED {
                self.recent.pop_front();
            }
            self.recent.push_back(fingerprint);
        }
        !is_known && !self.position.silent
    }
}

impl Pack for Repaint {
    fn pack(&self, out: &mut Vec<u8>) {
        out.push(flags([self.position.silent, self.saved.silent]));
        for rows in [self.position.above, self.saved.above, self.rows, self.resize_window] {
            put_number(out, rows as u64);
        }
        put_number(out, self.recent.len() as u64);
        self.recent.iter().for_each(|print| out.extend_from_slice(&print.to_le_bytes()));
    }

    fn unpack(input: &mut Input<'_>) -> Result<Self, PackError> {
        let [silent, saved_silent] = input.flags("repaint flags")?;
        let mut rows = |what| input.small(what, Winsize::MAX.rows).map(usize::from);
        let position = Position { above: rows("repainted rows")?, silent };
        let saved = Position { above: rows("saved repainted rows")?, silent: saved_silent };
        let (rows, resize_window) = (rows("rows")?, rows("resize window")?);
        let count = usize::from(input.small("fingerprints", REMEMBERED as u16)?);
        let (prints, _) = input.take("fingerprints", count * size_of::<u64>())?.as_chunks();
        let recent = prints.iter().map(|print| u64::from_le_bytes(*print)).collect();
        Ok(Self { position, saved, rows, resize_window, recent })
    }
}

/// FNV-1a over what of a line stays the same from one repaint to the next: its words, without
/// signs (spinners, bars) and without the tokens that count (`1.2s`, `12%`, `00:12`, `3/10`).
fn fingerprint(text: &str) -> u64 {
    let is_sign = |c: char| !c.is_alphanumeric();
    let words = text.split_whitespace().map(|word| word.trim_matches(|c| c != '%' && is_sign(c)));
    let steady = words.filter(|word| !counts_up(word)).flat_map(|word| word.bytes().chain([b' ']));
    steady.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// Whether a token is a time, a share or a size that a progress display changes; an empty one is.
fn counts_up(word: &str) -> bool {
    let is_number = word.starts_with(|c: char| c.is_ascii_digit());
    let is_measure = word.ends_with(['s', '%', 'B']) || word.contains([':', '/', '.']);
    word.is_empty() || (is_number && is_measure)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repainted_event_counts_once_whatever_its_clock_says() {
        let mut repaint = Repaint::new();
        assert!(repaint.admit("⠋ ERROR pull failed 1.2s"));
        assert!(repaint.admit("⠋ ERROR pull failed 1.2s"), "two lines that scroll by are two");
        repaint.up(2);
        assert!(!repaint.admit("⠙ ERROR pull failed 1.3s"));
        assert!(!repaint.admit("⠹ ERROR pull failed (2.0s) 40% [00:12] 3/10"));
        assert!(repaint.admit("ERROR pull 2 failed"), "another number is another event");
        repaint.down(2);
        assert!(repaint.admit("ERROR pull failed 1.4s"));
    }

    #[test]
    fn the_repaint_after_a_resize_counts_nothing() {
        let mut repaint = Repaint::new();
        repaint.set_rows(24);
        repaint.resized();
        assert!(repaint.admit("ERROR a log line between"), "no cursor motion, no repaint");
        repaint.placed(0);
        assert!(!repaint.admit("ERROR cut at another wid"));
        repaint.down(24);
        assert!(repaint.admit("ERROR new"));
    }

    #[test]
    fn an_excursion_to_a_status_row_comes_back() {
        let mut repaint = Repaint::new();
        repaint.save();
        repaint.placed(23);
        assert!(repaint.is_active());
        repaint.restore();
        assert!(!repaint.is_active());
    }
}
