//! Beyond the ring the gap is told, in bytes (fault F49), and the screen is right all the same.

use watchdeck::client::Incoming;
use watchdeck::proto::{Begin, Event, Reply, Request, Role, SessionStatus, Update};
use watchdeck::term::Replica;

use crate::ledger::{Reference, difference, tell, times};
use crate::probe::{self, Mode};
use crate::site::{Carrier, Site};
use crate::support::{info, type_line, until};

const RING: usize = 256 << 10;

async fn gap(carrier: Carrier) {
    let bytes = (times(10, 100) * RING) as u64;
    let (stream, _) = probe::script(bytes);
    let Some(site) = Site::start(carrier, RING).await else { return };
    let (beside, _events) = site.beside().await;
    let ledger = site.agent.dir.path().join("ledger");
    probe::start(&beside, "work", Mode::Numbered, bytes, &ledger).await;
    let options = site.options(Role::Observer);
    let (client, incoming) = site.connect(&options).await.unwrap();
    let tail = |from| Request::Tail { session: "work".into(), from, follow: true, timed: false };
    client.request(tail(Begin::Offset(0))).await.unwrap();
    // Away, before the first byte came.
    site.chaos.cut();
    drop((client, incoming));
    type_line(&beside, "work", "go").await;
    until("the program ends", || async {
        (info(&beside, "work").await.status == SessionStatus::Disconnected).then_some(())
    })
    .await;
    let (client, mut incoming) = site.connect(&options).await.unwrap();
    let attach =
        Request::Attach { session: "work".into(), role: Role::Observer, size: None, fps: 60 };
    let Ok(Reply::Attached { session, .. }) = client.request(attach).await else { panic!() };
    let Ok(Reply::Tailing { channel, .. }) = client.request(tail(Begin::Offset(0))).await else {
        panic!("no tail")
    };
    let (mut gaps, mut got, mut at, mut right) = (0, 0, 0, false);
    loop {
        match incoming.recv().await.expect("it goes on") {
            Incoming::Gap { from, to, .. } => {
                assert_eq!(from, at, "what is missing begins where the last byte was");
                (gaps, at) = (gaps + to - from, to);
            }
            Incoming::Output { offset, bytes, .. } => {
                assert_eq!(offset, at, "never a silent splice");
                let expected = &stream[at as usize..][..bytes.len()];
                assert!(bytes == expected, "the bytes after the gap are others");
                at += bytes.len() as u64;
                got += bytes.len() as u64;
                client.credit(channel, bytes.len() as u64).await.unwrap();
            }
            Incoming::Update { bytes, .. } => {
                let update = Update::decode(&bytes).unwrap();
                let mut replica = Replica::new(session.size());
                replica.apply(&update).unwrap();
                let expected = Reference::of(stream.clone()).at(update.offset);
                assert_eq!(difference(&replica.view(), &expected), None);
                right = true;
            }
            Incoming::Event(Event::Closed { .. }) => break,
            Incoming::Closed { reason, .. } => panic!("{reason}"),
            _ => {}
        }
    }
    let produced = stream.len() as u64;
    assert_eq!((gaps + got, at, right), (produced, produced, true));
    assert!(gaps >= produced - RING as u64, "more is kept than there is room for");
    let values =
        format!("{produced} bytes produced, {got} kept, {gaps} told as missing; screen right");
    tell(6, "F49", &format!("gap over {}", carrier.name()), &values);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unix_tells_what_is_missing() {
    gap(Carrier::Unix).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ws_tells_what_is_missing() {
    gap(Carrier::Ws).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wss_tells_what_is_missing() {
    gap(Carrier::Wss).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ssh_tells_what_is_missing() {
    gap(Carrier::Ssh).await;
}
