//! What of the Sessions is on disk: one small file each, so that after a reboot people are told what
//! was there. Written by a thread of its own: a disk that hangs stops nothing.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use crate::proto::SessionId;

use super::session::Record;

/// Writes that may wait for the disk.
const CAPACITY: usize = 256;
/// Largest file that is read; no record comes near it.
const RECORD_MAX: u64 = 1 << 20;

/// A wish to the writing thread.
enum Wish {
    Save(Box<Record>),
    Forget(SessionId),
}

/// The files of one Agent's Sessions.
#[derive(Debug)]
pub struct Registry {
    dir: Option<PathBuf>,
    wishes: Option<SyncSender<Wish>>,
}

impl Registry {
    /// Keeps files in `dir`, which is made if it is missing; without one nothing is kept.
    #[must_use]
    pub fn open(dir: Option<PathBuf>) -> Self {
        let dir = dir.filter(|dir| match make_private(dir) {
            Ok(()) => true,
            Err(error) => {
                tracing::warn!(%error, dir = %dir.display(), "sessions are not kept on disk");
                false
            }
        });
        let wishes = dir.clone().map(|dir| {
            let (wishes, waiting) = sync_channel(CAPACITY);
            std::thread::spawn(move || write(&dir, &waiting));
            wishes
        });
        Self { dir, wishes }
    }

    /// Writes a record down, soon.
    pub fn save(&self, record: Record) {
        self.wish(Wish::Save(Box::new(record)));
    }

    /// Removes a Session's file, soon.
    pub fn forget(&self, id: SessionId) {
        self.wish(Wish::Forget(id));
    }

    /// Every record of the Agent with this socket.
    #[must_use]
    pub fn records(&self, agent: &Path) -> Vec<Record> {
        let Some(entries) = self.dir.as_ref().and_then(|dir| std::fs::read_dir(dir).ok()) else {
            return Vec::new();
        };
        let records = entries.flatten().filter_map(|entry| read(&entry.path()));
        records.filter(|record| record.agent == agent).collect()
    }

    fn wish(&self, wish: Wish) {
        if self.wishes.as_ref().is_some_and(|wishes| wishes.try_send(wish).is_err()) {
            tracing::warn!("the disk is slow: a change of a session was not written down");
        }
    }
}

fn make_private(dir: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(dir)
}

fn read(path: &Path) -> Option<Record> {
    let is_record = path.extension().is_some_and(|end| end == "json");
    let small = std::fs::symlink_metadata(path)
        .is_ok_and(|meta| meta.is_file() && meta.len() <= RECORD_MAX);
    let text = (is_record && small).then(|| std::fs::read(path).ok())??;
    match serde_json::from_slice(&text) {
        Ok(record) => Some(record),
        Err(error) => {
            tracing::warn!(%error, path = %path.display(), "a session's file cannot be read");
            None
        }
    }
}

fn write(dir: &Path, wishes: &Receiver<Wish>) {
    while let Ok(wish) = wishes.recv() {
        let done = match &wish {
            Wish::Save(record) => save(dir, record),
            Wish::Forget(id) => std::fs::remove_file(path(dir, *id)),
        };
        match done {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                tracing::warn!(%error, dir = %dir.display(), "a session was not written down");
            }
            Ok(()) | Err(_) => {}
        }
    }
}

/// Named by id: names of Sessions never become names of files.
fn path(dir: &Path, id: SessionId) -> PathBuf {
    dir.join(format!("{id}.json"))
}

/// Whole or not at all: a reader never sees half a record.
fn save(dir: &Path, record: &Record) -> io::Result<()> {
    let path = path(dir, record.identity.id);
    let fresh = path.with_extension("new");
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o600).custom_flags(libc::O_NOFOLLOW);
    options.open(&fresh)?.write_all(&serde_json::to_vec(record)?)?;
    std::fs::rename(&fresh, &path)
}
