//! Finding the holders that an earlier Agent left.

use std::io;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};

use super::open::{Remembered, open};
use super::{Holder, link};

/// What is behind a holder's socket.
#[derive(Debug)]
pub enum Found {
    /// A holder, and what it remembers.
    Alive(Box<(Holder, Remembered)>),
    /// Nothing: the holder is gone.
    Gone,
    /// Something that cannot be talked to now.
    Silent(String),
}

/// The sockets in the directory of holders.
#[must_use]
pub fn sockets(dir: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(dir) else { return Vec::new() };
    let paths = entries.flatten().map(|entry| entry.path());
    paths.filter(|path| path.extension().is_some_and(|end| end == "sock")).collect()
}

/// Connects to the holder at `socket`.
pub async fn adopt(socket: PathBuf) -> Found {
    let connected = tokio::task::spawn_blocking(move || match UnixStream::connect(&socket) {
        Ok(stream) => open(stream).map(Some).map_err(|error| error.to_string()),
        Err(error) if is_gone(&error) => Ok(None),
        Err(error) => Err(error.to_string()),
    });
    let opened = match connected.await {
        Ok(Ok(Some(opened))) => opened,
        Ok(Ok(None)) => return Found::Gone,
        Ok(Err(sentence)) => return Found::Silent(sentence),
        Err(error) => return Found::Silent(error.to_string()),
    };
    match link::run(opened) {
        Ok(found) => Found::Alive(Box::new(found)),
        Err(error) => Found::Silent(error.to_string()),
    }
}

/// Removes the socket of a holder that is gone.
pub fn remove_leftover(socket: &Path) {
    if let Err(error) = std::fs::remove_file(socket) {
        tracing::debug!(%error, socket = %socket.display(), "a leftover stays");
    }
}

fn is_gone(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::ConnectionRefused | io::ErrorKind::NotFound)
}
