//! A cut connection resumes at the exact byte (faults F1, F2, F7): nothing lost, nothing doubled;
//! alerts, counters and screens as if it had never been cut.

use std::time::Duration;

use watchdeck::alert::{Engine, RuleSet, Scanner, Scope};
use watchdeck::client::{Client, ClientError, Incoming, IncomingStream};
use watchdeck::proto::{Alert, Begin, Event, Reply, Request, Role, SessionStatus, Update};
use watchdeck::term::Replica;

use crate::chaos::{Forecast, Weather};
use crate::dice::Dice;
use crate::ledger::{Account, Reference, difference, tell, times};
use crate::probe::{self, Mode};
use crate::site::{Carrier, Site};
use crate::support::{PATIENCE, info, type_line, until};

/// A client that loses its connection again and again, and goes on where it was.
struct Follower {
    site: Site,
    account: Account,
    alerts: Vec<Alert>,
    reference: Reference,
    /// Connections that came to an attachment, and showed the right screen then.
    resumed: u64,
    done: bool,
}

impl Follower {
    fn new(site: Site, stream: Vec<u8>) -> Self {
        let reference = Reference::of(stream);
        let (account, alerts) = (Account::default(), Vec::new());
        Self { site, account, alerts, reference, resumed: 0, done: false }
    }

    /// One connection, from where the last one ended to wherever this one does.
    async fn connection(&mut self) -> Result<(), ClientError> {
        let options = self.site.options(Role::Observer);
        let (client, mut incoming) = self.site.connect(&options).await?;
        self.catch_up_alerts(&client).await?;
        self.look(&client, &mut incoming).await?;
        let (session, from) = ("work".to_owned(), Begin::Offset(self.account.bytes));
        let tail = Request::Tail { session, from, follow: true, timed: false };
        let Reply::Tailing { channel, .. } = client.request(tail).await? else { panic!("no tail") };
        while let Some(message) = incoming.recv().await {
            match message {
                Incoming::Output { offset, bytes, .. } => {
                    assert_eq!(offset, self.account.bytes, "bytes are lost or doubled");
                    self.account.add(&bytes);
                    client.credit(channel, bytes.len() as u64).await?;
                }
                Incoming::Gap { from, to, .. } => panic!("{from}..{to} are gone"),
                Incoming::Event(Event::Closed { .. }) => {
                    self.catch_up_alerts(&client).await?;
                    self.done = true;
                    return Ok(());
                }
                Incoming::Closed { .. } => break,
                _ => {}
            }
        }
        Ok(())
    }

    /// Takes the alerts that came since, without asking for any twice.
    async fn catch_up_alerts(&mut self, client: &Client) -> Result<(), ClientError> {
        let after = self.alerts.last().map(|alert| alert.sequence);
        let request = Request::Alerts { session: Some("work".into()), after, limit: 10_000 };
        let Reply::Alerts { alerts } = client.request(request).await? else { panic!("no alerts") };
        self.alerts.extend(alerts);
        Ok(())
    }

    /// The first picture of an attachment is right: it is what a terminal shows that was given every
    /// byte up to the picture's offset.
    async fn look(
        &mut self,
        client: &Client,
        incoming: &mut IncomingStream,
    ) -> Result<(), ClientError> {
        let session = "work".to_owned();
        let attach = Request::Attach { session, role: Role::Observer, size: None, fps: 60 };
        let Reply::Attached { channel, session, .. } = client.request(attach).await? else {
            panic!("not attached")
        };
        while let Some(message) = incoming.recv().await {
            match message {
                Incoming::Update { channel: of, bytes } if of == channel => {
                    let update = Update::decode(&bytes).unwrap();
                    assert_eq!(update.base, 0, "the first picture is whole");
                    let mut replica = Replica::new(session.size());
                    replica.apply(&update).unwrap();
                    let expected = self.reference.at(update.offset);
                    assert_eq!(difference(&replica.view(), &expected), None, "{}", update.offset);
                    self.resumed += 1;
                    client.request(Request::Detach { channel }).await?;
                    return Ok(());
                }
                Incoming::Closed { .. } => break,
                _ => {}
            }
        }
        Err(ClientError::Protocol("cut before the picture".to_owned()))
    }
}

/// What one agent that is never cut off counts in the stream.
fn uncut(stream: &[u8]) -> (watchdeck::proto::Counts, Vec<String>) {
    let scope =
        Scope { machine: "test-1".into(), session: "work".into(), labels: Default::default() };
    let mut scanner = Scanner::new(Engine::new(std::sync::Arc::new(RuleSet::empty()), &scope));
    scanner.set_rows(24);
    let mut events = Vec::new();
    scanner.feed(0, stream, &mut events);
    scanner.finish(&mut events);
    (scanner.counts(), events.into_iter().map(|event| event.text).collect())
}

/// Lengths of connections that end within the stream in about `cuts` places, handshakes included.
fn cuts_within(stream: u64, cuts: u64, (up, down): (u64, u64)) -> impl FnMut() -> Forecast + Send {
    let (mut dice, mut left) = (Dice::thrown(), cuts);
    move || {
        if left == 0 {
            return Forecast::default();
        }
        left -= 1;
        // No connection gets further than this: what goes up may be little for all that comes down.
        let part = down + dice.within(0..stream * 2 / cuts.max(1));
        match dice.within(0..8) {
            // In the middle of the handshake, one way or the other.
            0 => Forecast::cut(dice.within(0..up), u64::MAX),
            1 => Forecast::cut(u64::MAX, dice.within(0..down)),
            // Among requests, acknowledgements and credit.
            2 => Forecast::cut(up + dice.within(0..600), part),
            _ => Forecast::cut(u64::MAX, part),
        }
    }
}

async fn resumes(carrier: Carrier, cuts: usize, bytes: u64) {
    let (stream, errors) = probe::script(bytes);
    let Some(site) = Site::start(carrier, stream.len() + (1 << 20)).await else { return };
    let (beside, _events) = site.beside().await;
    let ledger = site.agent.dir.path().join("ledger");
    probe::start(&beside, "work", Mode::Numbered, bytes, &ledger).await;
    let packed = if site.address().may_be_thin() { 3 } else { 1 };
    let per_way = stream.len() as u64 / packed;
    site.chaos.forecast(cuts_within(per_way, cuts as u64, site.greeting));
    type_line(&beside, "work", "go").await;
    let mut follower = Follower::new(site, stream.clone());
    let mut tries = 0;
    while !follower.done {
        tries += 1;
        assert!(tries <= 2 * cuts + 20, "it never comes to its end");
        let connection = tokio::time::timeout(PATIENCE, follower.connection()).await;
        let _ = connection.expect("a connection that neither ends nor goes on");
    }
    let ended = until("the program ends", || async {
        let info = info(&beside, "work").await;
        (info.status == SessionStatus::Disconnected).then_some(info)
    })
    .await;
    let written = probe::account(&ledger).expect("its account");
    assert_eq!(follower.account.sum(), written.trim(), "what was got is not what was written");
    let (counts, texts) = uncut(&stream);
    assert_eq!(ended.counts, counts);
    assert_eq!(ended.exit_status.and_then(|exit| exit.code), Some(3));
    let got: Vec<_> = follower.alerts.iter().map(|alert| alert.text.clone()).collect();
    assert_eq!(got, texts);
    let made = follower.site.chaos.cuts();
    assert!(made >= cuts as u64 / 2 && errors > 0);
    let values = format!(
        "{made} cuts, {} bytes: 0 lost, 0 doubled; {} alerts, {} screens right at the first picture",
        follower.account.bytes,
        got.len(),
        follower.resumed,
    );
    tell(6, "F1,F2,F7", &format!("resume over {}", carrier.name()), &values);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unix_resumes_at_the_exact_byte() {
    resumes(Carrier::Unix, times(16, 1000), times(1 << 20, 64 << 20) as u64).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ws_resumes_at_the_exact_byte() {
    resumes(Carrier::Ws, times(16, 1000), times(1 << 20, 64 << 20) as u64).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wss_resumes_at_the_exact_byte() {
    resumes(Carrier::Wss, times(12, 1000), times(1 << 20, 64 << 20) as u64).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ssh_resumes_at_the_exact_byte() {
    resumes(Carrier::Ssh, times(5, 200), times(1 << 20, 64 << 20) as u64).await;
}

/// A line that is slow, late and breaks everything into single bytes changes nothing but the time.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_line_that_trickles_and_jitters_changes_nothing() {
    let weather = |trickle_from| Weather {
        trickle_from: Some(trickle_from),
        delay: Duration::from_millis(5),
        jitter: Duration::from_millis(5),
        ..Weather::default()
    };
    for carrier in [Carrier::Unix, Carrier::Wss] {
        let bytes = times(100_000, 4 << 20) as u64;
        let (stream, _) = probe::script(bytes);
        let Some(site) = Site::start(carrier, stream.len() + (1 << 20)).await else { return };
        let (beside, _events) = site.beside().await;
        let ledger = site.agent.dir.path().join("ledger");
        probe::start(&beside, "work", Mode::Numbered, bytes, &ledger).await;
        // A handshake in single bytes is refused, as an attack.
        let (up, down) = site.greeting;
        site.chaos.forecast(move || Forecast { up: weather(up), down: weather(down) });
        type_line(&beside, "work", "go").await;
        let mut follower = Follower::new(site, stream);
        follower.connection().await.unwrap();
        assert!(follower.done);
        assert_eq!(follower.account.sum(), probe::account(&ledger).unwrap().trim());
        let what = format!("trickle and jitter over {}", carrier.name());
        tell(6, "F4", &what, &format!("{} bytes: 0 lost, 0 doubled", follower.account.bytes));
    }
}
