//! Each command is executed once, in order, or said to be lost (fault T23): whatever the link does while
//! it is on its way.

use std::time::Instant;

use bytes::Bytes;
use uuid::Uuid;
use watchdeck::client::{ClientError, Incoming, Outbox, Resume};
use watchdeck::proto::{InputKind, Reply, Request, Role, SessionId};

use crate::chaos::Forecast;
use crate::dice::Dice;
use crate::ledger::{tell, times};
use crate::probe::{self, Mode};
use crate::site::{Carrier, Site};
use crate::support::{PATIENCE, until};

/// Bytes of commands that are on their way at a time, so that a cut has something to catch.
const ON_THE_WAY: usize = 200;

/// An operator whose connection is cut again and again, and who types on.
struct Typist {
    site: Site,
    session: SessionId,
    outbox: Outbox,
    client_id: Uuid,
    typed: u64,
    /// Commands to type and cuts to survive, at least.
    commands: u64,
    cuts: u64,
    lost_at: Option<Instant>,
    /// Bytes of commands that were said not to be applied.
    told: usize,
    resumed: u64,
}

impl Typist {
    fn is_done(&self) -> bool {
        self.has_typed_all() && self.outbox.unapplied(self.session) == 0
    }

    fn has_typed_all(&self) -> bool {
        self.typed >= self.commands && self.site.chaos.cuts() >= self.cuts
    }

    async fn connection(&mut self) -> Result<(), ClientError> {
        let mut options = self.site.options(Role::Operator);
        options.client_id = Some(self.client_id);
        let (client, mut incoming) = self.site.connect(&options).await?;
        client.focus(0, 1)?;
        let (session, role) = (self.session.to_string(), Role::Operator);
        let attach = Request::Attach { session, role, size: None, fps: 10 };
        let Reply::Attached { channel, applied, accepted, .. } = client.request(attach).await?
        else {
            panic!("not attached")
        };
        let cut = self.lost_at.take().map_or_else(Default::default, |at| at.elapsed());
        let resume = Resume { applied, accepted, cut, epoch: 1 };
        self.told += self.outbox.resume(self.session, resume);
        self.resumed += 1;
        while !self.is_done() {
            self.type_on();
            while let Some(input) = self.outbox.next(self.session) {
                client.numbered_input(channel, input)?;
            }
            match incoming.recv().await {
                Some(Incoming::Applied { seq, .. }) => self.outbox.applied(self.session, seq),
                Some(Incoming::InputRefused { error, .. }) => panic!("{error}"),
                Some(Incoming::Closed { .. }) | None => break,
                Some(_) => {}
            }
        }
        Ok(())
    }

    fn type_on(&mut self) {
        while !self.has_typed_all() && self.outbox.unapplied(self.session) < ON_THE_WAY {
            self.typed += 1;
            let command = Bytes::from(format!("{}\n", self.typed));
            self.outbox.push(self.session, 1, InputKind::Keys, &command).unwrap();
        }
    }
}

async fn once(carrier: Carrier, cuts: usize, commands: u64) {
    let Some(site) = Site::start(carrier, 1 << 20).await else { return };
    let (beside, _events) = site.beside().await;
    let ledger = site.agent.dir.path().join("executed");
    let session = probe::start(&beside, "shell", Mode::Commands, 0, &ledger).await.session_id;
    let (mut dice, (up, down)) = (Dice::thrown(), site.greeting);
    // A command is some 40 bytes on its way up, and the word that it was applied 20 on its way down.
    let each = commands / cuts as u64;
    site.chaos.forecast(move || match dice.within(0..6) {
        0 => Forecast::cut(dice.within(0..up), u64::MAX),
        1 => Forecast::cut(u64::MAX, dice.within(0..down)),
        2 => Forecast::cut(u64::MAX, down + dice.within(0..1200 + each * 20)),
        _ => Forecast::cut(up + dice.within(0..800 + each * 60), u64::MAX),
    });
    let (outbox, client_id) = (Outbox::default(), Uuid::new_v4());
    let (cuts, typed, told, resumed, lost_at) = (cuts as u64, 0, 0, 0, None);
    let mut typist =
        Typist { site, session, outbox, client_id, typed, commands, cuts, lost_at, told, resumed };
    while !typist.is_done() {
        let connection = tokio::time::timeout(PATIENCE, typist.connection()).await;
        let _ = connection.expect("a connection that neither ends nor goes on");
        typist.lost_at.get_or_insert_with(Instant::now);
        assert!(typist.typed <= 20 * commands, "nothing is cut any more");
        if typist.site.chaos.cuts() >= cuts {
            typist.site.chaos.fair();
        }
    }
    let commands = typist.typed;
    let executed = until("what was applied is executed", || async {
        let text = std::fs::read_to_string(&ledger).unwrap();
        let told = typist.told;
        let all: usize = (1..=commands).map(|number| number.to_string().len() + 1).sum();
        (text.len() + told >= all).then_some(text)
    })
    .await;
    let numbers: Vec<u64> = executed.lines().map(|line| line.parse().unwrap()).collect();
    assert!(numbers.is_sorted_by(|a, b| a < b), "executed twice or out of order");
    let lost: Vec<u64> = (1..=commands).filter(|n| numbers.binary_search(n).is_err()).collect();
    let bytes: usize = lost.iter().map(|number| number.to_string().len() + 1).sum();
    assert_eq!(bytes, typist.told, "{lost:?} were lost without a word");
    let made = typist.site.chaos.cuts();
    let values = format!(
        "{made} cuts, {commands} commands: {} once, 0 twice, 0 lost, {} told as not applied",
        numbers.len(),
        lost.len(),
    );
    tell(7, "T23,F2", &format!("commands over {}", carrier.name()), &values);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unix_applies_each_command_once() {
    once(Carrier::Unix, times(20, 1000), times(200, 10_000) as u64).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ws_applies_each_command_once() {
    once(Carrier::Ws, times(20, 1000), times(200, 10_000) as u64).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wss_applies_each_command_once() {
    once(Carrier::Wss, times(16, 1000), times(160, 10_000) as u64).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ssh_applies_each_command_once() {
    once(Carrier::Ssh, times(5, 200), times(100, 2000) as u64).await;
}
