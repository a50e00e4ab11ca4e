//! Recordings that the Agent makes of its Sessions: one more cursor on the Log, in a task of its own
//! ([`task`]), whose disk work one thread does for all ([`disk`]). The program and its viewers never wait
//! for it. How far a recording has come, the Session's holder remembers ([`Saved`]), so that the next
//! Agent goes on at the exact byte.

mod disk;
mod file;
mod task;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use chrono::Utc;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::cast::Progress;
use crate::holder::wire::Slot;
use crate::proto::{
    ErrorCode, Offset, RecordMode, RecordingInfo, RecordingState, Winsize, WireError,
};

use super::audit::{Audit, Entry, On};
use super::session::{Facts, Identity, Session};

use disk::Disk;

/// Slot of what the holder remembers of the recording, as JSON.
pub const RECORDING: Slot = Slot(5);
/// How long the end of a recording may take when its Session is left or forgotten.
const STOP_DEADLINE: Duration = Duration::from_secs(2);

/// How an Agent records.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RecordingOptions {
    /// How every Session is recorded; `None`: only those that are started so.
    pub sessions: Option<RecordMode>,
    /// Where; without a directory nothing can be recorded.
    pub dir: Option<PathBuf>,
}

/// How far a recording has come. What of its file goes beyond is written once more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Saved {
    /// How it is done.
    pub mode: RecordMode,
    /// The file.
    pub path: PathBuf,
    /// Bytes of it.
    pub length: u64,
    /// The Log's offset that they go up to.
    pub offset: Offset,
    /// Where the lines are.
    pub progress: Progress,
    /// Bytes of output that are missing in it.
    pub missing: u64,
    /// Everything is in it.
    pub done: bool,
    /// How many files before it were taken away.
    #[serde(default)]
    pub again: u32,
}

impl Saved {
    fn new(mode: RecordMode, path: PathBuf, size: Winsize) -> Self {
        let progress = Progress { start: None, last: 0, size };
        Self { mode, path, length: 0, offset: 0, progress, missing: 0, done: false, again: 0 }
    }

    /// What a holder remembers from its start on.
    #[must_use]
    pub fn stored(&self) -> Option<(u8, String)> {
        serde_json::to_string(self).ok().map(|json| (RECORDING.0, json))
    }

    /// Another file after this one, from the beginning of the output.
    fn again(&self, size: Winsize) -> Self {
        let again = self.again + 1;
        let stem = self.path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let first = match self.again {
            0 => stem.as_str(),
            before => stem.strip_suffix(&format!("+{before}")).unwrap_or(&stem),
        };
        let path = self.path.with_file_name(format!("{first}+{again}.cast"));
        Self { again, ..Self::new(self.mode, path, size) }
    }
}

/// What recording needs of an Agent.
#[derive(Debug)]
pub struct Recordings {
    options: RecordingOptions,
    disk: Disk,
    audit: Arc<Audit>,
}

impl Recordings {
    /// Nothing is recorded yet.
    #[must_use]
    pub fn new(options: RecordingOptions, audit: Arc<Audit>) -> Self {
        Self { options, disk: Disk::default(), audit }
    }

    /// What is to be recorded of a Session that is about to be started; the stricter wish holds.
    ///
    /// # Errors
    /// There is no directory for it; or, in strict mode, its file cannot be made.
    pub async fn prepare(
        &self,
        wish: Option<RecordMode>,
        identity: &Identity,
        facts: &Facts,
    ) -> Result<Option<Saved>, WireError> {
        let Some(mode) = wish.max(self.options.sessions) else { return Ok(None) };
        let Some(dir) = &self.options.dir else {
            let sentence = "nothing was started: this agent has no directory for recordings; set recording.dir";
            return Err(WireError::new(ErrorCode::InvalidRequest, sentence));
        };
        let path = dir.join(file_name(identity, &facts.name));
        let saved = Saved::new(mode, path, facts.size);
        if mode == RecordMode::Strict {
            let path = saved.path.clone();
            // Closed again: the task that records opens it, as after a restart.
            let made = self.disk.run(move || file::Recording::open(&path, 0).map(drop)).await;
            made.map_err(|error| {
                not_recorded(&saved.path, &error.to_string(), "nothing was started")
            })?;
        }
        Ok(Some(saved))
    }
}

fn file_name(identity: &Identity, name: &str) -> String {
    let id = identity.id.to_string();
    let short = id.rsplit('-').next().unwrap_or_default();
    format!("{}-{name}-{short}.cast", Utc::now().format("%Y%m%dT%H%M%SZ"))
}

fn not_recorded(path: &Path, why: &str, what: &str) -> WireError {
    let sentence = format!(
        "{what}: the session must be recorded (strict), and {} cannot be written: {why}",
        path.display()
    );
    WireError::new(ErrorCode::NotRecorded, sentence)
}

/// What everybody is told of a recording.
#[must_use]
fn info(saved: &Saved, error: Option<&str>) -> RecordingInfo {
    let state = match error {
        Some(_) => RecordingState::Failing,
        None if saved.done => RecordingState::Done,
        None => RecordingState::Recording,
    };
    RecordingInfo {
        mode: saved.mode,
        state,
        file: saved.path.display().to_string(),
        missing: saved.missing,
        error: error.map(str::to_owned),
    }
}

/// The recorder of one Session; records nothing by default.
#[derive(Debug, Default)]
pub struct Recorder {
    running: std::sync::Mutex<Option<Running>>,
}

#[derive(Debug)]
struct Running {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Recorder {
    /// Begins, or goes on, to record a Session.
    pub fn start(&self, session: &Arc<Session>, recordings: &Arc<Recordings>, saved: Saved) {
        session.tell_recording(info(&saved, None));
        if saved.done {
            return;
        }
        let entry = Entry::now("recording").on(Some(&On::session(session)));
        let entry = entry.with("state", RecordingState::Recording).with("mode", saved.mode);
        recordings.audit.tell(entry.with("file", saved.path.display().to_string()));
        let (stop, stopped) = watch::channel(false);
        let task = task::Task::new(session.clone(), recordings.clone(), saved, stopped);
        let task = tokio::spawn(task.run());
        *self.running.lock().unwrap_or_else(std::sync::PoisonError::into_inner) =
            Some(Running { stop, task });
    }

    /// Ends it; returns once nothing is written any more, or the disk did not answer for a while. Of a
    /// program that is `over` everything is written first.
    pub async fn stop(&self, over: bool) {
        let running = self.running.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take();
        let Some(Running { stop, mut task }) = running else { return };
        if over && tokio::time::timeout(STOP_DEADLINE, &mut task).await.is_ok() {
            return;
        }
        stop.send_replace(true);
        let _ = tokio::time::timeout(STOP_DEADLINE, task).await;
    }
}

/// Whether input may reach a program that is recorded so.
///
/// # Errors
/// `NotRecorded`.
pub fn permit(recording: Option<&RecordingInfo>) -> Result<(), WireError> {
    match recording {
        Some(RecordingInfo { mode: RecordMode::Strict, error: Some(why), file, .. }) => {
            Err(not_recorded(Path::new(file), why, "nothing was sent"))
        }
        _ => Ok(()),
    }
}
