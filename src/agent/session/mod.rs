//! A Session: one program, its Log, its Screen, its counters.
//!
//! A task owns Screen and Scanner ([`task`]); [`Session`] is the cheap handle everybody else has.

mod clients;
mod echo;
mod facts;
mod history;
mod input;
mod record;
mod task;

use std::io;
use std::path::PathBuf;
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use chrono::Utc;
use tokio::sync::{mpsc, oneshot, watch};

use crate::alert::{Engine, RuleSet};
use crate::proto::{
    Activity, Counts, ErrorCode, RecordingInfo, SessionId, SessionInfo, SessionStatus, Signal,
    WireError,
};
use crate::term::View;

use crate::holder::wire::Source;

use super::holder::{Holder, InputPermit, Life};
use super::hub::{Change, Hub};
use super::log::Log;
use super::recording::{Recorder, Recordings, Saved};
use super::registry::Registry;

pub use echo::{EchoFilter, Echoes};
pub use facts::{AttachmentId, Facts, Identity};
pub use history::Histories;
pub use record::{ALERTS, RECORD, Record, SCANNER, SCREEN, alert_lines, alerts, split_offset};
pub use task::{Resumed, screen_options};

/// How long the end of a killed program may take to be known.
const END_DEADLINE: Duration = Duration::from_secs(5);
/// Wishes that may wait for a Session's task.
const COMMANDS_CAPACITY: usize = 64;

/// A wish to the task that owns the Screen and the Scanner.
#[derive(Debug)]
enum Command {
    /// Show everything written so far, and answer with the picture.
    Show(oneshot::Sender<View>),
    /// Operators typed this; what comes next is drawn at once.
    Typed {
        /// What was typed.
        input: Input,
        /// It will come back as output, which is no event.
        echoes: bool,
        /// Room for it at the holder.
        permit: InputPermit,
    },
    /// What was understood so far is written down.
    Checkpoint(oneshot::Sender<()>),
    /// Other rules, or another name that rules may select.
    Rules(Arc<RuleSet>),
    /// The Session was removed, or another Agent goes on with it.
    Close,
}

/// Input for a program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// The client that numbers it; 0 when it is not numbered.
    pub source: Source,
    /// Its number.
    pub seq: u64,
    /// The bytes.
    pub bytes: Bytes,
}

impl From<Bytes> for Input {
    /// Input that is not numbered, so never sent again.
    fn from(bytes: Bytes) -> Self {
        Self { source: 0, seq: 0, bytes }
    }
}

/// What all Sessions of an Agent share.
#[derive(Debug, Clone)]
pub struct Surroundings {
    /// Where changes are told.
    pub hub: Arc<Hub>,
    /// Where Sessions are written down.
    pub registry: Arc<Registry>,
    /// The Agent's socket.
    pub agent: PathBuf,
    /// The boot of the machine.
    pub boot: String,
    /// Who records them.
    pub recordings: Arc<Recordings>,
}

/// Handle of a Session, shared by everybody who deals with it.
#[derive(Debug)]
pub struct Session {
    identity: Identity,
    facts: Mutex<Facts>,
    holder: Holder,
    commands: mpsc::Sender<Command>,
    /// Its program is over, its output complete, and both are known here.
    over: watch::Sender<bool>,
    /// The newest picture; made only while somebody watches.
    pictures: watch::Sender<Option<View>>,
    echoes: Echoes,
    histories: Histories,
    engine: Mutex<Engine>,
    /// Bytes of the line that was begun at a program that reads whole lines.
    line: AtomicUsize,
    recorder: Recorder,
    around: Surroundings,
}

impl Session {
    /// Takes over a program and begins to count and to draw: from its beginning, or from where the
    /// Agent before had come to.
    #[must_use]
    pub fn start(
        identity: Identity,
        mut facts: Facts,
        holder: Holder,
        around: Surroundings,
        rules: &Arc<RuleSet>,
        resumed: Option<Resumed>,
        recording: Option<Saved>,
    ) -> Arc<Self> {
        facts.status = SessionStatus::Connected;
        facts.connected_at.get_or_insert_with(Utc::now);
        let (commands, wishes) = mpsc::channel(COMMANDS_CAPACITY);
        let engine = Engine::new(rules.clone(), &identity.scope(&facts.name));
        let session = Arc::new(Self {
            identity,
            facts: Mutex::new(facts),
            holder,
            commands,
            over: watch::Sender::new(false),
            pictures: watch::Sender::new(None),
            echoes: Echoes::default(),
            histories: Histories::default(),
            engine: Mutex::new(engine),
            line: AtomicUsize::new(0),
            recorder: Recorder::default(),
            around,
        });
        tokio::spawn(task::Task::new(session.clone(), resumed).run(wishes));
        session.remember();
        if let Some(saved) = recording {
            session.recorder.start(&session, &session.around.recordings, saved);
        }
        session
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> SessionId {
        self.identity.id
    }

    /// Its name now.
    #[must_use]
    pub fn name(&self) -> String {
        self.facts().name.clone()
    }

    /// TERM of its program.
    #[must_use]
    pub fn term(&self) -> &str {
        &self.identity.term
    }

    /// Everything, for the wire.
    #[must_use]
    pub fn info(&self) -> SessionInfo {
        self.facts().info(&self.identity, self.holder_facts(), Utc::now())
    }

    /// The part that changes with every line of output.
    #[must_use]
    pub fn activity(&self) -> Activity {
        self.facts().activity(self.identity.id, self.holder_facts())
    }

    /// Totals.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.facts().counts
    }

    /// When it was last active.
    #[must_use]
    pub fn last_active(&self) -> Option<chrono::DateTime<Utc>> {
        self.facts().last_active()
    }

    /// Whether its program is over and its output complete.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.facts().status == SessionStatus::Disconnected
    }

    /// The output.
    #[must_use]
    pub fn log(&self) -> &Arc<Log> {
        self.holder.log()
    }

    /// The program's life.
    #[must_use]
    pub fn life(&self) -> watch::Receiver<Life> {
        self.holder.life()
    }

    /// What operators typed lately.
    #[must_use]
    pub fn echoes(&self) -> &Echoes {
        &self.echoes
    }

    /// Renderings of the Log.
    #[must_use]
    pub fn histories(&self) -> &Histories {
        &self.histories
    }

    /// Pictures from now on; holding the receiver makes the task draw.
    #[must_use]
    pub fn pictures(&self) -> watch::Receiver<Option<View>> {
        self.pictures.subscribe()
    }

    /// The picture of everything written so far.
    ///
    /// # Errors
    /// When the Session's task is gone.
    pub async fn show(&self) -> Result<View, WireError> {
        let (answer, picture) = oneshot::channel();
        let gone = |_| WireError::new(ErrorCode::SessionNotFound, "the session was removed");
        self.commands.send(Command::Show(answer)).await.map_err(|_| gone(()))?;
        picture.await.map_err(|_| gone(()))
    }

    /// Handle of the process that holds it.
    #[must_use]
    pub fn holder(&self) -> &Holder {
        &self.holder
    }

    /// Signals the terminal's foreground process group.
    ///
    /// # Errors
    /// When nothing is left to be signalled.
    pub async fn signal(&self, signal: Signal) -> Result<(), WireError> {
        self.holder.signal(signal).await.map_err(|error| self.failed("signal", &error))
    }

    /// Ends the whole process tree; returns once nothing is left of it and its end is known.
    ///
    /// # Errors
    /// When processes are left that cannot be killed.
    pub async fn kill(&self) -> Result<(), WireError> {
        self.holder.kill().await.map_err(|error| self.failed("kill", &error))?;
        let mut over = self.over.subscribe();
        // Its last output is drained within some seconds; whoever asked need not wait for ever.
        let _ = tokio::time::timeout(END_DEADLINE, over.wait_for(|over| *over)).await;
        Ok(())
    }

    fn failed(&self, verb: &str, error: &io::Error) -> WireError {
        match error.kind() {
            io::ErrorKind::NotFound => WireError::new(
                ErrorCode::SessionEnded,
                format!("the program of {} has ended", self.name()),
            ),
            _ => WireError::new(
                ErrorCode::Internal,
                format!("cannot {verb} {}: {error}", self.name()),
            ),
        }
    }

    /// Gives it another name.
    pub fn rename(&self, name: String) {
        self.facts().name = name;
        self.remember();
        self.changed();
    }

    /// Counters since last seen start at zero again.
    pub fn mark_seen(&self) {
        let mut facts = self.facts();
        facts.seen = facts.counts;
        drop(facts);
        self.remember();
        self.around.hub.tell_activity();
    }

    /// Returns once the next Agent would know all that was written down.
    pub async fn remembered(&self) {
        self.holder.sync().await;
    }

    /// Other rules from now on; what was counted stays.
    pub async fn set_rules(&self, rules: Arc<RuleSet>) {
        let _ = self.commands.send(Command::Rules(rules)).await;
    }

    /// Makes the holder remember all that was understood so far, for the next Agent.
    pub async fn checkpoint(&self) {
        let (done, waits) = oneshot::channel();
        if self.commands.send(Command::Checkpoint(done)).await.is_ok() {
            let _ = waits.await;
        }
    }

    /// Leaves it to another Agent: all that was understood so far is written down, and nothing is done
    /// to it any more.
    pub async fn release(&self) {
        self.recorder.stop(false).await;
        self.checkpoint().await;
        let _ = self.commands.send(Command::Close).await;
        self.commands.closed().await;
        self.holder.leave().await;
    }

    /// Forgets it: ends the task and the holder.
    pub async fn close(&self) {
        self.recorder.stop(self.is_over()).await;
        let _ = self.commands.send(Command::Close).await;
        self.holder.quit().await;
        self.around.registry.forget(self.identity.id);
    }

    /// Its recording began, ended, fails or goes on again.
    pub fn tell_recording(&self, recording: RecordingInfo) {
        self.facts().recording = Some(recording);
        self.changed();
    }

    /// Writes down who it is, for the next Agent and for the time after a reboot.
    fn remember(&self) {
        let record = self.record();
        if let Ok(json) = serde_json::to_vec(&record)
            && !self.holder.store(RECORD, json)
        {
            tracing::debug!(session = record.name, "its holder did not take its record");
        }
        self.around.registry.save(record);
    }

    fn record(&self) -> Record {
        let log_end = self.log().range().1;
        let facts = self.facts();
        Record {
            identity: self.identity.clone(),
            agent: self.around.agent.clone(),
            boot: self.around.boot.clone(),
            pid: self.holder.pid(),
            name: facts.name.clone(),
            cwd: facts.cwd.clone(),
            size: facts.size,
            connected_at: facts.connected_at,
            ended_at: facts.ended_at,
            exit_status: facts.exit_status,
            counts: facts.counts,
            seen: facts.seen,
            log_end,
        }
    }

    fn changed(&self) {
        self.around.hub.tell(Change::Session(self.identity.id));
    }

    /// What classifies its lines, wherever they are shown.
    fn engine(&self) -> Engine {
        self.engine.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set_engine(&self, rules: &Arc<RuleSet>) {
        let engine = Engine::new(rules.clone(), &self.identity.scope(&self.name()));
        *self.engine.lock().unwrap_or_else(PoisonError::into_inner) = engine;
    }

    fn holder_facts(&self) -> facts::HolderFacts {
        let (log_start, log_end) = self.log().range();
        facts::HolderFacts {
            pid: self.holder.pid(),
            log_start,
            log_end,
            input_waiting: self.holder.input_waiting(),
            output_stopped: self.holder.flow().borrow().stopped,
        }
    }

    /// Facts are plain values: a panic elsewhere cannot leave them half changed.
    fn facts(&self) -> MutexGuard<'_, Facts> {
        self.facts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
