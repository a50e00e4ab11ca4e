//! The files of an audit log: one directory per Agent, one file per stretch of the chain, each named for
//! its first line; a note of the chain's end; a lock.

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};

use super::chain::{Hash, Head};
use super::verify::{Broken, Place, Verifier, Whole};

/// Longest line that is read; none that is written comes near it.
pub const LINE_MAX: u64 = 64 << 10;
/// Name of the note of the chain's end.
const HEAD: &str = "head";

/// Directory of the audit log of the Agent with this socket. Several may share a state directory.
#[must_use]
pub fn dir(state_dir: &Path, socket: &Path) -> PathBuf {
    let hash = Hash::of(socket.as_os_str().as_encoded_bytes()).to_string();
    let short = hash.get(..8).unwrap_or_default();
    let stem = socket.file_stem().unwrap_or_default().to_string_lossy();
    state_dir.join("audit").join(format!("{stem}-{short}"))
}

/// The file that begins with this line.
#[must_use]
pub fn path(dir: &Path, seq: u64) -> PathBuf {
    dir.join(format!("audit-{seq:012}.jsonl"))
}

/// Number of the first line of a file of this name.
#[must_use]
pub fn first_line(path: &Path) -> Option<u64> {
    let name = path.file_name()?.to_str()?;
    let digits = name.strip_prefix("audit-")?.strip_suffix(".jsonl")?;
    (digits.len() >= 12 && digits.bytes().all(|digit| digit.is_ascii_digit()))
        .then(|| digits.parse().ok())?
}

/// The files in `dir`, oldest first.
///
/// # Errors
/// It cannot be read.
pub fn list(dir: &Path) -> io::Result<Vec<(u64, PathBuf)>> {
    let entries = std::fs::read_dir(dir)?;
    let mut files: Vec<_> = entries
        .flatten()
        .filter_map(|entry| Some((first_line(&entry.path())?, entry.path())))
        .collect();
    files.sort();
    Ok(files)
}

/// How a private file that is kept open is opened.
pub fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false).mode(0o600);
    options.custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK);
    options
}

/// Held while an Agent writes: two never do at once.
#[derive(Debug)]
#[must_use]
pub struct Lock {
    _file: File,
}

/// Takes the lock, or fails at once.
///
/// # Errors
/// Another process has it, or the system refuses.
pub fn lock(dir: &Path) -> io::Result<Lock> {
    let file = options().open(dir.join("lock"))?;
    match flock(&file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(Lock { _file: file }),
        Err(rustix::io::Errno::WOULDBLOCK) => {
            Err(io::Error::new(io::ErrorKind::WouldBlock, "another process writes this audit log"))
        }
        Err(error) => Err(error.into()),
    }
}

/// The note of the chain's end: written after the lines are on disk, so it may lag behind them.
#[derive(Debug)]
pub struct Note {
    file: File,
}

impl Note {
    /// Opens it; makes it when it is missing.
    ///
    /// # Errors
    /// The system refuses.
    pub fn open(dir: &Path) -> io::Result<Self> {
        Ok(Self { file: options().open(dir.join(HEAD))? })
    }

    /// What it says.
    #[must_use]
    pub fn read(&self) -> Option<Head> {
        let mut text = [0; 128];
        let length = self.file.read_at(&mut text, 0).ok()?;
        parse_note(text.get(..length)?)
    }

    /// Says something else. Of one length, in place: it needs no room on a full disk.
    ///
    /// # Errors
    /// The disk failed.
    pub fn write(&self, head: Head) -> io::Result<()> {
        self.file.write_all_at(format!("{:020} {}\n", head.seq, head.hash).as_bytes(), 0)
    }
}

fn parse_note(text: &[u8]) -> Option<Head> {
    let (seq, hash) = std::str::from_utf8(text).ok()?.strip_suffix('\n')?.split_once(' ')?;
    Some(Head { seq: seq.parse().ok()?, hash: Hash::parse(hash)? })
}

/// Why a log is not known to be whole.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// It is not.
    #[error(transparent)]
    Broken(#[from] Broken),
    /// A file cannot be read.
    #[error("cannot read {}: {source}", .path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// There is nothing to verify.
    #[error("there is no audit log in {}", .0.display())]
    Nothing(PathBuf),
}

/// Verifies one file, or the whole log in a directory with the note of its end. Blocks on file I/O.
///
/// # Errors
/// The first broken line.
pub fn verify(path: &Path) -> Result<Whole, VerifyError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| VerifyError::Io { path, source }
    };
    if !std::fs::metadata(path).map_err(failed(path))?.is_dir() {
        let mut verifier = Verifier::new(None);
        read(&mut verifier, path)?;
        return Ok(verifier.finish()?);
    }
    // The note first: what is written meanwhile only makes the log longer than it.
    let noted = std::fs::read(path.join(HEAD)).ok().and_then(|text| parse_note(&text));
    let mut verifier = Verifier::new(noted);
    let files = list(path).map_err(failed(path))?;
    if files.is_empty() && noted.is_none() {
        return Err(VerifyError::Nothing(path.to_owned()));
    }
    for (_, file) in files {
        read(&mut verifier, &file)?;
    }
    Ok(verifier.finish()?)
}

fn read(verifier: &mut Verifier, path: &Path) -> Result<(), VerifyError> {
    if let Some(seq) = first_line(path) {
        verifier.begin(seq);
    }
    let file = path.display().to_string();
    let mut number = 0;
    each_line(path, |line, ended| {
        number += 1;
        Ok(verifier.line(&Place { file: file.clone(), line: number }, line, ended)?)
    })
}

/// Hands over each line without its end, and whether it had one.
///
/// # Errors
/// The file cannot be read, or `take` fails.
pub fn each_line(
    path: &Path,
    mut take: impl FnMut(&[u8], bool) -> Result<(), VerifyError>,
) -> Result<(), VerifyError> {
    let failed = |source| VerifyError::Io { path: path.to_owned(), source };
    let mut reader = BufReader::new(File::open(path).map_err(failed)?);
    let mut line = Vec::new();
    loop {
        line.clear();
        (&mut reader).take(LINE_MAX).read_until(b'\n', &mut line).map_err(failed)?;
        match line.split_last() {
            None => return Ok(()),
            Some((b'\n', text)) => take(text, true)?,
            // A longer one is no line of a log, and is told as one with an end.
            Some(_) => take(&line, line.len() as u64 == LINE_MAX)?,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_named_for_their_first_line() {
        let dir = Path::new("/d");
        for seq in [1, 1_000_000_000_000] {
            assert_eq!(first_line(&path(dir, seq)), Some(seq));
        }
        for name in ["audit-1.jsonl", "audit-00000000000x.jsonl", "head", "audit-.jsonl"] {
            assert_eq!(first_line(&dir.join(name)), None);
        }
    }

    #[test]
    fn agents_have_directories_of_their_own() {
        let state = Path::new("/s");
        let one = super::dir(state, Path::new("/run/a/agent.sock"));
        let other = super::dir(state, Path::new("/run/b/agent.sock"));
        assert!(one != other && one.starts_with("/s/audit"));
        assert!(one.file_name().unwrap().to_str().unwrap().starts_with("agent-"));
    }

    #[test]
    fn the_note_is_read_as_it_was_written_and_one_process_writes() {
        let home = tempfile::tempdir().unwrap();
        let note = Note::open(home.path()).unwrap();
        assert_eq!(note.read(), None);
        let head = Head { seq: 12, hash: Hash::of(b"x") };
        note.write(head).unwrap();
        assert_eq!(Note::open(home.path()).unwrap().read(), Some(head));
        let held = lock(home.path()).unwrap();
        assert!(lock(home.path()).unwrap_err().to_string().contains("another process"));
        drop(held);
        assert!(lock(home.path()).is_ok());
    }
}
