//! A way between a client and an agent that misbehaves on demand, over TCP or a Unix socket: it
//! stands below TLS and below ssh, so that every carrier can be put on it.
#![allow(dead_code)] // each test binary uses its own part

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, split};
use tokio::net::{TcpListener, TcpStream, UnixListener, UnixStream};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until};

use crate::dice::Dice;

/// Bytes that are passed on at a time; a line that carries little gets less.
const CHUNK: usize = 4096;
/// Chunks that are on their way in one direction, as a router holds them.
const ON_THE_WAY: usize = 32;

/// Where something listens.
#[derive(Debug, Clone)]
pub enum Place {
    Tcp(SocketAddr),
    Unix(PathBuf),
}

/// What happens to one direction of one connection.
#[derive(Debug, Clone, Copy, Default)]
pub struct Weather {
    /// The connection ends, both ways, once this many bytes have passed.
    pub cut_at: Option<u64>,
    /// One bit of this byte is changed.
    pub flip_at: Option<u64>,
    /// The bytes from here to the end of the piece come twice.
    pub twice_at: Option<u64>,
    /// How long every byte takes.
    pub delay: Duration,
    /// How much longer it may take; the order stays.
    pub jitter: Duration,
    /// Bytes a second.
    pub rate: Option<u32>,
    /// From this byte on each comes alone.
    pub trickle_from: Option<u64>,
}

/// What happens to one connection.
#[derive(Debug, Clone, Copy, Default)]
pub struct Forecast {
    /// From the client to the agent.
    pub up: Weather,
    /// From the agent to the client.
    pub down: Weather,
}

impl Forecast {
    /// The same both ways.
    pub fn both(weather: Weather) -> Self {
        Self { up: weather, down: weather }
    }

    /// Once so many bytes have passed in either direction.
    pub fn cut(up: u64, down: u64) -> Self {
        let at = |offset| Weather { cut_at: Some(offset), ..Weather::default() };
        Self { up: at(up), down: at(down) }
    }
}

type Oracle = Box<dyn FnMut() -> Forecast + Send>;

struct Shared {
    target: Place,
    next: Mutex<Oracle>,
    /// Everything is swallowed, and nobody notices.
    hole: AtomicBool,
    cut: watch::Sender<u64>,
    connections: AtomicU64,
    cuts: AtomicU64,
    damages: AtomicU64,
    passed: [AtomicU64; 2],
}

/// The misbehaving way. Ends with this value, and everything on it.
pub struct Chaos {
    pub place: Place,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

impl Drop for Chaos {
    fn drop(&mut self) {
        self.task.abort();
        self.cut();
    }
}

trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

enum Listener {
    Tcp(TcpListener),
    Unix(UnixListener),
}

impl Listener {
    async fn accept(&self) -> Box<dyn Stream> {
        match self {
            Self::Tcp(listener) => {
                let stream = listener.accept().await.unwrap().0;
                let _ = stream.set_nodelay(true);
                Box::new(stream)
            }
            Self::Unix(listener) => Box::new(listener.accept().await.unwrap().0),
        }
    }
}

impl Place {
    async fn connect(&self) -> std::io::Result<Box<dyn Stream>> {
        Ok(match self {
            Self::Tcp(at) => {
                let stream = TcpStream::connect(at).await?;
                let _ = stream.set_nodelay(true);
                Box::new(stream)
            }
            Self::Unix(path) => Box::new(UnixStream::connect(path).await?),
        })
    }
}

impl Chaos {
    /// A way to `target`; a Unix socket is made in `dir`.
    pub async fn to(target: Place, dir: &Path) -> Self {
        let (place, listener) = match &target {
            Place::Tcp(_) => {
                let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
                (Place::Tcp(listener.local_addr().unwrap()), Listener::Tcp(listener))
            }
            Place::Unix(_) => {
                let path = dir.join("chaos.sock");
                let listener = UnixListener::bind(&path).unwrap();
                (Place::Unix(path), Listener::Unix(listener))
            }
        };
        let shared = Arc::new(Shared {
            target,
            next: Mutex::new(Box::new(Forecast::default)),
            hole: AtomicBool::new(false),
            cut: watch::Sender::new(0),
            connections: AtomicU64::new(0),
            cuts: AtomicU64::new(0),
            damages: AtomicU64::new(0),
            passed: Default::default(),
        });
        let task = tokio::spawn(accept(listener, shared.clone()));
        Self { place, shared, task }
    }

    /// What happens to the connections from now on.
    pub fn forecast(&self, oracle: impl FnMut() -> Forecast + Send + 'static) {
        *self.shared.next.lock().unwrap() = Box::new(oracle);
    }

    /// Nothing happens to the connections from now on.
    pub fn fair(&self) {
        self.forecast(Forecast::default);
    }

    /// Ends every connection now.
    pub fn cut(&self) {
        self.shared.cut.send_modify(|count| *count += 1);
    }

    /// Swallows everything from now on, or passes it on again.
    pub fn swallow(&self, hole: bool) {
        self.shared.hole.store(hole, Ordering::Relaxed);
    }

    /// Connections that were opened so far.
    pub fn connections(&self) -> u64 {
        self.shared.connections.load(Ordering::Relaxed)
    }

    /// Connections that were cut at an offset so far.
    pub fn cuts(&self) -> u64 {
        self.shared.cuts.load(Ordering::Relaxed)
    }

    /// Bits flipped and pieces doubled so far.
    pub fn damages(&self) -> u64 {
        self.shared.damages.load(Ordering::Relaxed)
    }

    /// Bytes that passed so far: from clients to the agent, and from the agent to clients.
    pub fn passed(&self) -> (u64, u64) {
        let [up, down] = self.shared.passed.each_ref().map(|bytes| bytes.load(Ordering::Relaxed));
        (up, down)
    }
}

async fn accept(listener: Listener, shared: Arc<Shared>) {
    loop {
        let near = listener.accept().await;
        tokio::spawn(connection(near, shared.clone()));
    }
}

async fn connection(near: Box<dyn Stream>, shared: Arc<Shared>) {
    let Ok(far) = shared.target.connect().await else { return };
    shared.connections.fetch_add(1, Ordering::Relaxed);
    let forecast = (shared.next.lock().unwrap())();
    let mut cut = shared.cut.subscribe();
    let ((near_in, near_out), (far_in, far_out)) = (split(near), split(far));
    // Whichever ends first ends all: both sockets close with the end of this function.
    tokio::select! {
        () = pass(near_in, far_out, forecast.up, 0, &shared) => {}
        () = pass(far_in, near_out, forecast.down, 1, &shared) => {}
        _ = cut.changed() => {}
    }
}

/// One direction: a reader that damages, a line that takes its time, a writer.
async fn pass(
    mut from: impl AsyncRead + Unpin,
    to: impl AsyncWrite + Unpin,
    weather: Weather,
    direction: usize,
    shared: &Shared,
) {
    let (line, arrivals) = mpsc::channel(ON_THE_WAY);
    let reader = async move {
        let mut dice = Dice::with(shared.connections.load(Ordering::Relaxed));
        let (mut at, mut due) = (0, Instant::now());
        let mut bytes = vec![0; weather.rate.map_or(CHUNK, |_| CHUNK / 8)];
        while let Ok(read @ 1..) = from.read(&mut bytes).await {
            if shared.hole.load(Ordering::Relaxed) {
                continue;
            }
            let (piece, over) = weather.spoil(at, &bytes[..read], shared);
            at += read as u64;
            let jitter = dice.within(0..weather.jitter.as_micros() as u64 + 1);
            due = due.max(Instant::now() + weather.delay + Duration::from_micros(jitter));
            if line.send((due, piece)).await.is_err() || over {
                return;
            }
        }
        if shared.hole.load(Ordering::Relaxed) {
            // A line that is dead does not tell that somebody hung up.
            std::future::pending::<()>().await;
        }
    };
    tokio::join!(reader, deliver(arrivals, to, weather, direction, shared));
}

async fn deliver(
    mut arrivals: mpsc::Receiver<(Instant, Vec<u8>)>,
    mut to: impl AsyncWrite + Unpin,
    weather: Weather,
    direction: usize,
    shared: &Shared,
) {
    let (mut free_at, mut at) = (Instant::now(), 0);
    while let Some((due, piece)) = arrivals.recv().await {
        sleep_until(due).await;
        if let Some(rate) = weather.rate {
            let takes = Duration::from_secs_f64(piece.len() as f64 / f64::from(rate));
            free_at = free_at.max(Instant::now()) + takes;
            sleep_until(free_at).await;
        }
        shared.passed[direction].fetch_add(piece.len() as u64, Ordering::Relaxed);
        let trickles = weather.trickle_from.is_some_and(|from| at >= from);
        at += piece.len() as u64;
        for part in piece.chunks(if trickles { 1 } else { CHUNK * 2 }) {
            if to.write_all(part).await.is_err() || to.flush().await.is_err() {
                return;
            }
            if trickles {
                tokio::task::yield_now().await;
            }
        }
    }
}

impl Weather {
    /// What becomes of the bytes from offset `at` on, and whether they are the last.
    fn spoil(&self, at: u64, bytes: &[u8], shared: &Shared) -> (Vec<u8>, bool) {
        let mut piece = bytes.to_vec();
        let within = |offset: Option<u64>| {
            offset?.checked_sub(at).map(|index| index as usize).filter(|i| *i < bytes.len())
        };
        if let Some(index) = within(self.flip_at) {
            piece[index] ^= 1 << (index % 8);
            shared.damages.fetch_add(1, Ordering::Relaxed);
        }
        if let Some(index) = within(self.twice_at) {
            piece.extend_from_within(index..);
            shared.damages.fetch_add(1, Ordering::Relaxed);
        }
        let cut = within(self.cut_at);
        if let Some(index) = cut {
            piece.truncate(index);
            shared.cuts.fetch_add(1, Ordering::Relaxed);
        }
        (piece, cut.is_some())
    }
}
