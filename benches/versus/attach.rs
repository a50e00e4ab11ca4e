//! From asking for a session to its first picture.

use std::time::{Duration, Instant};

use tokio::runtime::Runtime;
use watchdeck::client::Incoming;
use watchdeck::proto::{Request, Role, Winsize};

use crate::agent::{self, Agent};
use crate::stats::median;
use crate::terminal::Terminal;

const ROUNDS: usize = 10;
const SIZE: Winsize = Winsize::new(48, 160);

pub fn run(runtime: &Runtime) {
    println!(
        "\n== attach: first picture of a session of 50,000 lines at {SIZE}, milliseconds, median of {ROUNDS} =="
    );
    let agent = Agent::start();
    let (client, _) = agent.connect(runtime);
    let script = "i=0; while [ $i -lt 50000 ]; do echo line number $i of a log; i=$((i+1)); done; printf 'all-there'; exec cat";
    agent::spawn(runtime, &client, "log", script, SIZE);
    let wait = Request::Wait {
        session: "log".into(),
        pattern: "all-there".into(),
        from: watchdeck::proto::Begin::Screen,
        timeout_ms: 60_000,
    };
    runtime.block_on(client.request(wait)).expect("the log is written");
    let frames: Vec<f64> = (0..ROUNDS).map(|_| first_update(runtime, &agent)).collect();
    println!("{:<44}{:>8.2}", "attach request to first update", median(&frames));
    let starts: Vec<f64> = (0..ROUNDS).map(|_| first_output(&agent)).collect();
    println!("{:<44}{:>8.2}", "`watchdeck attach` start to drawn screen", median(&starts));
}

fn first_update(runtime: &Runtime, agent: &Agent) -> f64 {
    let (client, mut incoming) = agent.connect(runtime);
    runtime.block_on(async {
        let began = Instant::now();
        let attach =
            Request::Attach { session: "log".into(), role: Role::Observer, size: None, fps: 30 };
        client.request(attach).await.expect("attached");
        while !matches!(incoming.recv().await, Some(Incoming::Update { .. }) | None) {}
        began.elapsed().as_secs_f64() * 1e3
    })
}

fn first_output(agent: &Agent) -> f64 {
    let mut command = Agent::command(&agent.dir);
    command.args(["attach", "--observe", "log"]);
    let began = Instant::now();
    let mut terminal = Terminal::run(command, SIZE);
    terminal.until(b"all-there", Duration::from_secs(10));
    began.elapsed().as_secs_f64() * 1e3
}
