//! The one owner of a Session's Screen and Scanner: two cursors on its Log.
//!
//! The Scanner reads every byte as it comes, so counts are exact. The Screen is pulled: at once when
//! a quiet program speaks, so that echo never waits for a tick, and at frame rate under a flood, so
//! that long runs can be fast-forwarded. Neither ever waits for a client.
//!
//! Now and then both are written down at the holder, so that the next Agent goes on where this one
//! was: what was counted is not counted again, and what was not is. The holder keeps the output from
//! there on.

mod drawing;
mod saving;

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep_until};

use crate::alert::{AlertEvent, Classification, Scanner, Sequence, Source};
use crate::proto::{Alert, Offset, SessionStatus};
use crate::term::{LineMark, Screen, ScreenOptions};

use super::super::holder::{InputPermit, Life};
use super::{Command, Input, Session};

/// Bytes the Scanner takes before other wishes are looked at.
const SCAN_MAX: usize = 256 << 10;
/// A program that was silent for this long is drawn at once when it speaks.
const QUIET: Duration = Duration::from_millis(10);
/// Output up to this size after silence counts as an answer, not as a flood.
const ANSWER_MAX: u64 = 4 << 10;
/// A flood is looked at in bursts: each wake-up costs as much as scanning many kilobytes.
const BURST: Duration = Duration::from_millis(1);
/// After this much silence an unfinished line is classified.
const IDLE: Duration = Duration::from_millis(300);
/// The Scanner is written down after this part of the ring, the Screen after twice as much.
const CHECKPOINT_PART: u64 = 8;
/// After less output than this a silence is no reason to write the Screen down.
const SCREEN_WORTH: u64 = 64 << 10;

/// Where the Agent before had come to.
pub struct Resumed {
    /// Its Scanner.
    pub scanner: Scanner,
    /// The Scanner's cursor.
    pub scanned: Offset,
    /// Its Screen.
    pub screen: Screen,
    /// The Screen's cursor.
    pub shown: Offset,
    /// Queries before this offset were answered.
    pub answered: Offset,
}

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
    /// Queries before this offset were answered by an Agent before.
    answered: Offset,
    /// The cursors as they are written down.
    saved: Saved,
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
    /// Alerts that the holder could not take yet, as lines. They go before the Scanner that has found
    /// them: else the next Agent would count on without knowing them.
    unsaved: Vec<u8>,
}

/// How far what the holder remembers goes.
#[derive(Debug, Clone, Copy)]
struct Saved {
    scanner: Offset,
    screen: Offset,
}

/// How Screens of an Agent behave: they answer for the terminal.
pub fn screen_options(term: &str) -> ScreenOptions {
    ScreenOptions {
        replies: true,
        fast_forward: true,
        term_name: term.to_owned(),
        ..ScreenOptions::default()
    }
}

impl Task {
    pub(super) fn new(session: Arc<Session>, resumed: Option<Resumed>) -> Self {
        let size = session.facts().size;
        let resumed = resumed.unwrap_or_else(|| Resumed {
            scanner: scanner(&session, size.rows),
            scanned: 0,
            screen: Screen::new(size, screen_options(&session.identity.term)),
            shown: 0,
            answered: 0,
        });
        let Resumed { scanner, scanned, screen, shown, answered } = resumed;
        let end = session.log().watch_end();
        session.facts().counts = scanner.counts();
        Self {
            screen,
            scanner,
            session,
            end,
            scanned,
            shown,
            answered,
            saved: Saved { scanner: scanned, screen: shown },
            awaited: false,
            ran_at: Instant::now(),
            run_due: None,
            idle_due: None,
            rest_until: None,
            held_since: None,
            events: Vec::new(),
            unsaved: Vec::new(),
        }
    }

    /// Runs until the Session is removed.
    pub(super) async fn run(mut self, mut commands: mpsc::Receiver<Command>) {
        let mut life = self.session.life();
        let mut flow = self.session.holder.flow();
        let mut over = false;
        self.end.mark_changed();
        life.mark_changed();
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
                    over = changed.is_err() || now.is_over();
                    self.lived(now);
                }
                changed = flow.changed(), if !over => {
                    if changed.is_ok() {
                        flow.borrow_and_update();
                        self.session.around.hub.tell_activity();
                    }
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
            self.checkpoint(SCREEN_WORTH);
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
            Command::Typed { input, echoes, permit } => self.typed(input, echoes, permit),
            Command::Checkpoint(done) => {
                self.output();
                self.checkpoint(0);
                let _ = done.send(());
            }
            Command::Close => {}
            Command::Rules(rules) => {
                self.session.set_engine(&rules);
                self.scanner.set_engine(self.session.engine());
            }
        }
    }

    /// Output written before the typing must be scanned before it.
    fn typed(&mut self, input: Input, echoes: bool, permit: InputPermit) {
        self.output();
        self.awaited = true;
        if echoes {
            self.scanner.typed(&input.bytes);
            // The next Agent must expect the echo, too, where it could be taken for an event.
            if self.scanner.expects_echo() {
                self.save_scanner();
            }
        }
        permit.send(input.source, input.seq, input.bytes.into());
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
            self.note_gap(span.from);
            self.scanner.feed(span.from, &buffer, &mut self.events);
            self.scanned = span.to;
            if self.scanned.saturating_sub(self.shown) >= self.backlog_max() {
                self.feed_screen();
            }
            if self.scanned - self.saved.scanner >= self.session.log().capacity() / CHECKPOINT_PART
            {
                self.record();
                self.checkpoint(2 * self.session.log().capacity() / CHECKPOINT_PART);
            }
        }
        if self.scanned > began {
            self.record();
            self.session.facts().last_output_at = self.time_of_output();
            self.session.around.hub.tell_activity();
        }
        self.scanned - began
    }

    /// When the newest output came.
    fn time_of_output(&self) -> Option<DateTime<Utc>> {
        time(self.session.log().time_at(self.scanned)).or_else(|| Some(Utc::now()))
    }

    /// Output that was overwritten before it was scanned, while no Agent was there.
    fn note_gap(&mut self, from: Offset) {
        let missing = from.saturating_sub(self.scanned);
        if missing > 0 {
            let name = self.session.name();
            tracing::warn!(session = name, missing, "output was overwritten before it was counted");
            self.session.facts().uncounted += missing;
        }
    }

    fn lived(&mut self, life: Life) {
        if life == Life::Running {
            return;
        }
        self.output();
        if life.is_over() {
            self.scanner.finish(&mut self.events);
            self.record();
            self.show();
            self.checkpoint(0);
        }
        let mut facts = self.session.facts();
        match life {
            Life::Running => {}
            Life::Ended(exit) => {
                facts.status = SessionStatus::GracePeriod;
                facts.exit_status = Some(exit);
            }
            Life::Drained { status, orphans } => {
                facts.status = SessionStatus::Disconnected;
                facts.exit_status = Some(status);
                facts.orphans = orphans;
            }
            Life::Lost => {
                facts.status = SessionStatus::Disconnected;
                facts.lost.get_or_insert_with(|| "holder".to_owned());
            }
        }
        facts.ended_at.get_or_insert_with(Utc::now);
        drop(facts);
        if life.is_over() {
            self.session.remember();
            self.session.over.send_replace(true);
        }
        self.session.changed();
    }
}

/// Microseconds since the Unix epoch as a time.
fn time(micros: Option<u64>) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp_micros(i64::try_from(micros?).ok()?)
}

fn scanner(session: &Session, rows: u16) -> Scanner {
    let mut scanner = Scanner::new(session.engine());
    scanner.set_rows(rows);
    scanner
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
