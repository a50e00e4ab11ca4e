//! Ctrl-S and Ctrl-Q under a flood (fault F18): shown each time, and no byte is lost.

use std::time::{Duration, Instant};

use watchdeck::client::Incoming;
use watchdeck::proto::{Begin, Event, InputKind, Reply, Request, Role};

use super::operator::Operator;
use crate::ledger::{Account, tell, times};
use crate::probe::{self, Mode};
use crate::support::{TestAgent, info, type_line, until};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_is_shown_and_loses_nothing() {
    let cycles = times(20, 1000);
    let amount = (cycles as u64) * (64 << 10);
    let agent =
        TestAgent::start_with(|options| options.ring_bytes = amount as usize + (1 << 20)).await;
    let (client, _events) = agent.connect().await;
    let ledger = agent.dir.path().join("ledger");
    let session = probe::start(&client, "flood", Mode::Stoppable, amount, &ledger).await;
    let mut operator = Operator::of(&agent, session.session_id).await;
    let (reader, mut incoming) = agent.connect_as(Role::Observer).await;
    let (selector, from) = ("flood".to_owned(), Begin::Start);
    let tail = Request::Tail { session: selector, from, follow: true, timed: false };
    let Ok(Reply::Tailing { channel, .. }) = reader.request(tail).await else { panic!("no tail") };
    let reading = tokio::spawn(async move {
        let mut account = Account::default();
        loop {
            match incoming.recv().await.unwrap() {
                Incoming::Output { offset, bytes, .. } => {
                    assert_eq!(offset, account.bytes);
                    account.add(&bytes);
                    reader.credit(channel, bytes.len() as u64).await.unwrap();
                }
                Incoming::Event(Event::Closed { .. }) => return account,
                Incoming::Closed { reason, .. } => panic!("{reason}"),
                _ => {}
            }
        }
    });
    type_line(&client, "flood", "go").await;
    let (mut made, mut slowest) = (0, Duration::ZERO);
    'cycles: for _ in 0..cycles {
        for (key, stopped) in [("\x13", true), ("\x11", false)] {
            let began = Instant::now();
            operator.push(InputKind::Keys, key);
            let live = until("the stop is shown", || async {
                let info = info(&client, "flood").await;
                (info.output_stopped == stopped || !info.is_live()).then_some(info.is_live())
            })
            .await;
            if !live {
                break 'cycles;
            }
            if stopped {
                slowest = slowest.max(began.elapsed());
            }
        }
        made += 1;
    }
    let account = reading.await.unwrap();
    assert_eq!(account.sum(), probe::account(&ledger).unwrap().trim());
    assert!(made >= cycles / 2, "{made} cycles");
    let values = format!(
        "{made} stops and starts over {} bytes: 0 lost, each shown, at the latest after {} ms",
        account.bytes,
        slowest.as_millis(),
    );
    tell(8, "F18", "Ctrl-S under a flood", &values);
}
