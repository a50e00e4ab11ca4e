//! The agent's log goes through a thread of its own: a disk that hangs must not stop what is logged
//! about (reliability, F28).

use std::io::{self, Write};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Duration;

/// Lines that may wait; further ones are lost, and counted.
const CAPACITY: usize = 1024;
/// How long the end of the process may wait for them.
const FINISH: Duration = Duration::from_millis(500);

static QUEUE: OnceLock<SyncSender<Item>> = OnceLock::new();
static LOST: AtomicU64 = AtomicU64::new(0);

enum Item {
    Line(Vec<u8>),
    /// Answered once everything before it is written.
    Finish(SyncSender<()>),
}

/// Puts each line into the queue.
#[derive(Debug, Clone, Copy)]
pub struct LogQueue;

impl LogQueue {
    /// Starts the thread that writes to standard error.
    pub fn start() -> Self {
        let _ = QUEUE.get_or_init(|| {
            let (queue, waiting) = sync_channel(CAPACITY);
            std::thread::spawn(move || write(&waiting));
            queue
        });
        Self
    }
}

fn write(waiting: &Receiver<Item>) {
    let mut out = io::stderr();
    while let Ok(item) = waiting.recv() {
        // Nobody could be told of failures.
        let _ = match item {
            Item::Line(line) => out.write_all(&line).is_ok(),
            Item::Finish(done) => done.send(()).is_ok(),
        };
        let lost = LOST.swap(0, Ordering::Relaxed);
        if lost > 0 {
            let _ = writeln!(out, "({lost} lines of the log were lost: it could not be written)");
        }
    }
}

impl Write for LogQueue {
    /// A line comes in one piece.
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let queued = QUEUE.get().map(|queue| queue.try_send(Item::Line(line.to_vec())));
        if !matches!(queued, Some(Ok(()))) {
            LOST.fetch_add(1, Ordering::Relaxed);
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Waits a little until everything is written.
pub fn finish() {
    let Some(queue) = QUEUE.get() else { return };
    let (done, written) = sync_channel(1);
    if queue.try_send(Item::Finish(done)).is_ok() {
        let _ = written.recv_timeout(FINISH);
    }
}
