//! Writes a generator's beats to standard output at their pace.

use std::io::{self, ErrorKind, Write};
use std::time::Duration;

use chrono::Utc;

use super::clock::Clock;
use super::db::Db;
use super::deploy::Deploy;
use super::java::Java;
use super::json::Json;
use super::web::Web;
use super::{Generator, Kind};
use crate::cli::terminal;
use crate::proto::Winsize;

/// Arguments of the verb.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// What to generate.
    pub kind: Kind,
    /// The same seed gives the same text.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// How many times the natural pace; 0 for no pauses at all.
    #[arg(long, default_value_t = 1.0)]
    pub rate: f64,
    /// End after this many beats; without it, never.
    #[arg(long)]
    pub count: Option<u64>,
}

/// Runs until the count is reached or the reader goes away.
///
/// # Errors
/// Standard output failed in another way than by a reader that went away.
pub fn run(args: &Args) -> io::Result<()> {
    let mut generator = generator(args.kind, args.seed);
    let mut out = io::stdout().lock();
    let mut left = args.count;
    while left != Some(0) {
        let beat = generator.next(Utc::now());
        match out.write_all(beat.text.as_bytes()).and_then(|()| out.flush()) {
            Ok(()) => std::thread::sleep(paced(beat.pause, args.rate)),
            Err(error) if gone(&error) => return Ok(()),
            Err(error) => return Err(error),
        }
        left = left.map(|count| count - 1);
    }
    Ok(())
}

/// A closed pipe, or a terminal that hung up (EIO).
fn gone(error: &io::Error) -> bool {
    error.kind() == ErrorKind::BrokenPipe
        || error.raw_os_error() == Some(rustix::io::Errno::IO.raw_os_error())
}

/// The pause at `rate` times the natural pace; none for 0, nonsense and infinity.
fn paced(pause: Duration, rate: f64) -> Duration {
    Duration::try_from_secs_f64(pause.as_secs_f64() / rate).unwrap_or(Duration::ZERO)
}

fn generator(kind: Kind, seed: u64) -> Box<dyn Generator> {
    match kind {
        Kind::Web => Box::new(Web::new(seed)),
        Kind::Db => Box::new(Db::new(seed)),
        Kind::Deploy => Box::new(Deploy::new(seed, terminal_size)),
        Kind::Java => Box::new(Java::new(seed)),
        Kind::Json => Box::new(Json::new(seed)),
        Kind::Clock => Box::new(Clock::new(terminal_size)),
    }
}

/// 80x24 where there is no terminal.
fn terminal_size() -> Winsize {
    terminal::size().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_follow_the_rate() {
        let second = Duration::from_secs(1);
        assert_eq!(paced(second, 1.0), second);
        assert_eq!(paced(second, 4.0), Duration::from_millis(250));
        for none in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert_eq!(paced(second, none), Duration::ZERO, "{none}");
        }
    }
}
