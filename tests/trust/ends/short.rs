//! Programs that print and end at once (fault F14): all output, then the exit code, in that order.

use sha2::{Digest, Sha256};
use watchdeck::client::{Client, Incoming, IncomingStream};
use watchdeck::proto::{Begin, Event, Reply, Request, SessionStatus};

use crate::dice::Dice;
use crate::ledger::{tell, times};
use crate::support::{TestAgent, info, spawn, until};

/// Sessions at the same time.
const AT_ONCE: usize = 8;

/// Everything that the Session has written, up to its end.
async fn output(client: &Client, incoming: &mut IncomingStream, name: &str) -> Vec<u8> {
    let (session, from) = (name.to_owned(), Begin::Start);
    let tail = Request::Tail { session, from, follow: true, timed: false };
    let Ok(Reply::Tailing { channel, .. }) = client.request(tail).await else { panic!("no tail") };
    let mut all = Vec::new();
    loop {
        match incoming.recv().await.unwrap() {
            Incoming::Output { channel: of, offset, bytes } if of == channel => {
                assert_eq!(offset, all.len() as u64);
                all.extend_from_slice(&bytes);
                client.credit(channel, bytes.len() as u64).await.unwrap();
            }
            Incoming::Event(Event::Closed { channel: of, .. }) if of == channel => return all,
            Incoming::Closed { reason, .. } => panic!("{reason}"),
            _ => {}
        }
    }
}

/// One worker: sessions one after another.
async fn run(agent: &TestAgent, worker: usize, runs: usize, source: &[u8]) -> u64 {
    let (client, mut incoming) = agent.connect().await;
    let path = agent.dir.path().join("source");
    let (mut dice, mut bytes) = (Dice::thrown(), 0);
    for run in 0..runs {
        let (size, code) = (dice.within(0..64 << 10) as usize, (run % 256) as i32);
        let name = format!("short-{worker}-{run}");
        let script = format!("head -c {size} {}; exit {code}", path.display());
        spawn(&client, &name, &script).await;
        let got = output(&client, &mut incoming, &name).await;
        assert!(Sha256::digest(&got) == Sha256::digest(&source[..size]), "{} of {size}", got.len());
        let ended = ended(&client, &name).await;
        assert_eq!(ended, (Some(code), size as u64));
        bytes += size as u64;
        client.request(Request::Remove { session: name }).await.unwrap();
    }
    bytes
}

/// The exit code and the length of the output once the Session is over.
async fn ended(client: &Client, name: &str) -> (Option<i32>, u64) {
    until("it is over", || async {
        let info = info(client, name).await;
        let over = info.status == SessionStatus::Disconnected;
        over.then_some((info.exit_status.and_then(|exit| exit.code), info.log_end))
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_last_output_comes_before_the_exit_code() {
    let agent = TestAgent::start_with(|options| options.max_sessions = 2 * AT_ONCE).await;
    // No line ends in it: the terminal would change them.
    let source: Vec<u8> = (0..64usize << 10).map(|at| b' ' + (at * at % 93) as u8).collect();
    std::fs::write(agent.dir.path().join("source"), &source).unwrap();
    // A client that sees every change tells whether one came in the wrong order.
    let (watcher, mut events) = agent.connect().await;
    watcher.request(Request::Subscribe).await.unwrap();
    let runs = times(500, 10_000);
    let watching = tokio::spawn(async move {
        let mut ends = 0;
        loop {
            let Incoming::Event(Event::Session { session }) = events.recv().await.unwrap() else {
                continue;
            };
            if session.name == "last" {
                return ends;
            }
            match session.status {
                SessionStatus::Disconnected => {
                    assert!(session.exit_status.is_some(), "over without an exit code");
                    ends += 1;
                }
                SessionStatus::GracePeriod => assert!(session.exit_status.is_some()),
                SessionStatus::Pending | SessionStatus::Connected => {
                    assert!(session.exit_status.is_none(), "an exit code before the end");
                }
            }
        }
    });
    let each = runs.div_ceil(AT_ONCE);
    let workers = (0..AT_ONCE).map(|worker| run(&agent, worker, each, &source));
    let bytes: u64 = futures_util::future::join_all(workers).await.iter().sum();
    spawn(&watcher, "last", "true").await;
    let ends = watching.await.unwrap();
    let values = format!(
        "{} programs, {bytes} bytes: 0 bytes lost, 0 codes wrong; {ends} ends watched, 0 in the wrong order",
        each * AT_ONCE
    );
    tell(11, "F14", "short-lived programs", &values);
}
