//! Keystroke to echo, as a person at a terminal has it: a full client in a terminal of its own.

use std::process::Command;
use std::time::{Duration, Instant};

use tokio::runtime::Runtime;
use watchdeck::proto::Winsize;

use crate::agent::{self, Agent};
use crate::stats::{has, percentile};
use crate::terminal::Terminal;

const KEYS: usize = 400;
const LIMIT: Duration = Duration::from_secs(2);
const SIZE: Winsize = Winsize::new(48, 160);
const SCRIPT: &str = "stty raw -echo; printf ready; exec cat";

pub fn run(runtime: &Runtime) {
    println!("\n== echo: {KEYS} keys into `cat` at {SIZE}, milliseconds ==");
    println!("{:<28}{:>8}{:>8}{:>8}", "client", "p50", "p90", "p99");
    bare();
    attached(runtime);
    if has("tmux") {
        tmux();
    }
}

fn bare() {
    let mut command = Command::new("/bin/sh");
    command.args(["-c", SCRIPT]);
    report("the terminal itself", Terminal::run(command, SIZE));
}

fn attached(runtime: &Runtime) {
    let agent = Agent::start();
    let (client, _) = agent.connect(runtime);
    agent::spawn(runtime, &client, "echo", SCRIPT, SIZE);
    let mut command = Agent::command(&agent.dir);
    command.args(["attach", "echo"]);
    report("watchdeck attach", Terminal::run(command, SIZE));
}

fn tmux() {
    let socket = format!("watchdeck-echo-{}", std::process::id());
    let mut command = Command::new("tmux");
    command.env("TERM", "xterm-256color").env_remove("TMUX");
    command.args(["-L", &socket, "-f", "/dev/null", "new", SCRIPT]);
    report("tmux", Terminal::run(command, SIZE));
    let _ = Command::new("tmux").args(["-L", &socket, "kill-server"]).output();
}

fn report(name: &str, mut terminal: Terminal) {
    if !terminal.until(b"ready", Duration::from_secs(10)) {
        println!("{name:<28} did not start");
        return;
    }
    terminal.drain(Duration::from_millis(300));
    let mut samples = Vec::new();
    for index in 0..KEYS {
        let key = [b'a' + u8::try_from(index % 26).unwrap_or(0)];
        let began = Instant::now();
        terminal.write(&key);
        if !terminal.until(&key, LIMIT) {
            println!("{name:<28} lost a key");
            return;
        }
        samples.push(began.elapsed().as_secs_f64() * 1e3);
        // What is drawn besides the key must not count as the next echo; and people pause.
        terminal.drain(Duration::from_millis(u64::try_from(index % 7).unwrap_or(0) + 2));
    }
    let [p50, p90, p99] = [0.5, 0.9, 0.99].map(|part| percentile(&samples, part));
    println!("{name:<28}{p50:>8.2}{p90:>8.2}{p99:>8.2}");
}
