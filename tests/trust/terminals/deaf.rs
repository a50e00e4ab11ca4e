//! A program that does not read (fault F16): what is pasted waits at the limit and is shown, nothing else
//! waits, memory stays bounded, and once the program reads, everything arrives.

use std::time::Instant;

use watchdeck::proto::{Begin, InputKind, Request, Signal, Winsize};

use super::has_size;
use super::operator::Operator;
use crate::ledger::{Account, tell};
use crate::probe::{self, Mode};
use crate::support::{TestAgent, info, spawn, type_line, until, wait_for};

const PASTE: usize = 10 << 20;

/// Resident memory of a process in KiB.
fn resident(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

fn parent(pid: u32) -> u32 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    stat.rsplit_once(") ").unwrap().1.split(' ').nth(1).unwrap().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_paste_waits_and_nothing_else_does() {
    let agent = TestAgent::start().await;
    let (client, _events) = agent.connect().await;
    let ledger = agent.dir.path().join("ledger");
    let deaf = probe::start(&client, "deaf", Mode::Deaf, PASTE as u64, &ledger).await;
    spawn(&client, "other", "stty -echo; while read line; do echo \"got $line\"; done").await;
    let holder = parent(deaf.pid.unwrap());
    let before = resident(holder);
    let mut operator = Operator::of(&agent, deaf.session_id).await;
    let paste: Vec<u8> = (0..PASTE).map(|at| b' ' + (at % 90) as u8).collect();
    let mut pasted = Account::default();
    pasted.add(&paste);
    operator.push(InputKind::Paste, paste);
    let waiting = until("it is said that it does not read", || async {
        Some(info(&client, "deaf").await.input_waiting).filter(|waiting| *waiting > 0)
    })
    .await;
    assert!(operator.unapplied() > PASTE - (64 << 10), "the kernel took {}", operator.unapplied());
    let began = Instant::now();
    let resize = Request::Resize { session: "deaf".into(), size: Winsize::new(30, 90) };
    client.request(resize).await.unwrap();
    until("the size is another", || async {
        (info(&client, "deaf").await.size() == Winsize::new(30, 90)).then_some(())
    })
    .await;
    type_line(&client, "other", "hello").await;
    wait_for(&client, "other", "^got hello$", Begin::Start).await;
    let other = began.elapsed();
    has_size(deaf.pid.unwrap(), Winsize::new(30, 90)).await;
    let signal = || Request::Signal { session: "deaf".into(), signal: Signal::Usr1 };
    let began = Instant::now();
    client.request(signal()).await.unwrap();
    wait_for(&client, "deaf", "^signalled at 30x90$", Begin::Start).await;
    let signalled = began.elapsed();
    let grown = resident(holder).saturating_sub(before);
    assert!(grown <= 2048, "the holder grew by {grown} KiB");
    client.request(signal()).await.unwrap();
    operator.settle().await;
    wait_for(&client, "deaf", "^all read$", Begin::Start).await;
    let got = probe::account(&ledger).unwrap();
    assert_eq!(got.trim(), pasted.sum());
    assert!(operator.refused.is_empty());
    let values = format!(
        "{PASTE} bytes pasted, {waiting} shown as waiting, all arrived once it read; meanwhile another \
         session answered in {} ms, a signal arrived in {} ms, the holder grew by {grown} KiB",
        other.as_millis(),
        signalled.as_millis(),
    );
    tell(8, "F16", "paste into a program that does not read", &values);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_not_sent_can_be_thrown_away() {
    let agent = TestAgent::start().await;
    let (client, _events) = agent.connect().await;
    let ledger = agent.dir.path().join("ledger");
    // It reads as much as cannot be called back.
    let on_its_way = 64 << 10;
    let deaf = probe::start(&client, "deaf", Mode::Deaf, on_its_way, &ledger).await;
    let mut operator = Operator::of(&agent, deaf.session_id).await;
    operator.push(InputKind::Paste, vec![b'x'; PASTE]);
    let thrown_away = operator.outbox.cancel(deaf.session_id);
    assert_eq!(thrown_away, PASTE - on_its_way as usize);
    for _ in 0..2 {
        let signal = Request::Signal { session: "deaf".into(), signal: Signal::Usr1 };
        client.request(signal).await.unwrap();
        wait_for(&client, "deaf", "^signalled", Begin::Start).await;
    }
    operator.settle().await;
    wait_for(&client, "deaf", "^all read$", Begin::Start).await;
    assert!(probe::account(&ledger).unwrap().starts_with(&format!("{on_its_way} ")));
    let values =
        format!("{PASTE} bytes pasted, {thrown_away} told as not applied, the rest applied");
    tell(7, "F16", "paste that is cancelled", &values);
}
