//! The one owner of a Session's Screen and Scanner: two cursors on its Log.
//!
//! The Scanner reads every byte as it comes, so counts are exact. The Screen is pulled: at once when
//! a quiet program speaks, so that echo never waits for a tick, and at frame rate under a flood, so
//! that long runs can be fast-forwarded. Neither ever waits for a client.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use chrono::Utc;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep_until};

use crate::alert::{AlertEvent, Classification, Scanner, Sequence, Source};
use crate::proto::{Alert, Offset, SessionStatus};
use crate::term::{LineMark, Notice, Screen, ScreenOptions, View, mark_lines};

use super::super::holder::Life;
use super::super::hub::Change;
use super::{Command, Session};

/// Bytes the Scanner takes before other wishes are looked at.
const SCAN_MAX: usize = 256 << 10;
/// Bytes the Screen takes before other wishes are looked at.
const SHOW_MAX: usize = 1 << 20;
/// A program that was silent for this long is drawn at once when it speaks.
const QUIET: Duration = Duration::from_millis(10);
/// Output up to this size after silence counts as an answer, not as a flood.
const ANSWER_MAX: u64 = 4 << 10;
/// Pace of the Screen under a flood while somebody watches: nobody is sent more than 30 pictures a
/// second by default, and the longer the run, the more of it is skipped.
const WATCHED_PACE: Duration = Duration::from_millis(33);
/// Pace of the Screen under a flood while nobody does: queries still get answers.
const UNWATCHED_PACE: Duration = Duration::from_millis(50);
/// A flood is looked at in bursts: each wake-up costs as much as scanning many kilobytes.
const BURST: Duration = Duration::from_millis(1);
/// After this much silence an unfinished line is classified.
const IDLE: Duration = Duration::from_millis(300);
/// A program may hold frames back with synchronized output (`?2026`) for this long.
const SYNCHRONIZED_MAX: Duration = Duration::from_millis(150);

/// See the module's documentation.
pub(super) struct Task {
    session: Arc<Session>,
    screen: Screen,
    scanner: Scanner,
    end: watch::Receiver<Offset>,
    /// The Scanner's cursor.
    scanned: Offset,
    /// The Screen's cursor.
    shown: Offset,
    /// Somebody typed: the next output is an answer that must not wait for a tick.
    awaited: bool,
    /// When the Screen last ran.
    ran_at: Instant,
    /// When the Screen must run.
    run_due: Option<Instant>,
    /// When an unfinished line is classified.
    idle_due: Option<Instant>,
    /// Until when a flood is left alone.
    rest_until: Option<Instant>,
    /// Since when a synchronized frame is held back.
    held_since: Option<Instant>,
    events: Vec<AlertEvent>,
}

impl Task {
    pub(super) fn new(session: Arc<Session>) -> Self {
        let size = session.facts().size;
        let options = ScreenOptions {
            replies: true,
            fast_forward: true,
            term_name: session.identity.term.clone(),
            ..ScreenOptions::default()
        };
        let end = session.log().watch_end();
        Self {
            screen: Screen::new(size, options),
            scanner: scanner(&session, size.rows),
            session,
            end,
            scanned: 0,
            shown: 0,
            awaited: false,
            ran_at: Instant::now(),
            run_due: None,
            idle_due: None,
            rest_until: None,
            held_since: None,
            events: Vec::new(),
        }
    }

    /// Runs until the Session is removed.
    pub(super) async fn run(mut self, mut commands: mpsc::Receiver<Command>) {
        let mut life = self.session.life();
        let mut over = false;
        self.end.mark_changed();
        loop {
            let wake = self.next_wake();
            tokio::select! {
                biased;
                command = commands.recv() => match command {
                    Some(Command::Close) | None => return,
                    Some(command) => self.command(command),
                },
                changed = life.changed(), if !over => {
                    let now = *life.borrow_and_update();
                    over = changed.is_err() || matches!(now, Life::Drained(_));
                    self.lived(now);
                }
                _ = self.end.changed(), if self.rest_until.is_none() => self.output(),
                () = sleep_until(wake.unwrap_or_else(Instant::now)), if wake.is_some() => self.woken(),
            }
        }
    }

    fn next_wake(&self) -> Option<Instant> {
        [self.run_due, self.idle_due, self.rest_until].into_iter().flatten().min()
    }

    fn woken(&mut self) {
        let now = Instant::now();
        let due = |at: Option<Instant>| at.is_some_and(|at| at <= now);
        if due(self.rest_until) {
            self.rest_until = None;
        }
        if due(self.run_due) {
            self.show();
        }
        if due(self.idle_due) {
            self.idle_due = None;
            self.scanner.idle(&mut self.events);
            self.record();
        }
    }

    fn command(&mut self, command: Command) {
        match command {
            Command::Show(answer) => {
                self.output();
                while self.shown < self.scanned {
                    self.feed_screen();
                }
                // The asker may have given up; then nobody misses the answer.
                let _ = answer.send(self.publish());
            }
            Command::Typed { bytes, echoes } => self.typed(&bytes, echoes),
            Command::Close => {}
            Command::Rules(rules) => {
                self.session.set_engine(&rules);
                self.scanner.set_engine(self.session.engine());
            }
        }
    }

    /// Output written before the typing must be scanned before it.
    fn typed(&mut self, bytes: &Bytes, echoes: bool) {
        self.output();
        self.awaited = true;
        if echoes {
            self.scanner.typed(bytes);
        }
    }

    /// Takes new output: the Scanner at once, the Screen when it is due.
    fn output(&mut self) {
        self.end.borrow_and_update();
        let taken = self.scan();
        if taken == 0 {
            return;
        }
        let now = Instant::now();
        self.idle_due = Some(now + IDLE);
        if taken > ANSWER_MAX {
            self.rest_until = Some(now + BURST);
        }
        let backlog = self.scanned - self.shown;
        let spoke_up = self.awaited || now.duration_since(self.ran_at) >= QUIET;
        if (spoke_up && backlog <= ANSWER_MAX) || backlog >= self.backlog_max() {
            self.show();
        } else if self.run_due.is_none() {
            self.run_due = Some(self.ran_at + self.pace());
        }
    }

    /// The Screen pins the ring too, so it must not fall further behind than the ring is long.
    fn backlog_max(&self) -> u64 {
        (self.session.log().room() as u64 / 2).clamp(1, SHOW_MAX as u64)
    }

    fn pace(&self) -> Duration {
        if self.is_watched() { WATCHED_PACE } else { UNWATCHED_PACE }
    }

    fn is_watched(&self) -> bool {
        self.session.pictures.receiver_count() > 0
    }

    /// Feeds the Scanner all there is; returns how many bytes that were.
    fn scan(&mut self) -> u64 {
        let began = self.scanned;
        let mut buffer = Vec::new();
        loop {
            buffer.clear();
            let span = self.session.log().read(self.scanned, SCAN_MAX, &mut buffer);
            if span.from == span.to {
                break;
            }
            self.scanner.feed(span.from, &buffer, &mut self.events);
            self.scanned = span.to;
            if self.scanned - self.shown >= self.backlog_max() {
                self.feed_screen();
            }
            self.unpin();
        }
        if self.scanned > began {
            self.record();
            self.session.facts().last_output_at = Some(Utc::now());
            self.session.hub.tell_activity();
        }
        self.scanned - began
    }

    /// Writes down what the Scanner found.
    fn record(&mut self) {
        if self.events.is_empty() {
            return;
        }
        let time = Utc::now();
        for event in self.events.drain(..) {
            self.session.hub.alerts.push(alert(&self.session, event, time));
        }
        self.session.facts().counts = self.scanner.counts();
        self.session.hub.tell_activity();
    }

    /// Brings the Screen up to date and shows it to whoever watches.
    fn show(&mut self) {
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
    fn hold_back(&mut self) -> bool {
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

    fn publish(&mut self) -> View {
        let view = View::of(&self.screen, self.shown);
        let mut sequence = Sequence::new(self.session.engine());
        let marks = mark_lines(&view, "", |line| mark(&mut sequence, line));
        let view = view.with_marks(marks);
        self.session.pictures.send_replace(Some(view.clone()));
        view
    }

    /// Feeds the Screen one piece, resizing it where the terminal was resized.
    fn feed_screen(&mut self) {
        let log = self.session.log().clone();
        let mut bytes = Vec::new();
        let limit = usize::try_from(self.scanned - self.shown).unwrap_or(SHOW_MAX).min(SHOW_MAX);
        let span = log.read(self.shown, limit, &mut bytes);
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
        self.unpin();
        self.answer_queries();
        self.take_notices();
    }

    fn unpin(&self) {
        self.session.log().unpin(self.shown.min(self.scanned));
    }

    fn answer_queries(&mut self) {
        let replies = self.screen.take_replies();
        if !replies.is_empty() {
            self.session.holder.reply(replies.into());
        }
    }

    fn take_notices(&mut self) {
        for notice in self.screen.take_notices() {
            match notice {
                Notice::Bell => self.session.hub.tell(Change::Bell(self.session.id())),
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

    fn lived(&mut self, life: Life) {
        self.output();
        let (status, exit) = match life {
            Life::Running => return,
            Life::Ended(exit) => (SessionStatus::GracePeriod, exit),
            Life::Drained(exit) => (SessionStatus::Disconnected, exit),
        };
        if status == SessionStatus::Disconnected {
            self.scanner.finish(&mut self.events);
            self.record();
            self.show();
        }
        let mut facts = self.session.facts();
        facts.status = status;
        facts.exit_status = Some(exit);
        facts.ended_at.get_or_insert_with(Utc::now);
        drop(facts);
        self.session.changed();
    }
}

fn scanner(session: &Session, rows: u16) -> Scanner {
    let mut scanner = Scanner::new(session.engine());
    scanner.set_rows(rows);
    scanner
}

/// The bytes of `from..to`, where `bytes` begins at `base`.
fn part(bytes: &[u8], base: Offset, from: Offset, to: Offset) -> &[u8] {
    let index = |offset: Offset| usize::try_from(offset.saturating_sub(base)).unwrap_or(0);
    bytes.get(index(from)..index(to)).unwrap_or_default()
}

/// The mark of a line, by the very engine that counts.
pub(super) fn mark(sequence: &mut Sequence, line: &str) -> Option<LineMark> {
    let Classification { severity, source, span } = sequence.next(line);
    if !severity.counts() {
        return None;
    }
    let color = sequence.rule(&source).and_then(|rule| rule.color);
    Some(LineMark { severity, span, color })
}

fn alert(session: &Session, event: AlertEvent, time: chrono::DateTime<Utc>) -> Alert {
    let rule = match event.source {
        Source::Rule(name) => name.to_string(),
        Source::Detector(name) => name.to_owned(),
        Source::None => String::new(),
    };
    Alert {
        sequence: 0,
        session_id: session.id(),
        time,
        severity: event.severity,
        rule,
        text: event.text,
        span: (event.span.start, event.span.end),
        offset: event.start,
        end: event.end,
    }
}
