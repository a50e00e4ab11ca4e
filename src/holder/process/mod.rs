//! The holder's loop: one thread, one `poll`, one owner of everything.

mod agent_side;
mod program;
mod terminal_side;

use std::io::{self, Read as _};
use std::os::fd::AsFd;
use std::os::unix::net::{UnixListener, UnixStream};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::Pid;

use crate::proto::{ExitStatus, Offset, Winsize};

use super::cgroup::Cgroup;
use super::connection::Connection;
use super::input::Input;
use super::killing::Killing;
use super::marks::Marks;
use super::memory::Memory;
use super::pty::{self, Launch, LaunchError};
use super::reap::Reaper;
use super::ring::RingWriter;
use super::terminal::Terminal;
use super::wire::{Cutter, Order, Report};
use super::{HOLDER_COMM, RESERVE, RING_MIN};

/// Bytes gathered from the terminal before the Agent is told.
const READ_MAX: usize = 64 << 10;
/// Changes of size reach the program at most this often; the last is always applied.
const RESIZE_PACE: Duration = Duration::from_millis(50);
/// How long output is still awaited once the program ended.
const DRAIN_DEADLINE: Duration = Duration::from_secs(2);
/// A program that has taken no input for this long is said not to be reading.
const STALL_AFTER: Duration = Duration::from_millis(500);
/// Pause between two looks at a terminal that is hung up while its program runs.
const HUNG_UP_PAUSE: Duration = Duration::from_millis(100);
/// An Agent that takes nothing for this long, while the ring is full, hangs: the program goes on.
const AGENT_PATIENCE: Duration = Duration::from_secs(15);
/// How long the first order may take.
const START_DEADLINE: Duration = Duration::from_secs(10);

/// Runs a holder: takes the order to start from standard input, and returns when the Session is
/// forgotten.
///
/// # Errors
/// When there is no such order, or the program cannot be started; the Agent was told.
pub fn run() -> io::Result<()> {
    let stream = UnixStream::from(io::stdin().as_fd().try_clone_to_owned()?);
    let (launch, rest) = receive_launch(&stream)?;
    detach()?;
    let mut agent = Connection::new(stream)?;
    match Holding::start(&launch) {
        Ok(mut holding) => {
            holding.welcome(agent, rest);
            holding.run()
        }
        Err(error) => {
            let _ = agent.tell(&failed(&error));
            agent.flush()?;
            Err(io::Error::other(error))
        }
    }
}

/// Waits for [`Order::Start`]; also what came after it.
fn receive_launch(mut stream: &UnixStream) -> io::Result<(Launch, Cutter)> {
    let wrong = |what: &str| io::Error::new(io::ErrorKind::InvalidData, what.to_owned());
    stream.set_read_timeout(Some(START_DEADLINE))?;
    let mut cutter = Cutter::default();
    let mut buffer = [0; 4096];
    loop {
        match stream.read(&mut buffer)? {
            0 => return Err(wrong("a holder is started by an agent")),
            count => cutter.push(buffer.get(..count).unwrap_or_default()),
        }
        let message = cutter.message().map_err(|error| wrong(&error.to_string()))?;
        if let Some((kind, body)) = message {
            let Ok(Some(Order::Start(launch))) = Order::decode(kind, body) else {
                return Err(wrong("the first order must be to start"));
            };
            let launch = serde_json::from_slice(&launch).map_err(|e| wrong(&e.to_string()))?;
            return Ok((launch, cutter));
        }
    }
}

/// Lets go of the Agent's terminal, directory and name.
fn detach() -> io::Result<()> {
    rustix::process::setsid()?;
    std::env::set_current_dir("/")?;
    let null = std::fs::File::options().read(true).open("/dev/null")?;
    rustix::stdio::dup2_stdin(null)?;
    // Only for those who look at the process table.
    let _ = std::fs::write("/proc/self/comm", HOLDER_COMM);
    Ok(())
}

fn failed(error: &LaunchError) -> Report {
    let kind = match error {
        LaunchError::NoPty => 1,
        LaunchError::Pty(_) => 2,
        LaunchError::Spawn { .. } => 3,
    };
    Report::Failed { kind, message: error.to_string() }
}

/// How far the program is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Life {
    Running,
    /// It ended; output is awaited until the time is over.
    Ended(ExitStatus, Instant),
    Drained(ExitStatus, u32),
}

/// A Session that is held.
struct Holding {
    launch: Launch,
    listener: UnixListener,
    reaper: Reaper,
    cgroup: Option<Cgroup>,
    terminal: Terminal,
    pid: Pid,
    life: Life,
    ring: RingWriter,
    marks: Marks,
    memory: Memory,
    input: Input,
    agent: Option<Connection>,
    /// Bytes before it may be overwritten.
    pinned: Offset,
    /// Since when the Agent lets go of nothing though the ring is full.
    full_since: Option<Instant>,
    /// Queries before it are answered.
    answered: Offset,
    /// The end of output as the Agent knows it.
    told: Offset,
    /// Bytes of input taken since the Agent connected.
    taken: u64,
    /// Since when input waits that the terminal does not take.
    blocked: Option<Instant>,
    stalled: bool,
    stopped: bool,
    size: Winsize,
    wished: Option<Winsize>,
    resized_at: Instant,
    /// Until when a terminal that is hung up is left alone.
    hung_up: Option<Instant>,
    killing: Option<Killing>,
    /// Who asked for the end.
    killers: Vec<u32>,
    /// Nothing is left to be held.
    finished: bool,
    buffer: Vec<u8>,
}

/// What there is to be done now.
#[derive(Debug, Clone, Copy, Default)]
struct Ready {
    reaper: bool,
    listener: bool,
    agent: bool,
    output: bool,
    input: bool,
}

impl Holding {
    fn start(launch: &Launch) -> Result<Self, LaunchError> {
        let size = launch.size.clamped();
        let reaper = Reaper::new().map_err(LaunchError::Pty)?;
        let listener = listen(launch).map_err(LaunchError::Pty)?;
        let ring = RingWriter::create(launch.ring.max(RING_MIN)).map_err(LaunchError::Pty)?;
        let name = launch.socket.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let cgroup = Cgroup::create(&name);
        let door = cgroup.as_ref().and_then(Cgroup::door);
        let (master, pid) = pty::launch(&launch.program, size, door)?;
        let terminal = Terminal::new(master).map_err(|error| LaunchError::Pty(error.into()))?;
        let mut marks = Marks::default();
        marks.resized(0, now_micros(), size);
        let now = Instant::now();
        Ok(Self {
            launch: launch.clone(),
            listener,
            reaper,
            cgroup,
            terminal,
            pid,
            life: Life::Running,
            ring,
            marks,
            memory: Memory::of(&launch.stored),
            input: Input::default(),
            agent: None,
            pinned: 0,
            full_since: None,
            answered: 0,
            told: 0,
            taken: 0,
            blocked: None,
            stalled: false,
            stopped: false,
            size,
            wished: None,
            resized_at: now,
            hung_up: None,
            killing: None,
            killers: Vec::new(),
            finished: false,
            buffer: vec![0; READ_MAX],
        })
    }

    fn run(&mut self) -> io::Result<()> {
        while !self.finished {
            let ready = self.wait()?;
            if ready.reaper {
                self.reap();
            }
            if ready.listener {
                self.accept();
            }
            if ready.agent {
                self.hear();
            }
            if ready.output {
                self.read_output();
            }
            if ready.input {
                self.write_input();
            }
            self.tick(Instant::now());
            self.flush();
        }
        let _ = std::fs::remove_file(&self.launch.socket);
        Ok(())
    }

    /// Waits until something can be done, or something is due.
    fn wait(&self) -> io::Result<Ready> {
        let reads = self.reads_output();
        let writes = !self.input.is_empty() && !self.is_drained();
        let mut terminal = PollFlags::empty();
        terminal.set(PollFlags::IN, reads);
        terminal.set(PollFlags::OUT, writes);
        let mut agent = PollFlags::IN;
        agent.set(PollFlags::OUT, self.agent.as_ref().is_some_and(|agent| agent.waiting() > 0));
        let mut fds = vec![
            PollFd::new(&self.reaper, PollFlags::IN),
            PollFd::new(&self.listener, PollFlags::IN),
        ];
        let has_terminal = !terminal.is_empty();
        if has_terminal {
            fds.push(PollFd::new(&self.terminal, terminal));
        }
        if let Some(connection) = &self.agent {
            fds.push(PollFd::new(connection, agent));
        }
        let timeout = self.next_due().map(|due| due.saturating_duration_since(Instant::now()));
        match poll(&mut fds, timeout.and_then(|time| Timespec::try_from(time).ok()).as_ref()) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        let mut found = fds.iter().map(PollFd::revents);
        let mut next = || found.next().unwrap_or(PollFlags::empty());
        let (reaper, listener) = (next(), next());
        let terminal = if has_terminal { next() } else { PollFlags::empty() };
        let hung_up = terminal.intersects(PollFlags::HUP | PollFlags::ERR);
        Ok(Ready {
            reaper: !reaper.is_empty(),
            listener: !listener.is_empty(),
            output: reads && (terminal.contains(PollFlags::IN) || hung_up),
            input: writes && (terminal.contains(PollFlags::OUT) || hung_up),
            agent: !next().is_empty(),
        })
    }

    /// When something must be done though nothing happens.
    fn next_due(&self) -> Option<Instant> {
        let resize = self.wished.map(|_| self.resized_at + RESIZE_PACE);
        let stall = self.blocked.filter(|_| !self.stalled).map(|since| since + STALL_AFTER);
        let drained = match self.life {
            Life::Ended(_, until) => Some(until),
            Life::Running | Life::Drained(..) => None,
        };
        let patience = self.full_since.map(|since| since + AGENT_PATIENCE);
        let patience = patience.filter(|_| !self.overwrites());
        let killing = self.killing.as_ref().map(Killing::due);
        [resize, stall, drained, patience, killing, self.hung_up].into_iter().flatten().min()
    }

    fn tick(&mut self, now: Instant) {
        if self.hung_up.is_some_and(|until| until <= now) {
            self.hung_up = None;
        }
        if self.blocked.is_some_and(|since| since + STALL_AFTER <= now) && !self.stalled {
            self.set_stalled(true);
        }
        if matches!(self.life, Life::Ended(_, until) if until <= now) {
            self.drained();
        }
        self.resize(now);
        self.kill_on(now);
    }

    fn is_drained(&self) -> bool {
        matches!(self.life, Life::Drained(..))
    }

    fn reads_output(&self) -> bool {
        !self.is_drained() && self.hung_up.is_none() && (self.overwrites() || self.room() > 0)
    }

    /// Whether the program goes on though bytes are lost that nobody took: without an Agent, or with
    /// one that hangs.
    fn overwrites(&self) -> bool {
        let hangs = self.full_since.is_some_and(|since| since.elapsed() >= AGENT_PATIENCE);
        self.agent.is_none() || hangs
    }

    fn room(&self) -> usize {
        let needed = self.ring.end().saturating_sub(self.pinned);
        let room = self.ring.capacity().saturating_sub(RESERVE as u64).saturating_sub(needed);
        usize::try_from(room).unwrap_or(usize::MAX)
    }
}

/// Binds the holder's socket, in place of one that a dead holder left.
fn listen(launch: &Launch) -> io::Result<UnixListener> {
    use std::os::unix::fs::PermissionsExt;
    match std::fs::remove_file(&launch.socket) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    let listener = UnixListener::bind(&launch.socket)?;
    std::fs::set_permissions(&launch.socket, std::fs::Permissions::from_mode(0o600))?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

fn now_micros() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_micros()).unwrap_or(u64::MAX)
}
