//! The program that floods a pane, and says in every line when it was written.

use std::io::Write;
use std::time::{SystemTime, UNIX_EPOCH};

use watchdeck::client::Client;
use watchdeck::proto::{Reply, Request, SpawnSpec, Winsize};

/// The argument that makes this benchmark such a program.
pub const VERB: &str = "flood";

/// Milliseconds since the Unix epoch.
pub fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
    u64::try_from(since.as_millis()).expect("before the year 584,556,019")
}

/// Writes until it is interrupted.
pub fn run() -> ! {
    let mut out = std::io::stdout().lock();
    for number in 0_u64.. {
        let line =
            format!("at {} line {number} of a log that never ends, level {}\n", now(), number % 7);
        if out.write_all(line.as_bytes()).is_err() {
            break;
        }
    }
    std::process::exit(1)
}

pub async fn start(client: &Client, name: &str) {
    let exe = std::env::current_exe().expect("a path").display().to_string();
    let spec = SpawnSpec {
        command: vec![exe, VERB.to_owned()],
        name: Some(name.to_owned()),
        cwd: Some("/".to_owned()),
        size: Some(Winsize::new(24, 80)),
        ..SpawnSpec::default()
    };
    let made = client.request(Request::CreateSession { spec }).await;
    assert!(matches!(made, Ok(Reply::Session { .. })), "{made:?}");
}

/// When the newest line of a screen was written.
pub fn newest(rows: impl Iterator<Item = String>) -> Option<u64> {
    let time = |row: String| row.strip_prefix("at ")?.split(' ').next()?.parse().ok();
    rows.filter_map(time).max()
}
