//! What outlives the Agent: who a Session is and how far it was understood, kept by its holder; and
//! a line on disk that tells, after a reboot, that it was there.

use std::collections::BTreeMap;
use std::path::PathBuf;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::holder::wire::Slot;
use crate::proto::{Alert, Counts, ExitStatus, Offset, Winsize};

use super::Surroundings;
use super::facts::{Facts, Identity};

/// Slot of the [`Record`], as JSON.
pub const RECORD: Slot = Slot(1);
/// Slot of the Scanner: the offset it has come to (8 bytes, little-endian), then its checkpoint.
pub const SCANNER: Slot = Slot(2);
/// Slot of the Screen, in the same form.
pub const SCREEN: Slot = Slot(3);
/// Slot of the Alerts, a line of JSON each.
pub const ALERTS: Slot = Slot(4);

/// Who a Session is, and what of its facts is not made again from its output.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Record {
    /// What never changes.
    pub identity: Identity,
    /// The socket of the Agent that it belongs to: several may share a disk.
    pub agent: PathBuf,
    /// The boot of the machine that it was started in (`/proc/sys/kernel/random/boot_id`).
    pub boot: String,
    /// Process id of its program.
    pub pid: u32,
    /// Its name.
    pub name: String,
    /// Working directory.
    pub cwd: String,
    /// The terminal's size.
    pub size: Winsize,
    /// When its program was started.
    pub connected_at: Option<DateTime<Utc>>,
    /// When its program ended.
    #[serde(default)]
    pub ended_at: Option<DateTime<Utc>>,
    /// How its program ended.
    #[serde(default)]
    pub exit_status: Option<ExitStatus>,
    /// Totals when it was last written down.
    #[serde(default)]
    pub counts: Counts,
    /// Totals when somebody last marked it as seen.
    #[serde(default)]
    pub seen: Counts,
    /// End of its Log when it was last written down.
    #[serde(default)]
    pub log_end: Offset,
}

impl Record {
    /// Of a Session that is about to be started, so that its program is not known yet.
    #[must_use]
    pub fn first(identity: &Identity, facts: &Facts, around: &Surroundings) -> Self {
        Self {
            identity: identity.clone(),
            agent: around.agent.clone(),
            boot: around.boot.clone(),
            pid: 0,
            name: facts.name.clone(),
            cwd: facts.cwd.clone(),
            size: facts.size,
            connected_at: Some(identity.created_at),
            ended_at: None,
            exit_status: None,
            counts: facts.counts,
            seen: facts.seen,
            log_end: 0,
        }
    }

    /// What a holder remembers from its start on.
    #[must_use]
    pub fn stored(&self) -> BTreeMap<u8, String> {
        serde_json::to_string(self).map(|json| (RECORD.0, json)).into_iter().collect()
    }

    /// What is to be known of a Session again.
    #[must_use]
    pub fn facts(&self) -> Facts {
        let mut facts = Facts::new(self.name.clone(), self.cwd.clone(), self.size);
        facts.connected_at = self.connected_at;
        facts.ended_at = self.ended_at;
        facts.exit_status = self.exit_status;
        facts.counts = self.counts;
        facts.seen = self.seen;
        facts
    }
}

/// A checkpoint with the offset that it was made at.
#[must_use]
pub fn at_offset(offset: Offset, checkpoint: &[u8]) -> Vec<u8> {
    [&offset.to_le_bytes()[..], checkpoint].concat()
}

/// The offset and the checkpoint.
#[must_use]
pub fn split_offset(bytes: &[u8]) -> Option<(Offset, &[u8])> {
    let (offset, checkpoint) = bytes.split_first_chunk::<8>()?;
    Some((u64::from_le_bytes(*offset), checkpoint))
}

/// Alerts as lines.
#[must_use]
pub fn alert_lines(alerts: &[Alert]) -> Vec<u8> {
    let mut lines = Vec::new();
    for alert in alerts {
        if serde_json::to_writer(&mut lines, alert).is_ok() {
            lines.push(b'\n');
        }
    }
    lines
}

/// Alerts from their lines, without those of output from `scanned` on: that is scanned again.
#[must_use]
pub fn alerts(lines: &[u8], scanned: Offset) -> Vec<Alert> {
    let lines = lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    let alerts = lines.filter_map(|line| serde_json::from_slice::<Alert>(line).ok());
    alerts.filter(|alert| alert.end <= scanned).collect()
}
