//! What is known of a Session besides its output. Read by lists, written by the Session's task and
//! by clients' requests; never locked across an await.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::alert::Scope;
use crate::proto::{
    Activity, AttachedClient, Counts, ExitStatus, Offset, RecordingInfo, SessionId, SessionInfo,
    SessionStatus, Winsize,
};

/// Identity of an attachment within an Agent.
pub type AttachmentId = u64;

/// What never changes.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Identity {
    /// Unique id.
    pub id: SessionId,
    /// Name of the Machine.
    pub machine: String,
    /// The Machine's host name.
    pub hostname: String,
    /// The piece of work it belongs to.
    pub workspace_id: String,
    /// Program and arguments.
    pub command: Vec<String>,
    /// Labels.
    pub labels: BTreeMap<String, String>,
    /// TERM of its program.
    pub term: String,
    /// When it was created.
    pub created_at: DateTime<Utc>,
}

impl Identity {
    /// What alert rules may select by.
    #[must_use]
    pub fn scope(&self, name: &str) -> Scope {
        Scope {
            machine: self.machine.clone(),
            session: name.to_owned(),
            labels: self.labels.clone(),
        }
    }
}

/// What changes.
#[derive(Debug, Clone)]
pub struct Facts {
    /// Name, unique on the Machine.
    pub name: String,
    /// State of its life.
    pub status: SessionStatus,
    /// When its program was started.
    pub connected_at: Option<DateTime<Utc>>,
    /// When its program ended.
    pub ended_at: Option<DateTime<Utc>>,
    /// How its program ended.
    pub exit_status: Option<ExitStatus>,
    /// Processes that its program left behind.
    pub orphans: u32,
    /// Why nothing is known of its end.
    pub lost: Option<String>,
    /// When the program last wrote.
    pub last_output_at: Option<DateTime<Utc>>,
    /// When an operator last typed.
    pub last_input_at: Option<DateTime<Utc>>,
    /// Totals.
    pub counts: Counts,
    /// Bytes of output in which nobody counted: see [`SessionInfo::uncounted`].
    pub uncounted: u64,
    /// Totals when somebody last marked it as seen.
    pub seen: Counts,
    /// Window title.
    pub title: String,
    /// Working directory.
    pub cwd: String,
    /// The terminal's size.
    pub size: Winsize,
    /// The attachment that the size follows.
    pub size_owner: Option<AttachmentId>,
    /// Its recording.
    pub recording: Option<RecordingInfo>,
    /// Who is attached.
    pub clients: BTreeMap<AttachmentId, AttachedClient>,
}

/// What the holder knows.
#[derive(Debug, Clone, Copy, Default)]
pub struct HolderFacts {
    /// Process id of the program.
    pub pid: u32,
    /// First byte still in the Log.
    pub log_start: Offset,
    /// End of the Log.
    pub log_end: Offset,
    /// See [`SessionInfo::input_waiting`].
    pub input_waiting: u64,
    /// See [`SessionInfo::output_stopped`].
    pub output_stopped: bool,
}

impl Facts {
    /// A Session that is about to be started.
    #[must_use]
    pub fn new(name: String, cwd: String, size: Winsize) -> Self {
        Self {
            name,
            status: SessionStatus::Pending,
            connected_at: None,
            ended_at: None,
            exit_status: None,
            orphans: 0,
            lost: None,
            last_output_at: None,
            last_input_at: None,
            counts: Counts::default(),
            uncounted: 0,
            seen: Counts::default(),
            title: String::new(),
            cwd,
            size,
            size_owner: None,
            recording: None,
            clients: BTreeMap::new(),
        }
    }

    /// When output or input last happened, or when it began.
    #[must_use]
    pub fn last_active(&self) -> Option<DateTime<Utc>> {
        self.last_output_at.max(self.last_input_at).max(self.connected_at)
    }

    /// Everything, for the wire. While the program runs, `now` is the last sign of life.
    #[must_use]
    pub fn info(
        &self,
        identity: &Identity,
        holder: HolderFacts,
        now: DateTime<Utc>,
    ) -> SessionInfo {
        let alive = matches!(self.status, SessionStatus::Connected);
        SessionInfo {
            session_id: identity.id,
            name: self.name.clone(),
            machine: identity.machine.clone(),
            machine_hostname: identity.hostname.clone(),
            workspace_id: identity.workspace_id.clone(),
            status: self.status,
            command: identity.command.clone(),
            cwd: self.cwd.clone(),
            labels: identity.labels.clone(),
            term: identity.term.clone(),
            pid: alive.then_some(holder.pid),
            created_at: identity.created_at,
            connected_at: self.connected_at,
            last_heartbeat_at: if alive { Some(now) } else { self.ended_at },
            last_output_at: self.last_output_at,
            attached_clients: self.clients.values().cloned().collect(),
            rows: self.size.rows,
            cols: self.size.cols,
            title: self.title.clone(),
            counts: self.counts,
            unseen: self.counts.since(self.seen),
            exit_status: self.exit_status,
            ended_at: self.ended_at,
            log_start: holder.log_start,
            log_end: holder.log_end,
            input_waiting: holder.input_waiting,
            output_stopped: holder.output_stopped,
            orphans: self.orphans,
            uncounted: self.uncounted,
            lost: self.lost.clone(),
            recording: self.recording.clone().map(Box::new),
        }
    }

    /// The part that changes with every line of output.
    #[must_use]
    pub fn activity(&self, id: SessionId, holder: HolderFacts) -> Activity {
        Activity {
            session_id: id,
            counts: self.counts,
            unseen: self.counts.since(self.seen),
            log_end: holder.log_end,
            last_output_at: self.last_output_at,
            input_waiting: holder.input_waiting,
            output_stopped: holder.output_stopped,
        }
    }
}
