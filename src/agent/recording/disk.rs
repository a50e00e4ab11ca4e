//! The thread that does the disk work of all recordings: a disk that hangs stops it, and nothing else.

use std::io;
use std::sync::OnceLock;
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};

use tokio::sync::oneshot;

/// Pieces of work that may wait; a recording has at most one.
const CAPACITY: usize = 4096;

type Work = Box<dyn FnOnce() + Send>;

/// Does work in a thread that starts with the first piece of it.
#[derive(Debug, Default)]
pub struct Disk {
    queue: OnceLock<SyncSender<Work>>,
}

impl Disk {
    /// Does the work; the rest of the Agent goes on.
    ///
    /// # Errors
    /// The work's own, or there is too much of it.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> io::Result<T> + Send + 'static,
    ) -> io::Result<T> {
        let queue = self.queue.get_or_init(|| {
            let (queue, waiting) = sync_channel::<Work>(CAPACITY);
            std::thread::spawn(move || waiting.into_iter().for_each(|work| work()));
            queue
        });
        let (done, answer) = oneshot::channel();
        let work = Box::new(move || {
            // Whoever asked may have given up.
            let _ = done.send(work());
        });
        match queue.try_send(work) {
            Ok(()) => answer.await.unwrap_or_else(|_| Err(io::ErrorKind::BrokenPipe.into())),
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => {
                Err(io::Error::new(io::ErrorKind::WouldBlock, "the disk does not keep up"))
            }
        }
    }
}
