//! Twelve shapes of process trees, all ended whole (fault F36), and nobody else's process with them (F37).

use std::collections::BTreeMap;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use uuid::Uuid;
use watchdeck::proto::{Request, SpawnSpec};

use crate::ledger::{tell, times};
use crate::support::{TestAgent, until};

/// What marks the processes of a tree: inherited by all that descend.
const MARK: &str = "WATCHDECK_TRUST_TREE";

/// Name, script, and how many processes it has at least.
const SHAPES: [(&str, &str, usize); 12] = [
    ("foreground", "sleep 1000; true", 2),
    ("background", "sleep 1000 & sleep 1000 & wait", 3),
    ("setsid", "setsid sleep 1000 & sleep 1000; true", 3),
    ("double fork", "( ( sleep 1000 & ) & ); sleep 1000; true", 3),
    ("daemon", "setsid sh -c '( setsid sleep 1000 & ) & exit'; sleep 1000; true", 3),
    ("deaf to TERM", "trap '' TERM HUP INT; while :; do sleep 1; done", 2),
    ("nohup", "nohup sleep 1000 >/dev/null 2>&1 & sleep 1000; true", 3),
    ("stopped", "sleep 1000 & kill -STOP $!; sleep 1000 & kill -STOP $!; kill -STOP $$", 3),
    ("disown", "exec bash -c 'sleep 1000 & disown -a; sleep 1000; true'", 3),
    ("pipes", "sleep 1000 | cat | cat", 4),
    ("own groups", "set -m; sleep 1000 & sleep 1000 & wait", 3),
    (
        "restarts its children",
        "setsid sh -c 'trap \"\" TERM HUP; while :; do sleep 1000; done' & sleep 1000; true",
        4,
    ),
];

/// Living processes that carry this mark.
fn marked(mark: &str) -> usize {
    let mark = format!("{MARK}={mark}");
    let entries = std::fs::read_dir("/proc").unwrap().flatten();
    let carries = |entry: &std::fs::DirEntry| {
        let environ = std::fs::read(entry.path().join("environ")).unwrap_or_default();
        environ.split(|byte| *byte == 0).any(|variable| variable == mark.as_bytes())
    };
    // A zombie has no environment any more.
    entries.filter(carries).count()
}

/// Processes of nobody's Session, which must live on.
struct Bystanders(Vec<Child>);

impl Bystanders {
    fn start(count: usize) -> Self {
        let start = |_| Command::new("sleep").arg("1000").stdin(Stdio::null()).spawn().unwrap();
        Self((0..count).map(start).collect())
    }

    fn living(&mut self) -> usize {
        self.0.iter_mut().map(|child| child.try_wait().unwrap()).filter(Option::is_none).count()
    }
}

impl Drop for Bystanders {
    fn drop(&mut self) {
        for child in &mut self.0 {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

async fn killed(agent: &TestAgent, shape: &str, script: &str, at_least: usize) -> (usize, f64) {
    let (client, _events) = agent.connect().await;
    let mark = Uuid::new_v4().to_string();
    let name = format!("{}-{mark}", shape.replace(' ', "-"));
    let spec = SpawnSpec {
        command: ["/bin/sh", "-c", script].map(str::to_owned).to_vec(),
        name: Some(name.clone()),
        env: BTreeMap::from([(MARK.to_owned(), mark.clone())]),
        ..SpawnSpec::default()
    };
    client.request(Request::CreateSession { spec }).await.unwrap();
    let grown = until(shape, || async { Some(marked(&mark)).filter(|n| *n >= at_least) }).await;
    let began = Instant::now();
    client.request(Request::Kill { session: name.clone() }).await.unwrap();
    let seconds = began.elapsed().as_secs_f64();
    assert_eq!(marked(&mark), 0, "{shape}: some survived");
    client.request(Request::Remove { session: name }).await.unwrap();
    (grown, seconds)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_of_a_killed_tree_survives() {
    let agent = TestAgent::start_with(|options| options.max_sessions = 64).await;
    let mut bystanders = Bystanders::start(20);
    let rounds = times(1, 50);
    let (mut processes, mut slowest) = (0, 0.0_f64);
    for _ in 0..rounds {
        let all = SHAPES.iter().map(|(shape, script, least)| killed(&agent, shape, script, *least));
        for (grown, seconds) in futures_util::future::join_all(all).await {
            processes += grown;
            slowest = slowest.max(seconds);
        }
    }
    assert_eq!(bystanders.living(), 20, "somebody else's process was ended");
    let values = format!(
        "{rounds} x 12 shapes, {processes} processes: 0 survivors, the slowest gone after {slowest:.1} s; \
         20 of 20 bystanders live"
    );
    tell(11, "F36,F37", "killed process trees", &values);
}
