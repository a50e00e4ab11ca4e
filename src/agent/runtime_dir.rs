//! The Agent's runtime directory: its lock, its socket and its token. Private to one user.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};
use tokio::net::UnixListener;

/// Length of the token in random bytes; it is written in hexadecimal.
const TOKEN_BYTES: usize = 32;

/// Why the directory cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RuntimeDirError {
    /// Somebody else could read or change it.
    #[error("{path} must be a directory that belongs to you with mode 0700; {found}")]
    NotPrivate {
        /// The directory.
        path: PathBuf,
        /// What it is instead.
        found: String,
    },
    /// Another Agent serves the same socket.
    #[error("an agent is running already on {socket}; `watchdeck agent --stop` ends it")]
    Taken {
        /// The socket.
        socket: PathBuf,
    },
    /// The system refused.
    #[error("cannot use {path}: {source}")]
    Io {
        /// What.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

fn failed(path: &Path) -> impl FnOnce(io::Error) -> RuntimeDirError {
    let path = path.to_owned();
    move |source| RuntimeDirError::Io { path, source }
}

/// Makes `dir` if it is missing, and refuses it when others could get at it.
///
/// # Errors
/// When it cannot be made or is not private to this user.
pub fn prepare(dir: &Path) -> Result<(), RuntimeDirError> {
    DirBuilder::new().recursive(true).mode(0o700).create(dir).map_err(failed(dir))?;
    // Not followed: a link planted by somebody else must not lead us elsewhere.
    let meta = std::fs::symlink_metadata(dir).map_err(failed(dir))?;
    let found = if !meta.is_dir() {
        "it is not a directory".to_owned()
    } else if meta.uid() != rustix::process::getuid().as_raw() {
        format!("it belongs to uid {}", meta.uid())
    } else if meta.permissions().mode() & 0o077 != 0 {
        format!("its mode is {:04o}", meta.permissions().mode() & 0o7777)
    } else {
        return Ok(());
    };
    Err(RuntimeDirError::NotPrivate { path: dir.to_owned(), found })
}

/// A bound socket, and the lock that keeps a second Agent from it. Both go away when dropped.
#[derive(Debug)]
pub struct Bound {
    /// Accepts connections.
    pub listener: UnixListener,
    socket: PathBuf,
    lock: OwnedFd,
    /// Another Agent has it now.
    handed_over: bool,
}

impl Bound {
    /// Binds `socket`, replacing one that a dead Agent left behind.
    ///
    /// # Errors
    /// When another Agent has it, or the system refuses.
    pub fn bind(socket: &Path) -> Result<Self, RuntimeDirError> {
        let lock_path = socket.with_extension("lock");
        let lock = private_file(&lock_path, false).map_err(failed(&lock_path))?;
        // The lock decides, not the socket file: of many starting at once exactly one wins.
        flock(&lock, FlockOperation::NonBlockingLockExclusive)
            .map_err(|_| RuntimeDirError::Taken { socket: socket.to_owned() })?;
        match std::fs::remove_file(socket) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(failed(socket)(error));
            }
            Ok(()) | Err(_) => {}
        }
        let listener = UnixListener::bind(socket).map_err(failed(socket))?;
        std::fs::set_permissions(socket, std::fs::Permissions::from_mode(0o600))
            .map_err(failed(socket))?;
        Ok(Self { listener, socket: socket.to_owned(), lock: lock.into(), handed_over: false })
    }

    /// Takes over what an Agent before has bound and locked.
    ///
    /// # Errors
    /// When the socket cannot be used.
    pub fn inherit(
        socket: &Path,
        listener: std::os::unix::net::UnixListener,
        lock: OwnedFd,
    ) -> Result<Self, RuntimeDirError> {
        listener.set_nonblocking(true).map_err(failed(socket))?;
        let listener = UnixListener::from_std(listener).map_err(failed(socket))?;
        Ok(Self { listener, socket: socket.to_owned(), lock, handed_over: false })
    }

    /// The lock: whoever holds a copy of it holds it.
    #[must_use]
    pub fn lock(&self) -> BorrowedFd<'_> {
        self.lock.as_fd()
    }

    /// Leaves socket and lock to another Agent, or takes them back.
    pub fn hand_over(&mut self, handed_over: bool) {
        self.handed_over = handed_over;
    }
}

impl Drop for Bound {
    fn drop(&mut self) {
        if !self.handed_over {
            let _ = std::fs::remove_file(&self.socket);
        }
    }
}

/// A token in a 0600 file that local clients find by themselves; removed when dropped, unless
/// another one took its place.
#[derive(Debug)]
pub struct Token {
    path: PathBuf,
    secret: String,
}

impl Token {
    /// Makes a new random token and writes it to `path`.
    ///
    /// # Errors
    /// When there is no randomness or the file cannot be written.
    pub fn create(path: &Path) -> Result<Self, RuntimeDirError> {
        let mut bytes = [0; TOKEN_BYTES];
        getrandom::fill(&mut bytes).map_err(|error| failed(path)(io::Error::other(error)))?;
        let secret: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let mut file = private_file(path, true).map_err(failed(path))?;
        writeln!(file, "{secret}").map_err(failed(path))?;
        Ok(Self { path: path.to_owned(), secret })
    }

    /// Compares in constant time.
    #[must_use]
    pub fn matches(&self, presented: &str) -> bool {
        use subtle::ConstantTimeEq;
        self.secret.as_bytes().ct_eq(presented.as_bytes()).into()
    }
}

impl Drop for Token {
    fn drop(&mut self) {
        let own = std::fs::read_to_string(&self.path).is_ok_and(|text| self.matches(text.trim()));
        if own {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// Opens a 0600 file. A fresh one is made anew, so that nobody can have planted or opened it before.
fn private_file(path: &Path, fresh: bool) -> io::Result<File> {
    if fresh {
        match std::fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            Ok(()) | Err(_) => {}
        }
    }
    OpenOptions::new()
        .write(true)
        .create(!fresh)
        .create_new(fresh)
        .truncate(false)
        .mode(0o600)
        .custom_flags(libc::O_NOFOLLOW)
        .open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_that_others_can_enter_is_refused() {
        let home = tempfile::tempdir().unwrap();
        let dir = home.path().join("run");
        prepare(&dir).unwrap();
        prepare(&dir).unwrap();
        std::fs::set_permissions(&dir, std::fs::Permissions::from_mode(0o755)).unwrap();
        assert!(matches!(prepare(&dir), Err(RuntimeDirError::NotPrivate { .. })));
        let link = home.path().join("link");
        std::os::unix::fs::symlink(home.path(), &link).unwrap();
        assert!(matches!(prepare(&link), Err(RuntimeDirError::NotPrivate { .. })));
    }

    #[test]
    fn a_token_is_private_and_only_its_own_text_matches() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("token");
        let token = Token::create(&path).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(text.trim().len(), 2 * TOKEN_BYTES);
        assert!(token.matches(text.trim()));
        assert!(!token.matches(""));
        assert!(!token.matches(&text.trim()[1..]));
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        drop(token);
        assert!(!path.exists());
    }

    #[tokio::test]
    async fn of_two_agents_one_gets_the_socket_and_a_stale_one_is_replaced() {
        let home = tempfile::tempdir().unwrap();
        let socket = home.path().join("agent.sock");
        std::fs::write(&socket, "stale").unwrap();
        let first = Bound::bind(&socket).unwrap();
        assert!(matches!(Bound::bind(&socket), Err(RuntimeDirError::Taken { .. })));
        drop(first);
        Bound::bind(&socket).unwrap();
    }
}
