//! `watchdeck proxy`: bridges its standard streams to this machine's agent. What ssh runs for a dashboard
//! elsewhere.

use std::fs::File;
use std::io::{self, Read, Write};
use std::net::Shutdown;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;

use super::agent;
use super::context::Context;
use super::error::CliError;
use crate::net::{Address, proxy_greeting};

/// Bytes that are passed on at a time.
const CHUNK: usize = 64 << 10;

/// Starts the agent if none runs, greets, and copies both ways until either side ends.
///
/// # Errors
/// The agent cannot be started or reached.
pub async fn run(context: &Context) -> Result<(), CliError> {
    let machine = context.one_machine()?;
    let Address::Unix(socket) = &machine.address else {
        return Err(CliError::Usage(format!("{} is not this machine", machine.name)));
    };
    agent::ensure(context, machine).await?;
    let failed = || CliError::io(socket.display().to_string());
    let stream = UnixStream::connect(socket).map_err(failed())?;
    bridge(&stream).map_err(failed())
}

/// By two threads that block: no keystroke waits for a hand-over between more of them.
fn bridge(stream: &UnixStream) -> io::Result<()> {
    // Unbuffered: what one side says now, the other must hear now.
    let mut stdin = File::from(io::stdin().as_fd().try_clone_to_owned()?);
    let mut stdout = File::from(io::stdout().as_fd().try_clone_to_owned()?);
    stdout.write_all(proxy_greeting().as_bytes())?;
    let mut to_agent = stream.try_clone()?;
    std::thread::spawn(move || {
        let _ = copy(&mut stdin, &mut to_agent);
        // Nobody will say anything more: the agent ends the connection, and then so does the other
        // direction.
        let _ = to_agent.shutdown(Shutdown::Write);
    });
    let mut from_agent = stream;
    copy(&mut from_agent, &mut stdout)
}

/// Passes on at once whatever comes. Not `io::copy`: it splices, and a splice(2) from a pipe into a
/// socket was seen to keep the first bytes until more came (Linux 6.18).
fn copy(from: &mut impl Read, to: &mut impl Write) -> io::Result<()> {
    let mut bytes = vec![0; CHUNK];
    loop {
        let read = match from.read(&mut bytes) {
            Ok(0) => return Ok(()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            read => read?,
        };
        to.write_all(bytes.get(..read).unwrap_or_default())?;
    }
}
