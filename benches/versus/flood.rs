//! `cat` of a large file: how fast it is drained with alerts on and one client watching.

use std::process::Command;
use std::time::{Duration, Instant};

use tokio::runtime::Runtime;
use watchdeck::client::Incoming;
use watchdeck::proto::{Event, Request, Role, SessionStatus, Update, Winsize};
use watchdeck::term::Replica;

use crate::agent::{self, Agent};
use crate::payload::{self, Payload};
use crate::stats::{cpu_seconds, has, median};
use crate::terminal::Terminal;

const ROUNDS: usize = 3;
const SIZE: Winsize = Winsize::new(24, 80);
/// What tmux keeps, to compare with our 4 MiB ring.
const HISTORY: &str = "10000";

struct Sample {
    megabytes_per_second: f64,
    cpu_seconds: f64,
}

pub fn run(runtime: &Runtime) {
    let dir =
        tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).expect("a directory");
    println!(
        "\n== flood: cat of {} MiB at {SIZE}, {ROUNDS} interleaved rounds, median ==",
        payload::SIZE >> 20
    );
    println!(
        "{:<16}{:>12}{:>14}{:>12}{:>12}{:>12}{:>12}",
        "payload", "raw MB/s", "watchdeck", "tmux", "/ raw", "/ tmux", "CPU / tmux"
    );
    for payload in payload::write_all(dir.path()) {
        compare(runtime, &payload);
    }
}

fn compare(runtime: &Runtime, payload: &Payload) {
    let (mut raw, mut ours, mut tmux) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        raw.push(bare_reader(payload));
        ours.push(watched_session(runtime, payload));
        if has("tmux") {
            tmux.push(detached_tmux(payload));
        }
    }
    let rate = |samples: &[Sample]| {
        median(&samples.iter().map(|sample| sample.megabytes_per_second).collect::<Vec<_>>())
    };
    let cpu = |samples: &[Sample]| {
        median(&samples.iter().map(|sample| sample.cpu_seconds).collect::<Vec<_>>())
    };
    println!(
        "{:<16}{:>12.1}{:>14.1}{:>12.1}{:>12.2}{:>12.2}{:>12.2}",
        payload.name,
        rate(&raw),
        rate(&ours),
        rate(&tmux),
        rate(&ours) / rate(&raw),
        rate(&ours) / rate(&tmux),
        cpu(&ours) / cpu(&tmux),
    );
}

fn sample(began: Instant, cpu_seconds: f64) -> Sample {
    let megabytes = payload::SIZE as f64 / 1e6;
    Sample { megabytes_per_second: megabytes / began.elapsed().as_secs_f64(), cpu_seconds }
}

/// Reads the terminal and throws everything away.
fn bare_reader(payload: &Payload) -> Sample {
    let mut command = Command::new("cat");
    command.arg(&payload.path);
    let began = Instant::now();
    let mut terminal = Terminal::run(command, SIZE);
    while terminal.read(Duration::from_secs(10)).is_some_and(|bytes| !bytes.is_empty()) {}
    sample(began, 0.0)
}

/// A session of a real agent process with one attached client that applies every Update.
fn watched_session(runtime: &Runtime, payload: &Payload) -> Sample {
    let agent = Agent::start();
    let (client, mut events) = agent.connect(runtime);
    runtime.block_on(client.request(Request::Subscribe)).expect("subscribed");
    let script = format!("read go; exec cat {}", payload.path.display());
    agent::spawn(runtime, &client, "flood", &script, SIZE);
    let (watcher, mut incoming) = agent.connect(runtime);
    let attach =
        Request::Attach { session: "flood".into(), role: Role::Observer, size: None, fps: 30 };
    runtime.block_on(watcher.request(attach)).expect("attached");
    let watching = runtime.spawn(async move {
        let mut replica = Replica::new(SIZE);
        while let Some(message) = incoming.recv().await {
            if let Incoming::Update { channel, bytes } = message {
                let update = Update::decode(&bytes).expect("an update");
                replica.apply(&update).expect("in step");
                let _ = watcher.ack(channel, update.revision).await;
            }
        }
    });
    let pids = agent.pids();
    let cpu: f64 = pids.iter().map(|pid| cpu_seconds(*pid)).sum();
    let began = Instant::now();
    agent::enter(runtime, &client, "flood", "go");
    runtime.block_on(async {
        while !matches!(events.recv().await, Some(message) if is_end(&message)) {}
    });
    let spent: f64 = pids.iter().map(|pid| cpu_seconds(*pid)).sum();
    let sample = sample(began, spent - cpu);
    let counts = agent::info(runtime, &client, "flood").counts;
    assert!(payload.name == "full-screen" || counts.errors > 0, "alerts were on");
    watching.abort();
    sample
}

/// The flood's program ended and all its output is counted.
fn is_end(message: &Incoming) -> bool {
    let Incoming::Event(Event::Session { session }) = message else { return false };
    session.name == "flood" && session.status == SessionStatus::Disconnected
}

/// A detached tmux session: nobody watches it, which is easier than what we do.
fn detached_tmux(payload: &Payload) -> Sample {
    let socket = format!("watchdeck-bench-{}", std::process::id());
    let tmux = |arguments: &[&str]| {
        let out =
            Command::new("tmux").args(["-L", &socket, "-f", "/dev/null"]).args(arguments).output();
        String::from_utf8_lossy(&out.expect("tmux runs").stdout).trim().to_owned()
    };
    let script =
        format!("read go; cat {}; tmux -L {socket} wait-for -S done", payload.path.display());
    tmux(&[
        "start-server",
        ";",
        "set",
        "-g",
        "history-limit",
        HISTORY,
        ";",
        "new",
        "-d",
        "-x",
        "80",
        "-y",
        "24",
        &script,
    ]);
    let pid = tmux(&["display", "-p", "#{pid}"]).parse().unwrap_or(0);
    let cpu = cpu_seconds(pid);
    let began = Instant::now();
    tmux(&["send-keys", "go", "Enter"]);
    tmux(&["wait-for", "done"]);
    let sample = sample(began, cpu_seconds(pid) - cpu);
    tmux(&["kill-server"]);
    sample
}
