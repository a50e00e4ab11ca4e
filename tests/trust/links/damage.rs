//! Bits that flip and pieces that come twice. Behind TLS and ssh each is detected. A plain WebSocket has
//! no checksum of its own: what is damaged there may end the connection, or pass as other text; it never
//! harms the agent. Plain carriers stay on one machine for this reason, too.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use watchdeck::client::{ClientError, Incoming};
use watchdeck::proto::{Begin, Event, Reply, Request, Role, SessionStatus};

use crate::chaos::{Forecast, Weather};
use crate::dice::Dice;
use crate::ledger::{tell, times};
use crate::probe::{self, Mode};
use crate::site::{Carrier, Site};
use crate::support::{info, type_line, until};

/// Bytes of output that each try reads.
const OUTPUT: u64 = 20_000;
/// A damaged length makes a reader wait for bytes that never come; the pulse would end that.
const PATIENCE: Duration = Duration::from_millis(1500);

static PANICS: AtomicU64 = AtomicU64::new(0);

fn count_panics() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        let of_ours = info.location().is_some_and(|at| !at.file().starts_with("tests"));
        PANICS.fetch_add(of_ours.into(), Ordering::SeqCst);
        before(info);
    }));
}

/// What became of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// Everything came as it was written.
    Whole,
    /// Other bytes than were written came, as if they were right.
    Altered,
}

async fn read_all(site: &Site, expected: &[u8]) -> Result<End, ClientError> {
    let (client, mut incoming) = site.connect(&site.options(Role::Observer)).await?;
    let (session, from) = ("work".to_owned(), Begin::Start);
    let tail = Request::Tail { session, from, follow: false, timed: false };
    let Reply::Tailing { channel, .. } = client.request(tail).await? else {
        return Ok(End::Altered);
    };
    let mut got = Vec::new();
    loop {
        match incoming.recv().await {
            Some(Incoming::Output { channel: of, offset, bytes }) if of == channel => {
                if offset != got.len() as u64 {
                    return Ok(End::Altered);
                }
                got.extend_from_slice(&bytes);
                client.credit(channel, bytes.len() as u64).await?;
            }
            Some(Incoming::Event(Event::Closed { .. })) => break,
            Some(Incoming::Closed { reason, .. }) => return Err(ClientError::Protocol(reason)),
            None => return Err(ClientError::Protocol("over".to_owned())),
            Some(_) => {}
        }
    }
    Ok(if got == expected { End::Whole } else { End::Altered })
}

async fn damaged(carrier: Carrier, tries: usize) {
    let (stream, _) = probe::script(OUTPUT);
    let Some(site) = Site::start(carrier, 1 << 20).await else { return };
    let (beside, _events) = site.beside().await;
    let ledger = site.agent.dir.path().join("ledger");
    probe::start(&beside, "work", Mode::Numbered, OUTPUT, &ledger).await;
    type_line(&beside, "work", "go").await;
    until("the program ends", || async {
        (info(&beside, "work").await.status == SessionStatus::Disconnected).then_some(())
    })
    .await;
    assert_eq!(read_all(&site, &stream).await.unwrap(), End::Whole);
    let (mut dice, greeting) = (Dice::thrown(), site.greeting);
    site.chaos.forecast(move || {
        let upwards = dice.within(0..3) == 0;
        let reach = if upwards { greeting.0 + 300 } else { greeting.1 + OUTPUT / 3 };
        let at = Some(dice.within(0..reach));
        let weather = match dice.within(0..2) {
            0 => Weather { flip_at: at, ..Weather::default() },
            _ => Weather { twice_at: at, ..Weather::default() },
        };
        match upwards {
            true => Forecast { up: weather, ..Forecast::default() },
            false => Forecast { down: weather, ..Forecast::default() },
        }
    });
    let (mut ended, mut stalled, mut altered, mut harmless) = (0, 0, 0, 0);
    let panics = PANICS.load(Ordering::SeqCst);
    for _ in 0..tries {
        let before = site.chaos.damages();
        let outcome = tokio::time::timeout(PATIENCE, read_all(&site, &stream)).await;
        site.chaos.cut();
        match (site.chaos.damages() > before, outcome) {
            (false, outcome) => assert!(matches!(outcome, Ok(Ok(End::Whole))), "{outcome:?}"),
            (true, Ok(Err(_))) => ended += 1,
            (true, Err(_)) => stalled += 1,
            (true, Ok(Ok(End::Altered))) => altered += 1,
            (true, Ok(Ok(End::Whole))) => harmless += 1,
        }
    }
    if matches!(carrier, Carrier::Wss | Carrier::Ssh) {
        assert_eq!(altered, 0, "damage passed through");
    }
    assert_eq!(PANICS.load(Ordering::SeqCst), panics, "something panicked");
    assert!(matches!(beside.request(Request::Ping).await, Ok(Reply::Done)));
    let values = format!(
        "{} damages: {ended} ended the connection, {stalled} stalled it, {altered} passed as other \
         output, {harmless} changed nothing",
        site.chaos.damages(),
    );
    tell(10, "F2", &format!("damage over {}", carrier.name()), &values);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn damage_is_detected_or_harmless() {
    count_panics();
    damaged(Carrier::Unix, times(20, 2000)).await;
    damaged(Carrier::Ws, times(20, 2000)).await;
    damaged(Carrier::Wss, times(16, 2000)).await;
    damaged(Carrier::Ssh, times(4, 100)).await;
}
