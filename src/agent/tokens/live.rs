//! The tokens of a running Agent: the kernel tells when their file changes, so nothing is polled.

use std::io::{self, ErrorKind};
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::time::Duration;

use chrono::Utc;
use rustix::fs::inotify;
use tokio::io::unix::AsyncFd;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::agent::peer::{LOOPBACK, Peer, Who};

use super::{Tokens, TokensError, TokensFile};

/// Longest wait for the end of a token, so that a clock that was set is noticed.
const LOOK_AGAIN: Duration = Duration::from_secs(3600);

/// The tokens of a running Agent. Notices changes until it is dropped.
#[derive(Debug)]
pub struct Live {
    tokens: Arc<watch::Sender<Tokens>>,
    watching: JoinHandle<()>,
}

impl Drop for Live {
    fn drop(&mut self) {
        self.watching.abort();
    }
}

impl Live {
    /// Reads the file and watches it from now on.
    ///
    /// # Errors
    /// The file cannot be read, or the system cannot watch its directory.
    pub fn start(file: TokensFile) -> Result<Self, TokensError> {
        // Watched before it is read: what changes in between is read again.
        let changes = watch_dir(&file).map_err(|error| file.cannot_watch(&error))?;
        let tokens = Arc::new(watch::Sender::new(file.read()?));
        let watching = tokio::spawn(follow(changes, file, tokens.clone()));
        Ok(Self { tokens, watching })
    }

    /// Whose token was presented, if it is a valid one.
    #[must_use]
    pub fn grant(&self, presented: &str, from: std::net::SocketAddr) -> Option<Peer> {
        let tokens = self.tokens.borrow();
        let entry = tokens.grant(presented, Utc::now())?;
        let who = Who::Token { name: entry.name.clone(), id: entry.id.clone() };
        Some(Peer { role: entry.role, who, from: from.to_string() })
    }

    /// All of them, and a wake-up whenever they change.
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<Tokens> {
        self.tokens.subscribe()
    }

    /// How many are valid now.
    #[must_use]
    pub fn valid(&self) -> usize {
        self.tokens.borrow().valid(Utc::now())
    }

    /// Waits until a peer's token no longer allows what the peer was granted; then why, as a sentence.
    pub async fn ended(&self, peer: &Peer) -> &'static str {
        let Who::Token { id, .. } = &peer.who else { return std::future::pending().await };
        if id == LOOPBACK {
            return std::future::pending().await;
        }
        let mut tokens = self.tokens.subscribe();
        loop {
            let left = match tokens.borrow_and_update().by_id(id) {
                None => return "the token was revoked",
                Some(entry) if entry.role < peer.role => return "the token's role was taken away",
                Some(entry) if !entry.is_valid(Utc::now()) => return "the token has expired",
                Some(entry) => entry.expires_at.map(|end| (end - Utc::now()).to_std()),
            };
            let look_again = match left {
                Some(left) => tokio::time::sleep(left.unwrap_or_default().min(LOOK_AGAIN)),
                None => tokio::time::sleep(Duration::MAX),
            };
            tokio::select! {
                _ = tokens.changed() => {}
                () = look_again, if left.is_some() => {}
            }
        }
    }
}

impl TokensFile {
    fn cannot_watch(&self, error: &io::Error) -> TokensError {
        let limit = match error.raw_os_error() {
            Some(libc::EMFILE | libc::ENOSPC) => "; raise the sysctl fs.inotify.max_user_instances",
            _ => "",
        };
        let reason = format!("changes of it cannot be watched: {error}{limit}");
        TokensError::Unreadable { path: self.path().to_owned(), reason }
    }
}

/// The directory, because the file itself is replaced.
fn watch_dir(file: &TokensFile) -> io::Result<AsyncFd<OwnedFd>> {
    use inotify::{CreateFlags, WatchFlags as W};
    let changes = inotify::init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK)?;
    let dir = file.path().parent().ok_or(ErrorKind::NotFound)?;
    let what = W::MOVED_TO | W::MOVED_FROM | W::CLOSE_WRITE | W::CREATE | W::DELETE | W::ATTRIB;
    inotify::add_watch(&changes, dir, what | W::DELETE_SELF | W::MOVE_SELF | W::ONLYDIR)?;
    // SAFETY: an OwnedFd names the same open descriptor until it is dropped, and nothing takes it out
    // of the AsyncFd before.
    #[allow(unsafe_code)]
    let registered = unsafe { AsyncFd::register(changes) };
    Ok(registered?)
}

async fn follow(changes: AsyncFd<OwnedFd>, file: TokensFile, tokens: Arc<watch::Sender<Tokens>>) {
    loop {
        let Ok(mut ready) = changes.readable().await else { return };
        let concerned = ready.try_io(|changes| concerned(changes.get_ref()));
        match concerned {
            Err(_would_block) => {}
            Ok(Ok(false)) => {}
            Ok(Ok(true)) => tell(&tokens, read(&file).await),
            Ok(Err(error)) => {
                tracing::error!(%error, "changes of the tokens are no longer noticed; nobody is let in");
                tell(&tokens, Tokens::default());
                return;
            }
        }
    }
}

/// Reads all events that wait; whether one may be about the file.
fn concerned(changes: &OwnedFd) -> io::Result<bool> {
    let mut room = [MaybeUninit::uninit(); 4096];
    let mut events = inotify::Reader::new(changes, &mut room);
    let mut concerned = false;
    loop {
        match events.next() {
            Ok(event) => {
                // Events without a name are about the directory itself, or some were lost.
                let named = event.file_name().map(std::ffi::CStr::to_bytes);
                concerned |= named.is_none_or(|name| name == TokensFile::NAME.as_bytes());
            }
            // Nothing more waits; with nothing at all before it, the next readiness is awaited.
            Err(rustix::io::Errno::AGAIN) if concerned => return Ok(true),
            Err(rustix::io::Errno::AGAIN) => return Err(ErrorKind::WouldBlock.into()),
            Err(error) => return Err(error.into()),
        }
    }
}

/// A file that cannot be read lets nobody in.
async fn read(file: &TokensFile) -> Tokens {
    let file = file.clone();
    let read = tokio::task::spawn_blocking(move || file.read()).await;
    read.unwrap_or_else(|_| Ok(Tokens::default())).unwrap_or_else(|error| {
        tracing::error!(%error, "no token is accepted");
        Tokens::default()
    })
}

fn tell(tokens: &watch::Sender<Tokens>, new: Tokens) {
    let changed = tokens.send_if_modified(|old| {
        let differs = *old != new;
        *old = new;
        differs
    });
    if changed {
        tracing::info!(tokens = tokens.borrow().list().len(), "the tokens changed");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::Role;

    fn peer(entry: &super::super::Entry) -> Peer {
        let who = Who::Token { name: entry.name.clone(), id: entry.id.clone() };
        Peer { role: entry.role, who, from: "here".to_owned() }
    }

    async fn soon<T>(work: impl Future<Output = T>) -> T {
        tokio::time::timeout(Duration::from_secs(10), work).await.unwrap()
    }

    #[tokio::test]
    async fn what_changes_in_the_file_is_noticed() {
        let home = tempfile::tempdir().unwrap();
        let file = TokensFile::in_dir(home.path());
        let live = Live::start(file.clone()).unwrap();
        let from = "10.0.0.1:9".parse().unwrap();
        assert_eq!(live.valid(), 0);
        let mut noticed = live.tokens.subscribe();
        let (entry, secret) = file.add("one", Role::Operator, None, Utc::now()).unwrap();
        soon(noticed.changed()).await.unwrap();
        assert_eq!(live.grant(secret.reveal(), from).unwrap().who.to_string(), "token one");
        assert_eq!(live.grant("wdt_x", from), None);
        let peer = peer(&entry);
        let (why, _) =
            soon(async { tokio::join!(live.ended(&peer), async { file.revoke("one") }) }).await;
        assert_eq!(why, "the token was revoked");
        assert_eq!(live.grant(secret.reveal(), from), None);
    }

    #[tokio::test]
    async fn an_end_comes_by_itself_and_a_file_open_to_others_ends_all() {
        use std::os::unix::fs::PermissionsExt;
        let home = tempfile::tempdir().unwrap();
        let file = TokensFile::in_dir(home.path());
        let short = Some(Duration::from_millis(50));
        let (brief, _) = file.add("brief", Role::Observer, short, Utc::now()).unwrap();
        let (long, _) = file.add("long", Role::Observer, None, Utc::now()).unwrap();
        let live = Live::start(file.clone()).unwrap();
        assert_eq!(soon(live.ended(&peer(&brief))).await, "the token has expired");
        std::fs::set_permissions(file.path(), PermissionsExt::from_mode(0o644)).unwrap();
        assert_eq!(soon(live.ended(&peer(&long))).await, "the token was revoked");
        let more = Peer { role: Role::Admin, ..peer(&long) };
        std::fs::set_permissions(file.path(), PermissionsExt::from_mode(0o600)).unwrap();
        let mut noticed = live.tokens.subscribe();
        soon(noticed.wait_for(|tokens| tokens.list().len() == 2)).await.unwrap();
        assert_eq!(soon(live.ended(&more)).await, "the token's role was taken away");
    }
}
