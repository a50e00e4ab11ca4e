//! The Screen's side of a Session's task: when it runs, and what it shows.

use std::time::Duration;

use tokio::time::Instant;

use crate::alert::Sequence;
use crate::proto::Offset;
use crate::term::{Notice, View, mark_lines};

use super::super::super::hub::Change;
use super::{Task, mark};

/// Bytes the Screen takes before other wishes are looked at.
const SHOW_MAX: usize = 1 << 20;
/// Pace of the Screen under a flood while somebody watches: nobody is sent more than 30 pictures a
/// second by default, and the longer the run, the more of it is skipped.
const WATCHED_PACE: Duration = Duration::from_millis(33);
/// Pace of the Screen under a flood while nobody does: queries still get answers.
const UNWATCHED_PACE: Duration = Duration::from_millis(50);
/// A program may hold frames back with synchronized output (`?2026`) for this long.
const SYNCHRONIZED_MAX: Duration = Duration::from_millis(150);

impl Task {
    /// The Screen must not fall further behind than a part of the ring: it pins it, too.
    pub(super) fn backlog_max(&self) -> u64 {
        (self.session.log().capacity() / 4).clamp(1, SHOW_MAX as u64)
    }

    pub(super) fn pace(&self) -> Duration {
        if self.is_watched() { WATCHED_PACE } else { UNWATCHED_PACE }
    }

    pub(super) fn is_watched(&self) -> bool {
        self.session.pictures.receiver_count() > 0
    }

    /// Brings the Screen up to date and shows it to whoever watches.
    pub(super) fn show(&mut self) {
        self.run_due = None;
        self.awaited = false;
        while self.shown < self.scanned {
            self.feed_screen();
        }
        self.ran_at = Instant::now();
        if self.hold_back() || !self.is_watched() {
            return;
        }
        self.publish();
    }

    /// Whether a synchronized frame is not complete yet; bounded in time.
    pub(super) fn hold_back(&mut self) -> bool {
        if !self.screen.synchronized() {
            self.held_since = None;
            return false;
        }
        let since = *self.held_since.get_or_insert(self.ran_at);
        let deadline = since + SYNCHRONIZED_MAX;
        let holds = self.ran_at < deadline;
        if holds {
            self.run_due = Some(deadline);
        }
        holds
    }

    pub(super) fn publish(&mut self) -> View {
        let view = View::of(&self.screen, self.shown);
        let mut sequence = Sequence::new(self.session.engine());
        let marks = mark_lines(&view, "", |line| mark(&mut sequence, line));
        let view = view.with_marks(marks);
        self.session.pictures.send_replace(Some(view.clone()));
        view
    }

    /// Feeds the Screen one piece, resizing it where the terminal was resized.
    pub(super) fn feed_screen(&mut self) {
        let log = self.session.log().clone();
        let mut bytes = Vec::new();
        let limit = self.scanned.saturating_sub(self.shown).min(SHOW_MAX as u64);
        // What an Agent before has answered ends a piece: those answers are not given again.
        let answered = self.answered.checked_sub(self.shown).filter(|left| *left > 0);
        let limit = limit.min(answered.unwrap_or(u64::MAX));
        let span = log.read(self.shown, usize::try_from(limit).unwrap_or(SHOW_MAX), &mut bytes);
        let mut at = span.from;
        for mark in log.marks(span.from, span.to) {
            self.screen.feed(part(&bytes, span.from, at, mark.offset));
            at = mark.offset.max(at);
            if self.screen.size() != mark.size.clamped() {
                self.screen.resize(mark.size);
                self.scanner.set_rows(mark.size.rows);
                self.scanner.resized();
            }
        }
        self.screen.feed(part(&bytes, span.from, at, span.to));
        self.shown = span.to;
        self.answer_queries();
        self.take_notices();
    }

    pub(super) fn answer_queries(&mut self) {
        let replies = self.screen.take_replies();
        if !replies.is_empty() && self.shown > self.answered {
            self.session.holder.reply(self.shown, replies);
        }
    }

    pub(super) fn take_notices(&mut self) {
        for notice in self.screen.take_notices() {
            match notice {
                Notice::Bell => self.session.around.hub.tell(Change::Bell(self.session.id())),
                Notice::Title(title) => {
                    self.session.facts().title = title;
                    self.session.changed();
                }
                Notice::Cwd(cwd) => {
                    self.session.facts().cwd = cwd;
                    self.session.changed();
                }
                // Clipboard and notifications of programs are not acted on: they are foreign input.
                Notice::Clipboard(_) | Notice::Prompt(_) | Notice::Notification(_) => {}
            }
        }
    }
}

/// The bytes of `from..to`, where `bytes` begins at `base`.
fn part(bytes: &[u8], base: Offset, from: Offset, to: Offset) -> &[u8] {
    let index = |offset: Offset| usize::try_from(offset.saturating_sub(base)).unwrap_or(0);
    bytes.get(index(from)..index(to)).unwrap_or_default()
}
