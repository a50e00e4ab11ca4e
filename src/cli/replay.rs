//! `watchdeck replay`: plays a recording.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::context::Context;
use super::error::CliError;
use super::output::{Output, harmless};
use super::plain::PlainLines;
use super::terminal;
use super::values::duration;
use crate::app::{self, ReplayOptions};
use crate::cast::{Cast, Reader, What};

/// Longest line of a recording in bytes.
const LINE_MAX: u64 = 16 << 20;
/// Largest recording that is played: it is held in memory.
const FILE_MAX: u64 = 1 << 30;

/// Arguments of the verb.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A recording: asciicast v2 or v3
    file: PathBuf,
    /// How much faster than it was
    #[arg(long, value_name = "N", value_parser = speed, default_value = "1")]
    speed: f64,
    /// Longest pause: for example 2s
    #[arg(long, value_name = "TIME", value_parser = duration)]
    idle_limit: Option<Duration>,
    /// Print its text lines instead of playing it
    #[arg(long)]
    dump: bool,
}

fn speed(text: &str) -> Result<f64, String> {
    let speed = text.parse().ok().filter(|speed| (0.0625..=256.0).contains(speed));
    speed.ok_or_else(|| format!("`{text}` is no speed; use a number from 0.0625 to 256"))
}

/// Plays the recording on the terminal until it is left, or prints its text.
///
/// # Errors
/// The file cannot be read or is no recording, or there is no terminal.
pub async fn run(args: &Args, context: &Context, out: &mut Output) -> Result<(), CliError> {
    let cast = read(&args.file)?;
    if cast.torn {
        eprintln!("watchdeck: the last line of {} is cut off and left out", args.file.display());
    }
    if args.dump {
        return dump(&cast, out);
    }
    if !terminal::is_interactive() {
        let sentence = "there is no terminal to play it on; --dump prints its text";
        return Err(CliError::Usage(sentence.to_owned()));
    }
    let dashboard = &context.config().dashboard;
    let options = ReplayOptions {
        speed: args.speed,
        idle_limit: args.idle_limit,
        theme: dashboard.theme,
        ascii: dashboard.ascii,
    };
    app::replay(cast, options).await.map_err(CliError::io("the terminal"))
}

fn read(path: &Path) -> Result<Cast, CliError> {
    let name = path.display();
    let failed = |error| CliError::io(format!("cannot read {name}"))(error);
    let file = File::open(path).map_err(failed)?;
    if file.metadata().map_err(failed)?.len() > FILE_MAX {
        return Err(CliError::Failed(format!("{name} is larger than {FILE_MAX} bytes")));
    }
    let mut input = BufReader::new(file);
    let (mut reader, mut line) = (Reader::default(), Vec::new());
    let wrong =
        |error| CliError::Failed(format!("{name} is no recording that can be played: {error}"));
    loop {
        line.clear();
        (&mut input).take(LINE_MAX).read_until(b'\n', &mut line).map_err(failed)?;
        match line.split_last() {
            None => return reader.finish().map_err(wrong),
            Some((b'\n', text)) => reader.line(text, true).map_err(wrong)?,
            // A longer one is told as wrong, not as cut off.
            Some(_) => reader.line(&line, line.len() as u64 == LINE_MAX).map_err(wrong)?,
        }
    }
}

fn dump(cast: &Cast, out: &mut Output) -> Result<(), CliError> {
    let mut plain = PlainLines::default();
    for event in &cast.events {
        match &event.what {
            What::Output(text) => {
                for line in plain.feed(text.as_bytes()) {
                    out.line(&harmless(&line))?;
                }
            }
            What::Marker(text) => eprintln!("watchdeck: marker: {}", harmless(text)),
            What::Resize(_) | What::Exit(_) => {}
        }
    }
    match plain.finish() {
        Some(rest) => out.line(&harmless(&rest)),
        None => Ok(()),
    }
}
