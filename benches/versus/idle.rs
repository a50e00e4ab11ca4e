//! What silence costs: a dashboard over four quiet sessions.

use std::time::Duration;

use tokio::runtime::Runtime;
use watchdeck::proto::Winsize;

use crate::agent::{self, Agent};
use crate::stats::cpu_seconds;
use crate::terminal::Terminal;

const SILENCE: Duration = Duration::from_secs(10);

pub fn run(runtime: &Runtime) {
    println!("\n== idle: dashboard and agent with 4 quiet sessions, {} s ==", SILENCE.as_secs());
    let agent = Agent::start();
    let (client, _) = agent.connect(runtime);
    for index in 0..4 {
        let size = Winsize::new(24, 80);
        agent::spawn(runtime, &client, &format!("quiet-{index}"), "echo quiet; exec cat", size);
    }
    let mut terminal = Terminal::run(Agent::command(&agent.dir), Winsize::new(48, 160));
    terminal.until(b"quiet", Duration::from_secs(10));
    terminal.drain(Duration::from_secs(2));
    let pids = [agent.pids(), vec![terminal.child.id()]];
    let spent =
        || pids.each_ref().map(|pids| pids.iter().map(|pid| cpu_seconds(*pid)).sum::<f64>());
    let before = spent();
    let mut written = 0;
    let began = std::time::Instant::now();
    while began.elapsed() < SILENCE {
        written +=
            terminal.read(SILENCE.saturating_sub(began.elapsed())).map_or(0, |bytes| bytes.len());
    }
    let after = spent();
    let percent = |at: usize| (after[at] - before[at]) / SILENCE.as_secs_f64() * 100.0;
    println!(
        "agent and holders {:.2} % CPU, dashboard {:.2} % CPU, {written} bytes drawn",
        percent(0),
        percent(1)
    );
}
