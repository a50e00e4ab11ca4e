//! The task that owns the connection with a holder.

use std::io;
use std::os::unix::net::UnixStream as StdStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use tokio::net::UnixStream;
use tokio::sync::{mpsc, watch};

use crate::holder::wire::{Cutter, Order, Report};
use crate::proto::Winsize;

use super::super::log::Log;
use super::open::{Opened, Remembered, lived};
use super::{Holder, Life, ORDERS_CAPACITY, Shared};

/// Bytes that may wait for the holder before orders wait in their queue.
const OUT_MAX: usize = 256 << 10;
/// Bytes read at once; reports are small.
const READ_MAX: usize = 16 << 10;

/// Starts the task of a connection; the handle, and what the holder remembered.
///
/// # Errors
/// When the connection cannot be used without blocking.
pub(super) fn run(opened: Opened) -> io::Result<(Holder, Remembered)> {
    let Opened { stream, cutter, pid, log, master, life, flow, taken, accepted, remembered } =
        opened;
    let stream = into_tokio(stream)?;
    let log = Arc::new(log);
    let shared = Arc::new(Shared::new(life));
    shared.flow.send_replace(flow);
    shared.counts().taken = taken;
    shared.counts().accepted = accepted;
    let (orders, queue) = mpsc::channel(ORDERS_CAPACITY);
    let sizes = watch::Sender::new(None);
    let link = Link {
        stream,
        cutter,
        out: Vec::new(),
        sent: 0,
        log: log.clone(),
        shared: shared.clone(),
        orders: queue,
        sizes: sizes.subscribe(),
    };
    tokio::spawn(link.run());
    let (master, next_id) = (Some(master), AtomicU32::new(1));
    Ok((Holder { pid, log, orders, sizes, shared, master, next_id }, remembered))
}

fn into_tokio(stream: StdStream) -> io::Result<UnixStream> {
    stream.set_read_timeout(None)?;
    stream.set_nonblocking(true)?;
    UnixStream::from_std(stream)
}

struct Link {
    stream: UnixStream,
    cutter: Cutter,
    out: Vec<u8>,
    sent: usize,
    log: Arc<Log>,
    shared: Arc<Shared>,
    orders: mpsc::Receiver<Order>,
    sizes: watch::Receiver<Option<Winsize>>,
}

impl Link {
    async fn run(mut self) {
        if let Err(error) = self.serve().await {
            tracing::debug!(%error, "a holder is gone");
        }
        self.shared.answers().clear();
        if self.shared.left.load(Ordering::Relaxed) {
            return;
        }
        // What ended before stays as it ended.
        self.shared.life.send_if_modified(|life| {
            let was_over = life.is_over();
            if !was_over {
                *life = Life::Lost;
            }
            !was_over
        });
    }

    async fn serve(&mut self) -> io::Result<()> {
        self.reports()?;
        loop {
            let waits = self.sent < self.out.len();
            let has_room = self.out.len() < OUT_MAX;
            tokio::select! {
                biased;
                ready = self.stream.readable() => {
                    ready?;
                    self.read()?;
                }
                ready = self.stream.writable(), if waits => {
                    ready?;
                    self.write()?;
                }
                order = self.orders.recv(), if has_room => match order {
                    Some(order) => self.obey(&order)?,
                    None => return Ok(()),
                },
                changed = self.sizes.changed(), if has_room => {
                    if changed.is_ok() {
                        let size = *self.sizes.borrow_and_update();
                        if let Some(size) = size {
                            self.obey(&Order::Resize(size))?;
                        }
                    }
                }
            }
        }
    }

    /// Queues an order and all that wait, and sends what can be sent now.
    fn obey(&mut self, order: &Order) -> io::Result<()> {
        order.encode(&mut self.out);
        while self.out.len() < OUT_MAX {
            match self.orders.try_recv() {
                Ok(order) => order.encode(&mut self.out),
                Err(_) => break,
            }
        }
        self.write()
    }

    fn write(&mut self) -> io::Result<()> {
        while self.sent < self.out.len() {
            match self.stream.try_write(self.out.get(self.sent..).unwrap_or_default()) {
                Ok(count) => self.sent += count,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                Err(error) => return Err(error),
            }
        }
        self.out.clear();
        self.sent = 0;
        Ok(())
    }

    fn read(&mut self) -> io::Result<()> {
        let mut buffer = [0; READ_MAX];
        match self.stream.try_read(&mut buffer) {
            Ok(0) => Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(count) => {
                self.cutter.push(buffer.get(..count).unwrap_or_default());
                self.reports()
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(()),
            Err(error) => Err(error),
        }
    }

    fn reports(&mut self) -> io::Result<()> {
        let damaged = |error| io::Error::new(io::ErrorKind::InvalidData, error);
        while let Some((kind, body)) = self.cutter.message().map_err(damaged)? {
            if let Some(report) = Report::decode(kind, body).map_err(damaged)? {
                told(&self.log, &self.shared, report);
            }
        }
        Ok(())
    }
}

fn told(log: &Log, shared: &Shared, report: Report) {
    match report {
        Report::Output(end) => log.advance(end),
        Report::Mark(mark) => log.mark(mark),
        Report::Taken { source, seq, bytes } => {
            let mut counts = shared.counts();
            counts.drained = bytes;
            if source != 0 {
                let newest = counts.taken.entry(source).or_default();
                *newest = seq.max(*newest);
            }
            drop(counts);
            shared.moved.send_modify(|count| *count = count.wrapping_add(1));
        }
        Report::Stalled(stalled) => shared.flow.send_modify(|flow| flow.stalled = stalled),
        Report::Stopped(stopped) => shared.flow.send_modify(|flow| flow.stopped = stopped),
        Report::Done { id, errno, message } => answer(shared, id, errno, message),
        Report::Ended(_) | Report::Drained { .. } => {
            shared.life.send_modify(|life| *life = lived(*life, &report));
        }
        Report::Hello { .. }
        | Report::Failed { .. }
        | Report::Stored(..)
        | Report::Queued { .. }
        | Report::Ready => {}
    }
}

fn answer(shared: &Shared, id: u32, errno: i32, message: String) {
    let Some(waiting) = shared.answers().remove(&id) else { return };
    let result = match errno {
        0 => Ok(()),
        libc::ESRCH => Err(io::ErrorKind::NotFound.into()),
        _ => Err(io::Error::other(message)),
    };
    let _ = waiting.send(result);
}
