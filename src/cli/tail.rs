//! `watchdeck tail`: prints a session's output, as bytes or as plain lines.

use std::io::IsTerminal;

use bytes::Bytes;

use super::context::Context;
use super::error::CliError;
use super::output::{Output, harmless};
use super::peer::Peer;
use super::plain::PlainLines;
use super::target::Target;
use super::values::{SessionRef, begin};
use crate::client::Incoming;
use crate::proto::{Begin, Event, Offset, Reply, Request, Role};

/// Arguments of the verb.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// MACHINE/SESSION, SESSION or a session's id
    session: SessionRef,
    /// Go on with what comes, until the session ends
    #[arg(short, long)]
    follow: bool,
    /// Print text lines without escape sequences, as always on a terminal; elsewhere the bytes are
    /// printed as the program wrote them
    #[arg(long)]
    plain: bool,
    /// Print the bytes as the program wrote them even on a terminal, which then obeys them
    #[arg(long, conflicts_with = "plain")]
    raw: bool,
    /// Begin this many lines before the end
    #[arg(short = 'n', long, value_name = "LINES", default_value_t = 10, conflicts_with = "from")]
    lines: u32,
    /// Begin at: screen, now, start, or an offset in bytes
    #[arg(long, value_name = "PLACE", value_parser = begin)]
    from: Option<Begin>,
}

/// Prints what the log has, and follows it if asked to.
///
/// # Errors
/// The session is not found, the agent refuses, or the connection breaks while following.
pub async fn run(args: &Args, context: &Context, out: &mut Output) -> Result<(), CliError> {
    let Target { peer, session } = Target::find(context, &args.session, Role::Observer).await?;
    // By its id: another session may get its name while the connection is cut.
    let session = peer.session(&session).await?.session_id.to_string();
    // A program there must not get at the terminal here just because somebody looks.
    let plain = args.plain || (!args.raw && std::io::stdout().is_terminal());
    let writer = Writer { out, plain: plain.then(PlainLines::default), at: 0 };
    let mut tail = Tail { peer, session, follow: args.follow, channel: 0, end: None, writer };
    tail.begin(args.from.unwrap_or(Begin::Lines(args.lines)), None).await?;
    while tail.run().await? == Outcome::Cut {
        tail.peer.again(context).await?;
        tail.begin(Begin::Offset(tail.writer.at), tail.end).await?;
    }
    tail.writer.finish()
}

/// How a run of a tail ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// Everything was printed.
    Done,
    /// The connection was cut; it goes on at the offset that it came to.
    Cut,
}

/// A running tail.
struct Tail<'a> {
    peer: Peer,
    session: String,
    follow: bool,
    channel: u32,
    /// Where it is over; without it, when the agent closes the channel.
    end: Option<Offset>,
    writer: Writer<'a>,
}

impl Tail<'_> {
    /// Asks for the output from a place on; up to `end` where that is known from before a cut.
    async fn begin(&mut self, from: Begin, end: Option<Offset>) -> Result<(), CliError> {
        let (session, follow) = (self.session.clone(), self.follow);
        let request = Request::Tail { session, from, follow, timed: false };
        match self.peer.ask(request).await? {
            Reply::Tailing { channel, from: first, end: now } => {
                self.channel = channel;
                self.end = (!follow).then(|| end.unwrap_or(now));
                self.writer.at = match from {
                    // What is gone before the first byte comes as a gap.
                    Begin::Offset(wanted) => wanted.min(now),
                    _ => first,
                };
                Ok(())
            }
            other => Err(self.peer.strange(&other)),
        }
    }

    async fn run(&mut self) -> Result<Outcome, CliError> {
        while self.end.is_none_or(|end| self.writer.at < end) {
            match self.peer.incoming.recv().await {
                Some(Incoming::Output { channel, offset, bytes }) if channel == self.channel => {
                    self.output(offset, &bytes).await?;
                }
                Some(Incoming::Gap { channel, from, to }) if channel == self.channel => {
                    self.writer.gap(from, to)?;
                }
                Some(Incoming::Event(Event::Closed { channel, reason }))
                    if channel == self.channel =>
                {
                    tracing::info!(%reason, "the agent closed the stream");
                    break;
                }
                Some(Incoming::Closed { reason, .. }) => {
                    tracing::info!(%reason, "the connection was cut");
                    return Ok(Outcome::Cut);
                }
                None => return Ok(Outcome::Cut),
                Some(_) => {}
            }
        }
        Ok(Outcome::Done)
    }

    async fn output(&mut self, offset: Offset, bytes: &Bytes) -> Result<(), CliError> {
        self.writer.write(offset, bytes)?;
        // Granted only after it was written: a slow reader slows the stream, not the agent. A cut is
        // seen by whoever waits for the next bytes.
        let _ = self.peer.client.credit(self.channel, bytes.len() as u64).await;
        Ok(())
    }
}

/// Writes output and knows how far it came.
struct Writer<'a> {
    out: &'a mut Output,
    /// Lines without escape sequences instead of bytes.
    plain: Option<PlainLines>,
    /// Offset of the next byte.
    at: Offset,
}

impl Writer<'_> {
    fn write(&mut self, offset: Offset, bytes: &[u8]) -> Result<(), CliError> {
        match &mut self.plain {
            None => self.out.bytes(bytes)?,
            Some(plain) => {
                for line in plain.feed(bytes) {
                    self.out.line(&harmless(&line))?;
                }
            }
        }
        self.at = offset + bytes.len() as u64;
        self.out.flush()
    }

    fn gap(&mut self, from: Offset, to: Offset) -> Result<(), CliError> {
        self.out.flush()?;
        let missing = to.saturating_sub(from);
        eprintln!("watchdeck: {missing} bytes are gone from the log (offsets {from} to {to})");
        self.at = to;
        Ok(())
    }

    /// Writes the last line if it has no line end.
    fn finish(&mut self) -> Result<(), CliError> {
        if let Some(rest) = self.plain.as_mut().and_then(PlainLines::finish) {
            self.out.line(&harmless(&rest))?;
        }
        self.out.flush()
    }
}
