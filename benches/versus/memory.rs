//! Memory of a session of 50 rows by 200 columns with 10,000 lines of history.

use tokio::runtime::Runtime;
use watchdeck::proto::{Begin, Request, Winsize};

use crate::agent::{self, Agent};
use crate::stats::{memory_mib, private_mib};

const SESSIONS: u32 = 20;
const SIZE: Winsize = Winsize::new(50, 200);

pub fn run(runtime: &Runtime) {
    println!("\n== memory: {SESSIONS} sessions of {SIZE}, 10,000 lines of 122 bytes each ==");
    let agent = Agent::start();
    let (client, _) = agent.connect(runtime);
    let empty = memory_mib(&agent.pids());
    let line = "2026-11-21 06:00:00,000 INFO [worker-7] c.example.OrderService - order priced in 12 ms, cache warm, nothing of note here";
    let script = format!("yes '{line}' | head -n 10000; printf '%s' all-'there'; exec cat");
    for index in 0..SESSIONS {
        agent::spawn(runtime, &client, &format!("log-{index}"), &script, SIZE);
    }
    for index in 0..SESSIONS {
        let wait = Request::Wait {
            session: format!("log-{index}"),
            pattern: "all-there".into(),
            from: Begin::Screen,
            timeout_ms: 60_000,
        };
        runtime.block_on(client.request(wait)).expect("the log is written");
    }
    let full = memory_mib(&agent.pids());
    let holders: Vec<_> = agent.pids().into_iter().skip(1).collect();
    let beyond = holders.iter().map(|pid| private_mib(*pid)).sum::<f64>() / holders.len() as f64;
    let each = (full - empty) / f64::from(SESSIONS);
    println!(
        "agent {empty:.1} MiB empty; with holders and rings {full:.1} MiB full: {each:.2} MiB a session (target: \
         at most 3), of which a holder beyond its ring {beyond:.2} MiB (target: at most 1)"
    );
}
