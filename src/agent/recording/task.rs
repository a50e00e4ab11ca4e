//! The task that records one Session: reads the Log at its own pace, and lets the disk's thread write.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use chrono::Utc;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until, timeout};

use super::file::Recording;
use super::{RECORDING, Recordings, Saved, info};
use crate::agent::audit::{Entry, On};
use crate::agent::holder::Life;
use crate::agent::session::Session;
use crate::cast::Encoder;
use crate::proto::{Offset, RecordingInfo};

/// Output that is written at once.
const BATCH: usize = 256 << 10;
/// Pause between writes, so that a flood is not written in crumbs.
const REST: Duration = Duration::from_millis(50);
/// How long after a failure it is tried again.
const RETRY: Duration = Duration::from_millis(500);
/// A disk that takes longer than this counts as failing.
const SLOW: Duration = Duration::from_millis(500);

/// See the module's documentation.
pub struct Task {
    session: Arc<Session>,
    recordings: Arc<Recordings>,
    stop: watch::Receiver<bool>,
    cast: Encoder,
    /// Of the Log: what was read.
    at: Offset,
    /// When the newest output came.
    time: u64,
    /// What is in the file.
    saved: Saved,
    file: Option<Recording>,
    /// Lines that could not be written yet; nothing more is read before they are.
    waiting: Vec<u8>,
    /// The end of the recording is among them.
    ended: bool,
    /// Bytes that are missing up to here.
    missing: u64,
    told: RecordingInfo,
}

impl Task {
    pub fn new(
        session: Arc<Session>,
        recordings: Arc<Recordings>,
        saved: Saved,
        stop: watch::Receiver<bool>,
    ) -> Self {
        let told = info(&saved, None);
        let cast = encoder(&session, &saved);
        let (at, ended, missing) = (saved.offset, false, saved.missing);
        let (file, waiting, time) = (None, Vec::new(), 0);
        Self {
            session,
            recordings,
            stop,
            cast,
            at,
            time,
            saved,
            file,
            waiting,
            ended,
            missing,
            told,
        }
    }

    /// Runs until everything is written, or somebody stops it.
    pub async fn run(mut self) {
        let log = self.session.log().clone();
        let (mut end, mut life) = (log.watch_end(), self.session.life());
        let mut stop = self.stop.clone();
        end.mark_changed();
        let mut rest = Instant::now();
        loop {
            tokio::select! {
                biased;
                _ = stop.wait_for(|stop| *stop) => return,
                () = sleep_until(rest) => {}
            }
            end.borrow_and_update();
            let over = life.borrow_and_update().is_over();
            let more = self.read(over);
            rest = match self.write().await {
                Ok(()) if self.saved.done => return,
                Ok(()) if more => continue,
                Ok(()) => Instant::now() + REST,
                Err(_) => {
                    rest = Instant::now() + RETRY;
                    continue;
                }
            };
            // Silent while the program is.
            tokio::select! {
                _ = stop.wait_for(|stop| *stop) => return,
                _ = end.changed() => {}
                _ = life.changed(), if !over => {}
            }
        }
    }

    /// Makes lines of what is new; whether there is more.
    fn read(&mut self, over: bool) -> bool {
        let log = self.session.log().clone();
        let mut bytes = Vec::new();
        while self.waiting.len() < BATCH && !self.ended {
            let marks = log.marks(self.at, self.at);
            if let Some(mark) = marks.last() {
                self.cast.resize(mark.at, mark.size);
            }
            bytes.clear();
            let span = log.read_timed(self.at, BATCH, &mut bytes);
            self.time = span.at.max(self.time);
            if span.from > self.at {
                self.cast.gap(span.at, self.at, span.from);
                self.missing += span.from - self.at;
                // At its new place there may be another size.
                self.cast.resize(span.at, log.size_at(span.from));
            }
            self.cast.output(span.at, &bytes);
            self.at = span.to;
            if span.to == span.from {
                if over {
                    self.finish();
                }
                break;
            }
            self.waiting.extend(self.cast.take());
        }
        self.waiting.extend(self.cast.take());
        self.waiting.len() >= BATCH
    }

    fn finish(&mut self) {
        let now = u64::try_from(Utc::now().timestamp_micros()).unwrap_or_default();
        let now = if self.time > 0 { self.time } else { now };
        let ending = match *self.session.life().borrow() {
            Life::Ended(status) | Life::Drained { status, .. } => status.to_string(),
            Life::Lost => "its holder was lost".to_owned(),
            Life::Running => return,
        };
        self.cast.finish(now);
        self.cast.marker(now, &format!("watchdeck: the program ended: {ending}"));
        self.ended = true;
    }

    /// Writes what waits. While that is not possible, nothing more is read: the Log keeps it as far as
    /// its ring goes, and what it no longer has is told as missing.
    async fn write(&mut self) -> io::Result<()> {
        if self.waiting.is_empty() && self.file.is_some() {
            return Ok(());
        }
        let (file, lines, saved) =
            (self.file.take(), std::mem::take(&mut self.waiting), self.saved.clone());
        let work = move || written(file, lines, &saved);
        let recordings = self.recordings.clone();
        let mut working = std::pin::pin!(recordings.disk.run(work));
        let done = match timeout(SLOW, &mut working).await {
            Ok(done) => done,
            Err(_) => {
                self.failed("the disk does not answer");
                working.await
            }
        };
        let (file, lines, outcome) = match done {
            Ok(written) => written,
            Err(error) => {
                self.go_back();
                self.failed(&error.to_string());
                return Err(error);
            }
        };
        (self.file, self.waiting) = (file, lines);
        match &outcome {
            Ok(()) => self.wrote(),
            Err(error) if self.saved.length > 0 && is_gone(error) => self.begin_again(error),
            Err(error) => self.failed(&error.to_string()),
        }
        outcome
    }

    /// The lines are lost, and are made once more.
    fn go_back(&mut self) {
        self.cast = encoder(&self.session, &self.saved);
        (self.at, self.missing, self.ended) = (self.saved.offset, self.saved.missing, false);
        self.file = None;
        self.waiting.clear();
    }

    /// Everything read so far is in the file.
    fn wrote(&mut self) {
        self.saved.length = self.file.as_ref().map_or(0, Recording::length);
        self.saved.offset = self.at.saturating_sub(self.cast.carried());
        self.saved.progress = self.cast.progress();
        (self.saved.missing, self.saved.done) = (self.missing, self.ended);
        self.save();
        self.tell(info(&self.saved, None));
    }

    fn save(&self) {
        if let Ok(json) = serde_json::to_vec(&self.saved)
            && !self.session.holder().store(RECORDING, json)
        {
            tracing::debug!(
                session = self.session.name(),
                "its holder did not take its recording's place"
            );
        }
    }

    fn failed(&mut self, why: &str) {
        self.tell(info(&self.saved, Some(why)));
    }

    /// Somebody took the file away: another one goes on, with what the Log still has of the recording.
    fn begin_again(&mut self, error: &io::Error) {
        tracing::error!(session = self.session.name(), %error, "a recording begins again");
        let size = self.session.log().size_at(0);
        self.saved = self.saved.again(size);
        self.go_back();
        self.failed(&error.to_string());
    }

    /// Tells everybody when something changed, and the audit log when it is the state.
    fn tell(&mut self, now: RecordingInfo) {
        if now == self.told {
            return;
        }
        if now.state != self.told.state {
            let entry = Entry::now("recording").on(Some(&On::session(&self.session)));
            let entry = entry.with("state", now.state).with("file", &now.file);
            let entry = entry.with("missing", now.missing);
            self.recordings.audit.tell(match &now.error {
                Some(error) => entry.with("error", error),
                None => entry,
            });
            let session = self.session.name();
            match &now.error {
                Some(error) => tracing::error!(session, error, "a recording cannot be written"),
                None => tracing::info!(session, state = now.state.word(), "a recording"),
            }
        }
        self.told = now.clone();
        self.session.tell_recording(now);
    }
}

fn encoder(session: &Session, saved: &Saved) -> Encoder {
    let info = session.info();
    Encoder::resume(format!("{}/{}", info.machine, info.name), info.term, saved.progress)
}

/// Whether the file is not what it was.
fn is_gone(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::UnexpectedEof | io::ErrorKind::NotFound)
}

type Written = (Option<Recording>, Vec<u8>, io::Result<()>);

/// In the disk's thread: opens the file if need be and adds the lines, which come back if that failed.
fn written(file: Option<Recording>, mut lines: Vec<u8>, saved: &Saved) -> io::Result<Written> {
    let opened = match file {
        Some(file) => file.check(&saved.path).map(|()| file),
        None => Recording::open(&saved.path, saved.length),
    };
    Ok(match opened {
        Err(error) => (None, lines, Err(error)),
        Ok(mut file) => {
            let outcome = file.append(&mut lines);
            (Some(file), lines, outcome)
        }
    })
}
