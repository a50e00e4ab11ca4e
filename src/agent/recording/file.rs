//! The file of a recording: whole lines are added, and what was not whole is taken back. Blocks on I/O.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;

use rustix::fs::{FlockOperation, flock};

/// An open file of a recording, locked: two processes never write it at once.
#[derive(Debug)]
pub struct Recording {
    file: File,
    /// Bytes of whole lines in it.
    length: u64,
    /// There may be more than that: a part of a line that could not be taken back.
    excess: bool,
}

impl Recording {
    /// Opens the file that has `length` bytes of lines, and takes back what is beyond; makes it, and its
    /// directory, when it has none.
    ///
    /// # Errors
    /// It cannot be opened, is not private, another process writes it, or it is shorter.
    pub fn open(path: &Path, length: u64) -> io::Result<Self> {
        if let (0, Some(dir)) = (length, path.parent()) {
            crate::config::private::dir(dir).map_err(io::Error::other)?;
        }
        let mut options = OpenOptions::new();
        options.write(true).create(length == 0).truncate(false).mode(0o600);
        let file = options.custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK).open(path)?;
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => {}
            Err(rustix::io::Errno::WOULDBLOCK) => {
                return Err(io::Error::new(io::ErrorKind::WouldBlock, "another process writes it"));
            }
            Err(error) => return Err(error.into()),
        }
        let found = file.metadata()?.len();
        if found < length {
            let sentence = format!("somebody cut it from {length} to {found} bytes");
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, sentence));
        }
        file.set_len(length)?;
        Ok(Self { file, length, excess: false })
    }

    /// Adds lines, and takes those that are in the file out of `lines`: whole ones only.
    ///
    /// # Errors
    /// The disk is full or failed.
    pub fn append(&mut self, lines: &mut Vec<u8>) -> io::Result<()> {
        if self.excess {
            self.file.set_len(self.length)?;
            self.excess = false;
        }
        let (count, outcome) = self.write(lines);
        let whole = match outcome {
            Ok(()) => count,
            Err(_) => {
                let written = lines.get(..count).unwrap_or_default();
                written.iter().rposition(|byte| *byte == b'\n').map_or(0, |last| last + 1)
            }
        };
        self.length += whole as u64;
        lines.drain(..whole);
        if outcome.is_err() {
            self.excess = self.file.set_len(self.length).is_err();
        }
        outcome
    }

    /// Writes as much as there is room for; tells how much that was.
    fn write(&self, bytes: &[u8]) -> (usize, io::Result<()>) {
        let mut count = 0;
        while let Some(rest) = bytes.get(count..).filter(|rest| !rest.is_empty()) {
            match self.file.write_at(rest, self.length + count as u64) {
                Ok(0) => return (count, Err(io::ErrorKind::WriteZero.into())),
                Ok(more) => count += more,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return (count, Err(error)),
            }
        }
        (count, Ok(()))
    }

    /// Bytes of whole lines in it.
    pub const fn length(&self) -> u64 {
        self.length
    }

    /// Whether it is still the file under this name.
    ///
    /// # Errors
    /// It was removed, replaced or cut.
    pub fn check(&self, path: &Path) -> io::Result<()> {
        use std::os::unix::fs::MetadataExt;
        let ours = self.file.metadata()?;
        let same = std::fs::symlink_metadata(path)
            .is_ok_and(|named| (ours.ino(), ours.dev()) == (named.ino(), named.dev()));
        if same && (ours.len() == self.length || self.excess) {
            return Ok(());
        }
        Err(io::Error::new(io::ErrorKind::UnexpectedEof, "somebody removed, replaced or cut it"))
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn what_goes_beyond_is_taken_back_and_what_is_missing_is_told() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("recordings/a.cast");
        let mut one = Recording::open(&path, 0).unwrap();
        assert_eq!(Recording::open(&path, 0).unwrap_err().kind(), io::ErrorKind::WouldBlock);
        one.append(&mut b"12345\n".to_vec()).unwrap();
        one.append(&mut b"half".to_vec()).unwrap();
        one.check(&path).unwrap();
        drop(one);
        let two = Recording::open(&path, 6).unwrap();
        assert_eq!((two.length(), std::fs::read(&path).unwrap()), (6, b"12345\n".to_vec()));
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        drop(two);
        let error = Recording::open(&path, 7).unwrap_err().to_string();
        assert!(error.contains("cut it from 7 to 6"), "{error}");
        std::fs::remove_file(&path).unwrap();
        assert_eq!(Recording::open(&path, 6).unwrap_err().kind(), io::ErrorKind::NotFound);
    }

    #[test]
    fn a_file_that_is_taken_away_is_noticed() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("a.cast");
        let one = Recording::open(&path, 0).unwrap();
        std::fs::rename(&path, home.path().join("b.cast")).unwrap();
        assert!(one.check(&path).is_err());
        std::fs::write(&path, "").unwrap();
        assert!(one.check(&path).is_err());
    }
}
