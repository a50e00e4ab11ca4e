//! A Session: one program, its Log, its Screen, its counters.
//!
//! A task owns Screen and Scanner ([`task`]); [`Session`] is the cheap handle everybody else has.

mod echo;
mod facts;
mod history;
mod task;

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use chrono::Utc;
use tokio::sync::{mpsc, oneshot, watch};

use crate::alert::{Engine, RuleSet};
use crate::proto::{
    Activity, AttachedClient, Counts, ErrorCode, Role, SessionId, SessionInfo, SessionStatus,
    Signal, Winsize, WireError,
};
use crate::term::View;

use super::holder::{Holder, Life};
use super::hub::{Change, Hub};
use super::input::InputFull;
use super::log::Log;

pub use echo::{EchoFilter, Echoes};
pub use facts::{AttachmentId, Facts, Identity};
pub use history::Histories;

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
        bytes: Bytes,
        /// It will come back as output, which is no event.
        echoes: bool,
    },
    /// Other rules, or another name that rules may select.
    Rules(Arc<RuleSet>),
    /// The Session was removed.
    Close,
}

/// Handle of a Session, shared by everybody who deals with it.
#[derive(Debug)]
pub struct Session {
    identity: Identity,
    facts: Mutex<Facts>,
    holder: Holder,
    commands: mpsc::Sender<Command>,
    /// The newest picture; made only while somebody watches.
    pictures: watch::Sender<Option<View>>,
    echoes: Echoes,
    histories: Histories,
    engine: Mutex<Engine>,
    hub: Arc<Hub>,
}

impl Session {
    /// Takes over a started program and begins to count and to draw.
    #[must_use]
    pub fn start(
        identity: Identity,
        mut facts: Facts,
        holder: Holder,
        hub: Arc<Hub>,
        rules: &Arc<RuleSet>,
    ) -> Arc<Self> {
        facts.status = SessionStatus::Connected;
        facts.connected_at = Some(Utc::now());
        let (commands, wishes) = mpsc::channel(COMMANDS_CAPACITY);
        let engine = Engine::new(rules.clone(), &identity.scope(&facts.name));
        let session = Arc::new(Self {
            identity,
            facts: Mutex::new(facts),
            holder,
            commands,
            pictures: watch::Sender::new(None),
            echoes: Echoes::default(),
            histories: Histories::default(),
            engine: Mutex::new(engine),
            hub,
        });
        tokio::spawn(task::Task::new(session.clone()).run(wishes));
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

    /// Queues input for the program, whole or not at all.
    ///
    /// # Errors
    /// When the program is over, or does not read and its queue is full.
    pub fn write(&self, bytes: Bytes) -> Result<(), WireError> {
        if !matches!(*self.holder.life().borrow(), Life::Running) {
            let sentence = format!("the program of {} has ended", self.name());
            return Err(WireError::new(ErrorCode::SessionEnded, sentence));
        }
        let echoes = self.holder.echoes();
        if echoes {
            self.echoes.typed(self.log().range().1, &bytes);
        }
        // Told before it is written: the echo cannot come first.
        let _ = self.commands.try_send(Command::Typed { bytes: bytes.clone(), echoes });
        self.facts().last_input_at = Some(Utc::now());
        self.holder.write(bytes).map_err(|error: InputFull| {
            WireError::new(ErrorCode::LimitExceeded, format!("{}: {error}", self.name()))
        })
    }

    /// Signals the terminal's foreground process group.
    ///
    /// # Errors
    /// When nothing is left to be signalled.
    pub fn signal(&self, signal: Signal) -> Result<(), WireError> {
        self.holder.signal(signal).map_err(|error| self.failed("signal", &error))
    }

    /// Ends the whole process tree.
    ///
    /// # Errors
    /// When processes are left that cannot be killed.
    pub async fn kill(&self) -> Result<(), WireError> {
        self.holder.kill().await.map_err(|error| self.failed("kill", &error))
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

    /// Sets the size by wish; it no longer follows anybody until somebody types.
    pub fn resize(&self, size: Winsize) {
        let size = size.clamped();
        let mut facts = self.facts();
        facts.size = size;
        facts.size_owner = None;
        drop(facts);
        self.holder.resize(size);
        self.changed();
    }

    /// Gives it another name.
    pub fn rename(&self, name: String) {
        self.facts().name = name;
        self.changed();
    }

    /// Counters since last seen start at zero again.
    pub fn mark_seen(&self) {
        let mut facts = self.facts();
        facts.seen = facts.counts;
        drop(facts);
        self.hub.tell_activity();
    }

    /// Other rules from now on; what was counted stays.
    pub async fn set_rules(&self, rules: Arc<RuleSet>) {
        let _ = self.commands.send(Command::Rules(rules)).await;
    }

    /// Ends the task; what is left goes with the last handle.
    pub async fn close(&self) {
        let _ = self.commands.send(Command::Close).await;
    }

    /// Notes a client. An operator gets the size if nobody else has it.
    pub fn attach(&self, id: AttachmentId, client: AttachedClient) {
        let mut facts = self.facts();
        let takes = client.role == Role::Operator && facts.size_owner.is_none();
        let size = client.size;
        facts.clients.insert(id, client);
        drop(facts);
        if let (true, Some(size)) = (takes, size) {
            self.own_size(id, size);
        }
        self.changed();
    }

    /// Forgets a client.
    pub fn detach(&self, id: AttachmentId) {
        let mut facts = self.facts();
        facts.clients.remove(&id);
        if facts.size_owner == Some(id) {
            facts.size_owner = None;
        }
        drop(facts);
        self.changed();
    }

    /// A client's role changed.
    pub fn set_role(&self, id: AttachmentId, role: Role) {
        let mut facts = self.facts();
        if let Some(client) = facts.clients.get_mut(&id) {
            client.role = role;
        }
        if role == Role::Observer && facts.size_owner == Some(id) {
            facts.size_owner = None;
        }
        drop(facts);
        self.changed();
    }

    /// A client's view has another size; the terminal follows if the size is this client's.
    pub fn set_viewport(&self, id: AttachmentId, size: Winsize) {
        let mut facts = self.facts();
        let Some(client) = facts.clients.get_mut(&id) else { return };
        client.size = Some(size);
        let operates = client.role == Role::Operator;
        let owns = facts.size_owner == Some(id) || (operates && facts.size_owner.is_none());
        drop(facts);
        match owns {
            true => self.own_size(id, size),
            false => self.changed(),
        }
    }

    /// An operator typed: the size follows whoever typed last.
    pub fn typed_by(&self, id: AttachmentId) {
        let facts = self.facts();
        if facts.size_owner == Some(id) {
            return;
        }
        let Some(size) = facts.clients.get(&id).and_then(|client| client.size) else { return };
        drop(facts);
        self.own_size(id, size);
    }

    fn own_size(&self, id: AttachmentId, size: Winsize) {
        let size = size.clamped();
        let mut facts = self.facts();
        facts.size_owner = Some(id);
        facts.size = size;
        drop(facts);
        self.holder.resize(size);
        self.changed();
    }

    fn changed(&self) {
        self.hub.tell(Change::Session(self.identity.id));
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
        }
    }

    /// Facts are plain values: a panic elsewhere cannot leave them half changed.
    fn facts(&self) -> MutexGuard<'_, Facts> {
        self.facts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
