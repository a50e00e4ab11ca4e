//! The real `watchdeck tail -f` over a way that is cut, and killed itself (fault F1).

use std::process::Stdio;

use tokio::io::AsyncReadExt;
use tokio::process::{Child, Command};

use crate::dice::Dice;
use crate::ledger::{Account, tell, times};
use crate::probe::{self, Mode};
use crate::site::{Carrier, Site};
use crate::support::{PATIENCE, type_line};

const BYTES: u64 = 1 << 20;

/// A site with a program that has begun to write.
async fn writing(carrier: Carrier) -> Option<(Site, std::path::PathBuf)> {
    let site = Site::start(carrier, 2 * BYTES as usize).await?;
    let (beside, _events) = site.beside().await;
    let ledger = site.agent.dir.path().join("ledger");
    probe::start(&beside, "work", Mode::Numbered, BYTES, &ledger).await;
    type_line(&beside, "work", "go").await;
    Some((site, ledger))
}

/// `watchdeck tail -f` from an offset on.
fn tail(site: &Site, from: u64) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_watchdeck"));
    site.set_up(&mut command);
    let from = from.to_string();
    command
        .args(["tail", "-f", "way/work", "--from", &from])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true);
    command.spawn().unwrap()
}

/// Takes what it prints, up to so many bytes in all or to its end.
async fn take(child: &mut Child, account: &mut Account, until: u64) {
    let stdout = child.stdout.as_mut().unwrap();
    let mut bytes = vec![0; 8 << 10];
    while account.bytes < until {
        let read = tokio::time::timeout(PATIENCE, stdout.read(&mut bytes)).await;
        match read.expect("it prints nothing").unwrap() {
            0 => return,
            read => account.add(&bytes[..read]),
        }
    }
}

async fn cut(carrier: Carrier, cuts: usize) {
    let Some((site, ledger)) = writing(carrier).await else { return };
    // Slow enough that there is always something to be cut.
    let weather = crate::chaos::Weather { rate: Some(2 << 20), ..Default::default() };
    site.chaos.forecast(move || crate::chaos::Forecast { down: weather, ..Default::default() });
    let (mut child, mut account) = (tail(&site, 0), Account::default());
    let before = site.chaos.connections();
    for cut in 1..=cuts as u64 {
        take(&mut child, &mut account, BYTES / (cuts as u64 + 1) * cut).await;
        site.chaos.cut();
    }
    take(&mut child, &mut account, u64::MAX).await;
    assert!(child.wait().await.unwrap().success());
    assert_eq!(account.sum(), probe::account(&ledger).unwrap().trim());
    let again = site.chaos.connections() - before - 1;
    assert!(again >= 1);
    let values =
        format!("{cuts} cuts, {again} new connections, {} bytes: 0 lost, 0 doubled", account.bytes);
    tell(6, "F1,F2", &format!("`watchdeck tail -f` over {}", carrier.name()), &values);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tail_goes_on_after_a_cut() {
    let cuts = times(2, 10);
    tokio::join!(
        cut(Carrier::Unix, cuts),
        cut(Carrier::Ws, cuts),
        cut(Carrier::Wss, cuts),
        cut(Carrier::Ssh, cuts),
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_was_killed_goes_on_at_the_exact_byte() {
    let (kills, mut dice) = (times(10, 1000) as u64, Dice::thrown());
    let (site, ledger) = writing(Carrier::Unix).await.unwrap();
    let mut account = Account::default();
    for _ in 0..kills {
        let mut child = tail(&site, account.bytes);
        let until = account.bytes + dice.within(0..BYTES / kills);
        take(&mut child, &mut account, until).await;
        child.start_kill().unwrap();
        // What it had printed is printed.
        take(&mut child, &mut account, u64::MAX).await;
        child.wait().await.unwrap();
    }
    let mut child = tail(&site, account.bytes);
    take(&mut child, &mut account, u64::MAX).await;
    assert_eq!(account.sum(), probe::account(&ledger).unwrap().trim());
    let values = format!("{kills} kills, {} bytes: 0 lost, 0 doubled", account.bytes);
    tell(6, "F1", "client killed while it follows", &values);
}
