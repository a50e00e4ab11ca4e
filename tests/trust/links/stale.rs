//! What was typed before the focus moved never reaches a program after it (threat T9).

use std::collections::BTreeSet;

use uuid::Uuid;
use watchdeck::client::{Incoming, Numbered};
use watchdeck::proto::{ErrorCode, InputKind, Reply, Request, Role};

use crate::dice::Dice;
use crate::ledger::{tell, times};
use crate::probe::{self, Mode};
use crate::site::{Carrier, Site};
use crate::support::until;

async fn stale(carrier: Carrier, changes: usize) {
    let Some(site) = Site::start(carrier, 1 << 20).await else { return };
    let (beside, _events) = site.beside().await;
    let mut options = site.options(Role::Operator);
    options.client_id = Some(Uuid::new_v4());
    let (client, mut incoming) = site.connect(&options).await.unwrap();
    let (mut channels, mut ledgers) = (Vec::new(), Vec::new());
    for name in ["left", "right"] {
        let ledger = site.agent.dir.path().join(name);
        probe::start(&beside, name, Mode::Commands, 0, &ledger).await;
        let attach =
            Request::Attach { session: name.into(), role: Role::Operator, size: None, fps: 1 };
        let Ok(Reply::Attached { channel, .. }) = client.request(attach).await else { panic!() };
        channels.push(channel);
        ledgers.push(ledger);
    }
    let (mut dice, mut sent) = (Dice::thrown(), [0u64; 2]);
    let mut meant = [BTreeSet::new(), BTreeSet::new()];
    let mut refused = 0;
    for epoch in 1..=changes as u32 {
        let pane = dice.within(0..2) as usize;
        let other = 1 - pane;
        client.focus(channels[pane], epoch).unwrap();
        let mut input = |pane: usize, epoch: u32, text: String| {
            sent[pane] += 1;
            let (kind, bytes) = (InputKind::Keys, (text + "\n").into());
            client
                .numbered_input(channels[pane], Numbered { seq: sent[pane], epoch, kind, bytes })
                .unwrap()
        };
        // Typed just before the focus moved, and late: into either pane.
        let late = input(other, epoch - 1, format!("stale-{epoch}"));
        input(pane, epoch, format!("meant-{epoch}"));
        meant[pane].insert(format!("meant-{epoch}"));
        let wanted = sent[pane];
        let (mut answered, mut taken) = (false, false);
        while !(answered && taken) {
            match incoming.recv().await.expect("it goes on") {
                Incoming::InputRefused { id, error } => {
                    assert_eq!((id, error.code), (late, ErrorCode::InvalidRequest), "{error}");
                    (answered, refused) = (true, refused + 1);
                }
                Incoming::Applied { channel, seq } if channel == channels[pane] => {
                    taken = seq >= wanted;
                }
                Incoming::Closed { reason, .. } => panic!("{reason}"),
                _ => {}
            }
        }
    }
    for (ledger, meant) in ledgers.iter().zip(&meant) {
        let executed = until("all is executed", || async {
            let text = std::fs::read_to_string(ledger).unwrap();
            (text.lines().count() >= meant.len()).then_some(text)
        })
        .await;
        let executed: BTreeSet<String> = executed.lines().map(str::to_owned).collect();
        assert_eq!(&executed, meant, "the program got what was not meant for it");
    }
    let values = format!("{changes} changes: 0 in the wrong pane, {refused} late inputs refused");
    tell(7, "T9", &format!("focus over {}", carrier.name()), &values);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn late_input_is_refused() {
    stale(Carrier::Unix, times(50, 10_000)).await;
    stale(Carrier::Wss, times(20, 1000)).await;
}
