//! Files and directories that only this user may read or change: tokens, keys, pins.
//!
//! What others could have read or changed is refused, with what is wrong. Everything blocks on file
//! I/O; the files are small.

use std::fs::{DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};

/// Why a private file or directory cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PrivateError {
    /// Somebody else could read or change it.
    #[error("{} must be {wanted}; {found}", .path.display())]
    NotPrivate {
        /// Which.
        path: PathBuf,
        /// What it should be.
        wanted: &'static str,
        /// What it is instead.
        found: String,
    },
    /// It is longer than such a file ever is.
    #[error("{} is longer than {max} bytes; is it the right file?", .path.display())]
    TooLong {
        /// Which.
        path: PathBuf,
        /// Most bytes.
        max: u64,
    },
    /// The system refused.
    #[error("cannot use {}: {source}", .path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

fn failed(path: &Path) -> impl Fn(io::Error) -> PrivateError {
    move |source| PrivateError::Io { path: path.to_owned(), source }
}

/// Makes `dir` if it is missing and takes away what lets others look into it. Refuses one that
/// others could have put files into.
///
/// # Errors
/// It cannot be made, is no directory, belongs to somebody else, or others may write to it.
pub fn dir(dir: &Path) -> Result<(), PrivateError> {
    DirBuilder::new().recursive(true).mode(0o700).create(dir).map_err(failed(dir))?;
    // Not followed: a link planted by somebody else must not lead us elsewhere.
    let meta = std::fs::symlink_metadata(dir).map_err(failed(dir))?;
    let mode = meta.permissions().mode() & 0o7777;
    let found = if !meta.is_dir() {
        "it is not a directory".to_owned()
    } else if !is_own(meta.uid()) {
        format!("it belongs to uid {}", meta.uid())
    } else if mode & 0o022 != 0 {
        format!("its mode is {mode:04o}")
    } else if mode & 0o055 != 0 {
        let private = Permissions::from_mode(mode & !0o077);
        return std::fs::set_permissions(dir, private).map_err(failed(dir));
    } else {
        return Ok(());
    };
    let wanted = "a directory that belongs to you with mode 0700";
    Err(PrivateError::NotPrivate { path: dir.to_owned(), wanted, found })
}

/// The text of a file that only this user can read, at most `max` bytes; `None` when it is missing.
///
/// # Errors
/// It cannot be read, is a link, belongs to somebody else, is open to others, longer, or not UTF-8.
pub fn read(path: &Path, max: u64) -> Result<Option<String>, PrivateError> {
    // Without NONBLOCK the opening of a pipe would wait for a writer.
    let flags = libc::O_NOFOLLOW | libc::O_NONBLOCK;
    let file = match OpenOptions::new().read(true).custom_flags(flags).open(path) {
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Ok(None);
        }
        opened => opened.map_err(failed(path))?,
    };
    check(path, &file)?;
    let mut text = String::new();
    file.take(max + 1).read_to_string(&mut text).map_err(failed(path))?;
    match text.len() as u64 > max {
        true => Err(PrivateError::TooLong { path: path.to_owned(), max }),
        false => Ok(Some(text)),
    }
}

fn check(path: &Path, file: &File) -> Result<(), PrivateError> {
    let meta = file.metadata().map_err(failed(path))?;
    let mode = meta.permissions().mode() & 0o7777;
    let found = if !meta.is_file() {
        "it is not a file".to_owned()
    } else if !is_own(meta.uid()) {
        format!("it belongs to uid {}", meta.uid())
    } else if mode & 0o077 != 0 {
        format!("its mode is {mode:04o}; `chmod 600` it, and make what is in it anew")
    } else {
        return Ok(());
    };
    let wanted = "a file that belongs to you with mode 0600";
    Err(PrivateError::NotPrivate { path: path.to_owned(), wanted, found })
}

/// Writes a file of mode 0600 whole or not at all: whoever reads meanwhile sees the old one.
///
/// # Errors
/// It cannot be written, for example because the disk is full.
pub fn replace(path: &Path, text: &str) -> Result<(), PrivateError> {
    let dir = path.parent().unwrap_or(Path::new("/"));
    let fresh = path.with_extension(format!("new-{}", std::process::id()));
    let _ = std::fs::remove_file(&fresh);
    let written = write_new(&fresh, text)
        .and_then(|()| std::fs::rename(&fresh, path))
        // The name lasts only once the directory does.
        .and_then(|()| File::open(dir)?.sync_all());
    written.map_err(|error| {
        let _ = std::fs::remove_file(&fresh);
        failed(path)(error)
    })
}

fn write_new(path: &Path, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// Keeps others from changing the file at `path` until the returned value is dropped. Waits for its
/// turn; whoever holds it does so for milliseconds.
///
/// # Errors
/// The lock file next to it cannot be made.
pub fn lock(path: &Path) -> Result<Locked, PrivateError> {
    let path = path.with_extension("lock");
    let opened = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .custom_flags(libc::O_NOFOLLOW)
        .open(&path);
    let file = opened.map_err(failed(&path))?;
    flock(&file, FlockOperation::LockExclusive).map_err(|error| failed(&path)(error.into()))?;
    Ok(Locked { _file: file })
}

/// See [`lock`].
#[derive(Debug)]
#[must_use]
pub struct Locked {
    _file: File,
}

fn is_own(uid: u32) -> bool {
    uid == rustix::process::getuid().as_raw()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        std::fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    fn set_mode(path: &Path, mode: u32) {
        std::fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn directories_become_private_unless_others_could_write() {
        let home = tempfile::tempdir().unwrap();
        let state = home.path().join("a/b");
        dir(&state).unwrap();
        assert_eq!(mode(&state), 0o700);
        set_mode(&state, 0o755);
        dir(&state).unwrap();
        assert_eq!(mode(&state), 0o700);
        set_mode(&state, 0o777);
        assert!(dir(&state).unwrap_err().to_string().contains("its mode is 0777"));
        let link = home.path().join("link");
        std::os::unix::fs::symlink(home.path(), &link).unwrap();
        assert!(dir(&link).is_err());
    }

    #[test]
    fn only_a_private_file_of_the_right_length_is_read() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("x");
        assert_eq!(read(&path, 9).unwrap(), None);
        replace(&path, "secret").unwrap();
        assert_eq!(mode(&path), 0o600);
        assert_eq!(read(&path, 9).unwrap().as_deref(), Some("secret"));
        assert!(matches!(read(&path, 5), Err(PrivateError::TooLong { .. })));
        set_mode(&path, 0o640);
        let error = read(&path, 9).unwrap_err().to_string();
        assert!(error.contains("its mode is 0640") && !error.contains("secret"), "{error}");
        let link = home.path().join("link");
        std::os::unix::fs::symlink(&path, &link).unwrap();
        assert!(read(&link, 9).is_err());
        assert!(read(home.path(), 9).is_err(), "a directory");
    }

    #[test]
    fn replacing_leaves_nothing_else_behind() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("x.json");
        replace(&path, "one").unwrap();
        let locked = lock(&path).unwrap();
        replace(&path, "two").unwrap();
        drop(locked);
        let names: Vec<_> = std::fs::read_dir(home.path()).unwrap().collect();
        assert_eq!(names.len(), 2, "the file and its lock: {names:?}");
        assert_eq!(read(&path, 9).unwrap().as_deref(), Some("two"));
    }
}
