//! The open audit log: lines are added, files follow one another. Blocks on file I/O; only the writing
//! thread has it.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};

use super::chain::{Hash, Head, Sealed, seal};
use super::entry::{Entry, RECOVERED};
use super::files::{self, LINE_MAX, Lock, Note};

/// Where an audit log is and how much of it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Its directory.
    pub dir: PathBuf,
    /// A file that has grown beyond this many bytes is followed by the next.
    pub max_bytes: u64,
    /// Files that are kept; the oldest is removed for a new one.
    pub keep: usize,
}

/// An open audit log.
#[derive(Debug)]
pub struct Log {
    place: Place,
    _lock: Lock,
    note: Note,
    current: Option<Current>,
    head: Head,
    /// What somebody did to the files, until it is written.
    untold: Option<Entry>,
}

/// The file that is written.
#[derive(Debug)]
struct Current {
    path: PathBuf,
    file: File,
    inode: u64,
    /// Bytes of whole lines in it.
    length: u64,
    /// There may be more than that: a part of a line that could not be taken back.
    excess: bool,
}

impl Log {
    /// Opens it and goes on where it was left; what a hard end left behind is told in a first line.
    ///
    /// # Errors
    /// The directory cannot be used, or another process writes there.
    pub fn open(place: Place) -> io::Result<Self> {
        crate::config::private::dir(&place.dir).map_err(io::Error::other)?;
        let lock = files::lock(&place.dir)?;
        let note = Note::open(&place.dir)?;
        let found = Found::look(&place.dir, note.read())?;
        let mut log =
            Self { place, _lock: lock, note, current: None, head: found.head, untold: None };
        log.current = found.goes_on.map(Current::open).transpose()?;
        if let Some(told) = found.told {
            log.append(&[told])?;
        }
        Ok(log)
    }

    /// How far the chain goes.
    pub const fn head(&self) -> Head {
        self.head
    }

    /// The file that is written, or will be.
    pub fn file(&self) -> PathBuf {
        let next = || files::path(&self.place.dir, self.head.seq + 1);
        self.current.as_ref().map_or_else(next, |current| current.path.clone())
    }

    /// Adds lines: all of them or none.
    ///
    /// # Errors
    /// The disk is full or failed. Nothing of the lines is there then.
    pub fn append(&mut self, entries: &[Entry]) -> io::Result<()> {
        if let Some(told) = self.disturbed() {
            self.current = None;
            self.untold = Some(told);
        }
        let max = self.place.max_bytes;
        let mut current = match self.current.take().filter(|current| current.length < max) {
            Some(current) => current,
            None => self.next_file()?,
        };
        let mut head = self.head;
        let mut text = Vec::new();
        for entry in self.untold.iter().chain(entries) {
            let (line, next) = seal(entry.fields(), head);
            text.extend_from_slice(line.as_bytes());
            text.push(b'\n');
            head = next;
        }
        let written = current.write(&text);
        self.current = Some(current);
        written?;
        self.head = head;
        self.untold = None;
        if let Err(error) = self.note.write(head) {
            tracing::warn!(%error, "the end of the audit log was not noted");
        }
        Ok(())
    }

    fn next_file(&self) -> io::Result<Current> {
        let current = Current::open(files::path(&self.place.dir, self.head.seq + 1))?;
        // The name lasts only once the directory does.
        File::open(&self.place.dir)?.sync_all()?;
        let files = files::list(&self.place.dir)?;
        let surplus = files.len().saturating_sub(self.place.keep.max(1));
        for (_, old) in files.iter().take(surplus) {
            std::fs::remove_file(old)?;
        }
        Ok(current)
    }

    /// Somebody else changed the file: the chain goes on in a new one, and says so.
    fn disturbed(&self) -> Option<Entry> {
        let current = self.current.as_ref()?;
        let what = match std::fs::symlink_metadata(&current.path) {
            Ok(meta) if meta.ino() != current.inode => "the file was replaced",
            Ok(meta) if meta.len() != current.length && !current.excess => {
                "the file's length was changed"
            }
            Ok(_) => return None,
            Err(_) => "the file was removed",
        };
        let name = current.path.file_name().unwrap_or_default().to_string_lossy();
        Some(Entry::now("disturbed").with("file", name).with("found", what))
    }
}

impl Current {
    fn open(path: PathBuf) -> io::Result<Self> {
        let file = files::options().open(&path)?;
        let meta = file.metadata()?;
        Ok(Self { path, file, inode: meta.ino(), length: meta.len(), excess: false })
    }

    /// What does not fit whole is taken back, so that the file always ends with a line.
    fn write(&mut self, text: &[u8]) -> io::Result<()> {
        if self.excess {
            self.file.set_len(self.length)?;
            self.excess = false;
        }
        let written =
            self.file.write_all_at(text, self.length).and_then(|()| self.file.sync_data());
        match written {
            Ok(()) => self.length += text.len() as u64,
            Err(_) => self.excess = self.file.set_len(self.length).is_err(),
        }
        written
    }
}

/// What an Agent before left.
#[derive(Debug)]
struct Found {
    head: Head,
    /// The file to go on in.
    goes_on: Option<PathBuf>,
    /// What is to be told of it.
    told: Option<Entry>,
}

impl Found {
    /// The end of the newest file and the note together: the later one is where the chain is. If lines
    /// before the note are gone, the numbers show it from now on.
    fn look(dir: &Path, noted: Option<Head>) -> io::Result<Self> {
        let noted = noted.unwrap_or(Head::START);
        let Some((_, path)) = files::list(dir)?.pop() else {
            return Ok(Self { head: noted, goes_on: None, told: None });
        };
        let end = end_of(&path)?;
        let rest = end.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
        let whole = end.get(..end.len() - rest.len()).unwrap_or_default();
        let mut lines = whole.split(|byte| *byte == b'\n').rev().filter(|line| !line.is_empty());
        let last = lines.next().map(Sealed::read);
        let good = match &last {
            Some(Ok(sealed)) => Some(sealed.head),
            Some(Err(_)) => {
                lines.find_map(|line| Sealed::read(line).ok()).map(|sealed| sealed.head)
            }
            None => None,
        };
        let head = good.filter(|good| good.seq >= noted.seq).unwrap_or(noted);
        let told = (!rest.is_empty()).then(|| {
            let told = Entry::now(RECOVERED).with("torn_bytes", rest.len());
            told.with("torn_sha256", Hash::of(rest).to_string())
        });
        let undamaged = rest.is_empty() && !matches!(last, Some(Err(_)));
        let continues = good == Some(head) || files::path(dir, head.seq + 1) == path;
        Ok(Self { head, goes_on: (undamaged && continues).then_some(path), told })
    }
}

/// At least the last line of a file.
fn end_of(path: &Path) -> io::Result<Vec<u8>> {
    let mut file = File::open(path)?;
    let from = file.metadata()?.len().saturating_sub(4 * LINE_MAX);
    file.seek(SeekFrom::Start(from))?;
    let mut end = Vec::new();
    file.take(8 * LINE_MAX).read_to_end(&mut end)?;
    Ok(end)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::super::files::verify;
    use super::super::verify::Whole;
    use super::*;

    fn place(dir: &Path) -> Place {
        Place { dir: dir.join("audit/agent"), max_bytes: 1000, keep: 3 }
    }

    fn entries(count: usize) -> Vec<Entry> {
        (0..count).map(|n| Entry::now("test").with("n", n)).collect()
    }

    fn whole(dir: &Path) -> Whole {
        verify(&place(dir).dir).unwrap_or_else(|error| panic!("{error}"))
    }

    fn newest(dir: &Path) -> PathBuf {
        files::list(&place(dir).dir).unwrap().pop().unwrap().1
    }

    #[test]
    fn the_chain_goes_on_over_files_and_openings() {
        use std::os::unix::fs::PermissionsExt;
        let home = tempfile::tempdir().unwrap();
        for round in 1..=3 {
            let mut log = Log::open(place(home.path())).unwrap();
            assert!(Log::open(place(home.path())).is_err(), "two have it open");
            entries(10).iter().for_each(|entry| log.append(std::slice::from_ref(entry)).unwrap());
            assert_eq!(log.head().seq, 10 * round);
        }
        let whole = whole(home.path());
        assert_eq!(whole.head.seq, 30);
        assert!(whole.first > 1, "old files were not removed");
        let files = files::list(&place(home.path()).dir).unwrap();
        assert_eq!(files.len(), 3);
        for (_, file) in files {
            assert!(verify(&file).is_ok());
            assert_eq!(std::fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn a_torn_line_is_told_of_and_stays_as_it_is() {
        let home = tempfile::tempdir().unwrap();
        Log::open(place(home.path())).unwrap().append(&entries(2)).unwrap();
        let mut file = std::fs::OpenOptions::new().append(true).open(newest(home.path())).unwrap();
        file.write_all(b"{\"seq\":3,\"ti").unwrap();
        assert!(whole(home.path()).ends_torn);
        let mut log = Log::open(place(home.path())).unwrap();
        log.append(&entries(1)).unwrap();
        let whole = whole(home.path());
        assert_eq!((whole.head.seq, whole.torn.len(), whole.ends_torn), (4, 1, false));
        assert_eq!(whole.torn[0].line, 3);
    }

    #[test]
    fn what_was_removed_while_no_agent_ran_shows_for_ever() {
        let home = tempfile::tempdir().unwrap();
        let mut log = Log::open(place(home.path())).unwrap();
        log.append(&entries(3)).unwrap();
        drop(log);
        let path = newest(home.path());
        let text = std::fs::read_to_string(&path).unwrap();
        let shorter: String = text.lines().take(2).map(|line| format!("{line}\n")).collect();
        std::fs::write(&path, shorter).unwrap();
        let error = verify(&place(home.path()).dir).unwrap_err().to_string();
        assert!(error.contains("expected up to line number 3, found 2"), "{error}");
        Log::open(place(home.path())).unwrap().append(&entries(1)).unwrap();
        let error = verify(&place(home.path()).dir).unwrap_err().to_string();
        assert!(error.contains("expected line number 3, found 4"), "{error}");
    }

    #[test]
    fn a_file_that_is_taken_away_is_noticed() {
        let home = tempfile::tempdir().unwrap();
        let mut log = Log::open(place(home.path())).unwrap();
        log.append(&entries(1)).unwrap();
        std::fs::remove_file(newest(home.path())).unwrap();
        log.append(&entries(1)).unwrap();
        let text = std::fs::read_to_string(newest(home.path())).unwrap();
        assert!(text.contains("\"what\":\"disturbed\"") && text.contains("was removed"), "{text}");
        assert_eq!(whole(home.path()).first, 2);
    }

    #[test]
    fn what_does_not_fit_is_taken_back() {
        let home = tempfile::tempdir().unwrap();
        let mut log = Log::open(place(home.path())).unwrap();
        log.append(&entries(2)).unwrap();
        // Opened for reading only, the file refuses as a full disk does.
        let current = log.current.as_mut().unwrap();
        let (path, length) = (current.path.clone(), current.length);
        let good = std::mem::replace(&mut current.file, File::open(&path).unwrap());
        assert!(log.append(&entries(1)).is_err());
        assert_eq!((log.head().seq, std::fs::metadata(&path).unwrap().len()), (2, length));
        log.current.as_mut().unwrap().file = good;
        log.append(&entries(1)).unwrap();
        assert_eq!(whole(home.path()).head.seq, 3);
    }
}
