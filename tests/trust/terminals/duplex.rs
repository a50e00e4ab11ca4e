//! Everything that is typed comes back (fault F20): both directions at once, without a deadlock.

use std::time::Instant;

use watchdeck::client::Incoming;
use watchdeck::proto::{Begin, InputKind, Reply, Request, Role};

use super::operator::Operator;
use crate::ledger::{Account, tell, times};
use crate::probe::{self, Mode};
use crate::support::TestAgent;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_directions_flow_at_once() {
    let amount = times(4 << 20, 100 << 20);
    let agent = TestAgent::start_with(|options| options.ring_bytes = amount + (1 << 20)).await;
    let (client, _events) = agent.connect().await;
    let ledger = agent.dir.path().join("ledger");
    let session = probe::start(&client, "echo", Mode::Echo, amount as u64, &ledger).await;
    let (reader, mut incoming) = agent.connect_as(Role::Observer).await;
    let (selector, from) = ("echo".to_owned(), Begin::Now);
    let tail = Request::Tail { session: selector, from, follow: true, timed: false };
    let Ok(Reply::Tailing { channel, .. }) = reader.request(tail).await else { panic!("no tail") };
    let began = Instant::now();
    let reading = tokio::spawn(async move {
        let mut account = Account::default();
        while account.bytes < amount as u64 {
            if let Incoming::Output { bytes, .. } = incoming.recv().await.unwrap() {
                account.add(&bytes);
                reader.credit(channel, bytes.len() as u64).await.unwrap();
            }
        }
        account
    });
    let mut operator = Operator::of(&agent, session.session_id).await;
    let mut typed = Account::default();
    let piece: Vec<u8> = (0..1 << 20).map(|at| (at % 251) as u8).collect();
    for begin in (0..amount).step_by(piece.len()) {
        let piece = &piece[..piece.len().min(amount - begin)];
        typed.add(piece);
        operator.push(InputKind::Paste, piece.to_vec());
        while operator.unapplied() > 4 << 20 {
            operator.step().await;
        }
    }
    operator.settle().await;
    let back = reading.await.unwrap();
    assert_eq!(back.sum(), typed.sum());
    let seconds = began.elapsed().as_secs_f64();
    let values = format!("{amount} bytes in and out in {seconds:.1} s, identical");
    tell(8, "F20", "full duplex", &values);
}
