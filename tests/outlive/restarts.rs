//! The agent ends in the middle of work, again and again.

use rustix::process::Signal;
use watchdeck::proto::{Begin, Counts, Reply, Request, SessionInfo, SessionStatus};

use crate::proof::{tell, times};
use crate::site::{Agent, Site, output};
use crate::support::{info, screen, spawn, type_line, until, wait_for};

/// Batches of numbered lines with an error among them, a pause between, and exit code 3.
pub fn script(batches: usize) -> String {
    format!(
        "b=0; while [ $b -lt {batches} ]; do \
           awk -v b=$b 'BEGIN {{ for (i = 0; i < {LINES}; i++) print \"line \" b * {LINES} + i; \
                               print \"ERROR in batch \" b }}'; \
           b=$((b + 1)); sleep 0.02; \
         done; exit 3"
    )
}

const LINES: usize = 300;

pub fn expected(batches: usize) -> String {
    let batch = |b: usize| {
        let lines = (0..LINES).map(move |i| format!("line {}\r\n", b * LINES + i));
        lines.chain([format!("ERROR in batch {b}\r\n")])
    };
    (0..batches).flat_map(batch).collect()
}

pub async fn has_come(agent: &Agent, offset: u64) -> SessionInfo {
    let (client, _) = agent.connect().await;
    until("output goes on", || async {
        let info = info(&client, "work").await;
        (info.log_end >= offset || !info.is_live()).then_some(info)
    })
    .await
}

/// Ends the agent `times` times while a program works; then everything is as if it never had.
async fn interrupted(signal: Signal, times: usize) {
    let site = Site::new();
    let batches = 30 + times * 4;
    let whole = expected(batches);
    let mut agent = site.start().await;
    let (client, events) = agent.connect().await;
    let pid = spawn(&client, "work", &script(batches)).await.pid;
    drop((client, events));
    for n in 1..=times {
        let offset = whole.len() / (times + 1) * n;
        let info = has_come(&agent, offset as u64).await;
        assert_eq!(info.pid.or(pid), pid, "it is the same program");
        agent.end(signal);
        agent = site.start().await;
    }
    let (client, _events) = agent.connect().await;
    let ended = until("it ends", || async {
        let info = info(&client, "work").await;
        (info.status == SessionStatus::Disconnected).then_some(info)
    })
    .await;
    assert_eq!(ended.exit_status.and_then(|exit| exit.code), Some(3));
    assert_eq!((ended.uncounted, ended.lost), (0, None));
    assert!(output(&agent, "work").await == whole.as_bytes(), "the output differs");
    let errors = batches as u64;
    assert_eq!(ended.counts, Counts { errors, warnings: 0 });
    let alerts = client.request(Request::Alerts { session: None, after: None, limit: 10_000 });
    let Ok(Reply::Alerts { alerts }) = alerts.await else { panic!("no alerts") };
    let texts: Vec<_> = alerts.iter().map(|alert| alert.text.clone()).collect();
    let all: Vec<_> = (0..batches).map(|b| format!("ERROR in batch {b}")).collect();
    assert_eq!(texts, all);
    assert!(alerts.is_sorted_by_key(|alert| alert.sequence));
    let (what, faults) = match signal {
        Signal::KILL => ("agents killed under load", "F9"),
        _ => ("agents restarted under load", "F8"),
    };
    let values = format!(
        "{times} times, {} bytes, 0 lost or doubled, {errors} errors counted once each, same process, exit code \
         kept",
        whole.len()
    );
    tell(9, faults, what, &values);
}

#[tokio::test]
async fn a_killed_agent_loses_no_byte_no_count_and_no_exit_code() {
    interrupted(Signal::KILL, times(6, 150)).await;
}

#[tokio::test]
async fn a_restarted_agent_loses_nothing_either() {
    interrupted(Signal::TERM, times(4, 200)).await;
}

#[tokio::test]
async fn screens_names_and_what_was_seen_are_as_before() {
    let site = Site::new();
    let mut agent = site.start().await;
    let (client, events) = agent.connect().await;
    let draw =
        "printf '\\033[?1049h\\033[31mred\\033[m\\033]2;my title\\007\\n\\033[5;7Hthere'; cat";
    spawn(&client, "old", draw).await;
    wait_for(&client, "old", "there", Begin::Start).await;
    let rename = Request::Rename { session: "old".into(), name: "young".into() };
    client.request(rename).await.unwrap();
    spawn(&client, "log", "echo ERROR one; echo ERROR two; read x; echo ERROR three; cat").await;
    until("both are counted", || async {
        (info(&client, "log").await.counts.errors == 2).then_some(())
    })
    .await;
    client.request(Request::MarkSeen { session: Some("log".into()) }).await.unwrap();
    let before = screen(&client, "young").await;
    assert_eq!((before.title.as_str(), before.alternate), ("my title", true));
    drop((client, events));
    for signal in [Signal::TERM, Signal::KILL] {
        agent.end(signal);
        agent = site.start().await;
        let (client, _events) = agent.connect().await;
        assert_eq!(screen(&client, "young").await, before);
        let log = info(&client, "log").await;
        assert_eq!((log.counts.errors, log.unseen.errors), (2, 0));
    }
    let (client, _events) = agent.connect().await;
    type_line(&client, "log", "").await;
    until("the third is news", || async {
        (info(&client, "log").await.unseen.errors == 1).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_program_goes_on_being_typed_into() {
    let site = Site::new();
    let agent = site.start().await;
    let (client, _events) = agent.connect().await;
    spawn(&client, "cat", "stty -echo; echo ready; while read line; do echo \"got $line\"; done")
        .await;
    wait_for(&client, "cat", "ready", Begin::Start).await;
    type_line(&client, "cat", "one").await;
    wait_for(&client, "cat", "got one", Begin::Start).await;
    agent.end(Signal::KILL);
    let agent = site.start().await;
    let (client, _events) = agent.connect().await;
    type_line(&client, "cat", "two").await;
    wait_for(&client, "cat", "got two", Begin::Start).await;
    client.request(Request::Kill { session: "cat".into() }).await.unwrap();
    client.request(Request::Remove { session: "cat".into() }).await.unwrap();
}
