//! `watchdeck record`: writes a session's output with its times to a file that asciinema plays.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use chrono::Utc;

use super::context::Context;
use super::error::CliError;
use super::peer::Peer;
use super::target::Target;
use super::values::{SessionRef, begin};
use crate::cast::Encoder;
use crate::client::Incoming;
use crate::proto::{Begin, Event, Offset, Reply, Request, Role, ScreenText, SessionInfo};

/// Arguments of the verb.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// MACHINE/SESSION, SESSION or a session's id
    session: SessionRef,
    /// The file; SESSION.cast when absent
    #[arg(short, long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Replace the file if it exists
    #[arg(long)]
    force: bool,
    /// End at the log's present end instead of going on until the session ends or C-c
    #[arg(long)]
    kept: bool,
    /// Begin at: start (the oldest output that is kept), screen or now (with what the screen shows), or an
    /// offset in bytes
    #[arg(long, value_name = "PLACE", value_parser = begin, default_value = "start")]
    from: Begin,
}

/// Records until the session ends, the log's end is reached, or C-c.
///
/// # Errors
/// The session is not found, the agent refuses, or the file exists or cannot be written.
pub async fn run(args: &Args, context: &Context) -> Result<(), CliError> {
    let Target { peer, session } = Target::find(context, &args.session, Role::Observer).await?;
    let info = peer.session(&session).await?;
    let path = args.out.clone().unwrap_or_else(|| PathBuf::from(format!("{}.cast", info.name)));
    let writer = Writer::create(&path, args.force, &info)?;
    let mut recording = Recording {
        peer,
        id: info.session_id.to_string(),
        kept: args.kept,
        channel: 0,
        end: None,
        writer,
    };
    let stopped = tokio::signal::ctrl_c();
    tokio::select! {
        done = Box::pin(recording.record(context, args.from)) => done?,
        _ = stopped => {}
    }
    recording.writer.finish()?;
    let Writer { bytes, missing, .. } = &recording.writer;
    let gap = if *missing > 0 { format!("; {missing} bytes are missing") } else { String::new() };
    eprintln!("watchdeck: {bytes} bytes of output are in {}{gap}", path.display());
    Ok(())
}

/// How a run of the tail ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Done,
    /// The connection was cut.
    Cut,
}

struct Recording {
    peer: Peer,
    id: String,
    kept: bool,
    channel: u32,
    /// Where it is over; without it, when the agent closes the channel.
    end: Option<Offset>,
    writer: Writer,
}

impl Recording {
    async fn record(&mut self, context: &Context, from: Begin) -> Result<(), CliError> {
        let from = match from {
            Begin::Screen | Begin::Now => Begin::Offset(self.show().await?),
            from => from,
        };
        self.begin(from).await?;
        while self.run().await? == Outcome::Cut {
            self.peer.again(context).await?;
            self.begin(Begin::Offset(self.writer.at)).await?;
        }
        Ok(())
    }

    /// Begins with a picture of the screen; returns where the output goes on after it.
    async fn show(&mut self) -> Result<Offset, CliError> {
        let request = Request::Screen { session: self.id.clone(), ansi: true };
        match self.peer.ask(request).await? {
            Reply::Screen(screen) => {
                self.writer.picture = Some(repaint(&screen));
                Ok(screen.offset)
            }
            other => Err(self.peer.strange(&other)),
        }
    }

    async fn begin(&mut self, from: Begin) -> Result<(), CliError> {
        let (session, follow) = (self.id.clone(), !self.kept);
        match self.peer.ask(Request::Tail { session, from, follow, timed: true }).await? {
            Reply::Tailing { channel, from: first, end } => {
                self.channel = channel;
                self.end = self.end.or(self.kept.then_some(end));
                self.writer.at = match from {
                    // What is gone before the first byte comes as a gap.
                    Begin::Offset(wanted) => wanted.min(end),
                    Begin::Start if first > 0 => {
                        self.writer.gap(0, first);
                        first
                    }
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
                Some(Incoming::Timed { channel, offset, at, bytes }) if channel == self.channel => {
                    self.writer.output(offset, at, &bytes)?;
                    // A cut is seen by whoever waits for the next bytes.
                    let _ = self.peer.client.credit(channel, bytes.len() as u64).await;
                }
                Some(Incoming::Resized { channel, at, size, .. }) if channel == self.channel => {
                    self.writer.cast.resize(at, size);
                    self.writer.write()?;
                }
                Some(Incoming::Gap { channel, from, to }) if channel == self.channel => {
                    self.writer.gap(from, to);
                }
                Some(Incoming::Event(Event::Closed { channel, .. })) if channel == self.channel => {
                    return Ok(Outcome::Done);
                }
                Some(Incoming::Closed { .. }) | None => return Ok(Outcome::Cut),
                Some(_) => {}
            }
        }
        Ok(Outcome::Done)
    }
}

/// What makes an empty screen show what this one shows.
fn repaint(screen: &ScreenText) -> Vec<u8> {
    let rows = screen.ansi.as_ref().unwrap_or(&screen.text);
    let mut bytes = Vec::new();
    if screen.alternate {
        bytes.extend_from_slice(b"\x1b[?1049h");
    }
    for (number, row) in (1..).zip(rows) {
        bytes.extend_from_slice(format!("\x1b[{number}H{row}\x1b[m").as_bytes());
    }
    let cursor = &screen.cursor;
    bytes.extend_from_slice(format!("\x1b[{};{}H", cursor.row + 1, cursor.col + 1).as_bytes());
    if !cursor.visible {
        bytes.extend_from_slice(b"\x1b[?25l");
    }
    bytes
}

/// The file; always a whole number of lines.
struct Writer {
    path: PathBuf,
    file: File,
    cast: Encoder,
    /// Offset of the next byte.
    at: Offset,
    /// When the newest byte came, in microseconds since the Unix epoch.
    time: u64,
    /// To be told with the time of the next output: what is missing before it, and what the screen showed.
    gap: Option<(Offset, Offset)>,
    picture: Option<Vec<u8>>,
    bytes: u64,
    missing: u64,
}

impl Writer {
    fn create(path: &Path, force: bool, session: &SessionInfo) -> Result<Self, CliError> {
        let failed = |error: std::io::Error| match error.kind() {
            ErrorKind::AlreadyExists => CliError::Failed(format!(
                "{} exists; --force replaces it, --out names another file",
                path.display()
            )),
            _ => CliError::io(format!("cannot write {}", path.display()))(error),
        };
        if force {
            match std::fs::remove_file(path) {
                Err(error) if error.kind() != ErrorKind::NotFound => return Err(failed(error)),
                Ok(()) | Err(_) => {}
            }
        }
        let mut options = OpenOptions::new();
        let file = options.write(true).create_new(true).mode(0o600).open(path).map_err(failed)?;
        let title = format!("{}/{}", session.machine, session.name);
        let cast = Encoder::new(title, session.term.clone(), session.size());
        let (path, at, time) = (path.to_owned(), 0, 0);
        let (gap, picture) = (None, None);
        Ok(Self { path, file, cast, at, time, gap, picture, bytes: 0, missing: 0 })
    }

    fn output(&mut self, offset: Offset, at: u64, bytes: &[u8]) -> Result<(), CliError> {
        self.before(at);
        self.cast.output(at, bytes);
        self.at = offset + bytes.len() as u64;
        self.bytes += bytes.len() as u64;
        self.write()
    }

    /// What is to be told before the output that came at this time.
    fn before(&mut self, at: u64) {
        self.time = at.max(self.time);
        if let Some(picture) = self.picture.take() {
            self.cast.output(at, &picture);
        }
        if let Some((from, to)) = self.gap.take() {
            self.cast.gap(at, from, to);
            self.missing += to.saturating_sub(from);
        }
    }

    /// Output is missing; told with the time of what comes after it.
    fn gap(&mut self, from: Offset, to: Offset) {
        let first = self.gap.map_or(from, |(first, _)| first.min(from));
        self.gap = Some((first, to));
        self.at = to;
    }

    fn finish(&mut self) -> Result<(), CliError> {
        let now = u64::try_from(Utc::now().timestamp_micros()).unwrap_or_default();
        // The machine's clock may be another one: where it has told the time, that holds.
        let now = if self.time > 0 { self.time } else { now };
        self.before(now);
        self.cast.finish(now);
        self.write()
    }

    /// A full disk leaves what was written before whole.
    fn write(&mut self) -> Result<(), CliError> {
        let lines = self.cast.take();
        let before = self.file.metadata().map(|meta| meta.len());
        self.file.write_all(&lines).map_err(|error| {
            if let Ok(length) = before {
                // What cannot be taken back is a cut-off last line, which players leave out.
                let _ = self.file.set_len(length);
            }
            CliError::io(format!("the recording {} ends here", self.path.display()))(error)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::{ScreenCursor, Winsize};
    use crate::term::{Screen, ScreenOptions, View};

    #[test]
    fn a_repainted_screen_shows_the_same() {
        let screen = |bytes: &[u8]| {
            let mut screen = Screen::new(Winsize::new(4, 20), ScreenOptions::default());
            screen.feed(bytes);
            View::of(&screen, 0)
        };
        let view = screen(b"\x1b[1;31mred\x1b[m\r\n  two\r\n\x1b[44mx \xe2\x82\xac\x1b[m\x1b[2;4H");
        let (row, col) = view.cursor_position();
        let ansi = (0..4).map(|row| String::from_utf8(view.ansi_row(row)).unwrap()).collect();
        let text = ScreenText {
            rows: 4,
            cols: 20,
            cursor: ScreenCursor { row, col, visible: true },
            title: String::new(),
            text: Vec::new(),
            ansi: Some(ansi),
            alternate: false,
            offset: 0,
        };
        let again = screen(&repaint(&text));
        assert_eq!(again.cursor_position(), view.cursor_position());
        let rows = |view: &View| (0..4).map(|row| view.ansi_row(row)).collect::<Vec<_>>();
        assert_eq!(rows(&again), rows(&view));
    }
}
