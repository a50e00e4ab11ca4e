//! Telling the service manager how this Agent is: sd_notify(3), the protocol behind `Type=notify`.
//!
//! The manager names a datagram socket in `NOTIFY_SOCKET`. That variable is the Agent's alone: no
//! holder, no Session and no Agent that is started in the background gets it, so that none of them can
//! speak for the service.

use std::ffi::{OsStr, OsString};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// Names the manager's socket: a path, or `@` and an abstract name.
pub const VARIABLE: &str = "NOTIFY_SOCKET";

/// A manager that does not read is not waited for longer than this.
const SEND_DEADLINE: Duration = Duration::from_secs(1);

/// What the manager is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Clients can connect; also: the configuration was read again.
    Ready,
    /// The configuration is being read again; [`State::Ready`] follows, whether it was good or not.
    Reloading,
    /// The Agent ends.
    Stopping,
    /// This process is the service from now on. The manager believes only its present main process,
    /// and only of a process in the service's own control group.
    MainPid(u32),
}

/// Tells the service manager, if there is one. A manager that cannot be told is no reason to stop.
pub fn tell(state: State) {
    let Some(socket) = std::env::var_os(VARIABLE).filter(|socket| !socket.is_empty()) else {
        return;
    };
    if let Err(error) = send(&socket, state) {
        tracing::warn!(%error, ?state, "the service manager was not told");
    }
}

fn send(socket: &OsStr, state: State) -> io::Result<()> {
    let address = address(socket)?;
    let datagram = UnixDatagram::unbound()?;
    datagram.set_write_timeout(Some(SEND_DEADLINE))?;
    datagram.send_to_addr(message(state, monotonic()).as_bytes(), &address).map(|_| ())
}

/// `@` stands for the zero byte that an abstract name begins with (unix(7)).
fn address(socket: &OsStr) -> io::Result<SocketAddr> {
    let wrong = || {
        let socket = OsString::from(socket);
        io::Error::new(io::ErrorKind::InvalidInput, format!("{VARIABLE} is {}", socket.display()))
    };
    match socket.as_bytes() {
        [b'/', ..] => SocketAddr::from_pathname(socket),
        [b'@', name @ ..] => abstract_name(name),
        _ => Err(wrong()),
    }
}

#[cfg(target_os = "linux")]
fn abstract_name(name: &[u8]) -> io::Result<SocketAddr> {
    use std::os::linux::net::SocketAddrExt;
    SocketAddr::from_abstract_name(name)
}

#[cfg(not(target_os = "linux"))]
fn abstract_name(_: &[u8]) -> io::Result<SocketAddr> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Microseconds on CLOCK_MONOTONIC, by which the manager knows a reload from the one before.
fn monotonic() -> u64 {
    let now = clock_gettime(ClockId::Monotonic);
    let of = |number: i64| u64::try_from(number).unwrap_or(0);
    of(now.tv_sec).saturating_mul(1_000_000).saturating_add(of(now.tv_nsec) / 1000)
}

fn message(state: State, monotonic: u64) -> String {
    match state {
        State::Ready => "READY=1".to_owned(),
        State::Reloading => format!("RELOADING=1\nMONOTONIC_USEC={monotonic}"),
        State::Stopping => "STOPPING=1".to_owned(),
        State::MainPid(pid) => format!("MAINPID={pid}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_has_its_word() {
        for (state, expected) in [
            (State::Ready, "READY=1"),
            (State::Reloading, "RELOADING=1\nMONOTONIC_USEC=5"),
            (State::Stopping, "STOPPING=1"),
            (State::MainPid(7), "MAINPID=7"),
        ] {
            assert_eq!(message(state, 5), expected);
        }
        assert!(monotonic() > 0);
    }

    #[test]
    fn both_kinds_of_sockets_are_reached_and_others_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("notify");
        let name = format!("@watchdeck-test-{}", std::process::id());
        let listeners = [
            UnixDatagram::bind(&path).unwrap(),
            UnixDatagram::bind_addr(&address(OsStr::new(&name)).unwrap()).unwrap(),
        ];
        for (listener, socket) in listeners.iter().zip([path.as_os_str(), OsStr::new(&name)]) {
            send(socket, State::MainPid(42)).unwrap();
            let mut buffer = [0; 64];
            let count = listener.recv(&mut buffer).unwrap();
            assert_eq!(&buffer[..count], b"MAINPID=42");
        }
        assert!(send(OsStr::new("vsock:2:1"), State::Ready).is_err());
        assert!(send(dir.path().join("none").as_os_str(), State::Ready).is_err());
    }
}
