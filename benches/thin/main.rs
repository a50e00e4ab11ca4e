//! A line of 56 kbit/s and eight flooding panes (fault F5): `cargo bench --bench thin [-- wss ssh ws]`.
//!
//! How old is what a client on such a line sees, how long until its Ctrl-C works, and what do others
//! notice of it? Printed beside what is wanted; nothing here fails on a slow machine.

#![allow(clippy::expect_used, clippy::unwrap_used)] // a benchmark that cannot go on has nothing better to do

#[path = "../../tests/support/mod.rs"]
mod support;

#[path = "../../tests/support/chaos.rs"]
mod chaos;

#[path = "../../tests/support/dice.rs"]
mod dice;

#[path = "../../tests/support/sshd.rs"]
mod sshd;

#[path = "../../tests/trust/site.rs"]
mod site;

mod flood;
mod watcher;

use std::time::Duration;

use chaos::{Forecast, Weather};
use site::{Carrier, Site};
use watchdeck::proto::Role;
use watcher::{Ages, Watcher};

/// Panes that are flooded.
const PANES: usize = 8;
/// 56 kbit/s in bytes a second.
const RATE: u32 = 7000;
/// How long light and switches take, each way.
const DELAY: Duration = Duration::from_millis(25);
/// Until a new client has found out what its line carries.
const WARM_UP: Duration = Duration::from_secs(10);
/// How long is measured.
const MEASURED: Duration = Duration::from_secs(30);
/// Times that Ctrl-C is pressed.
const INTERRUPTS: usize = 5;

fn main() {
    // Cargo passes `--bench`; words choose carriers. A child floods.
    let words: Vec<String> =
        std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    if words.first().is_some_and(|word| word == flood::VERB) {
        flood::run();
    }
    let wanted = |carrier: &Carrier| match words.is_empty() {
        // A Unix socket is no thin line, except for whoever wants to see it.
        true => *carrier != Carrier::Unix,
        false => words.iter().any(|word| word == carrier.name()),
    };
    println!(
        "\n== thin: {PANES} flooding panes of 24x80 over {} kbit/s, {} s ==",
        RATE * 8 / 1000,
        MEASURED.as_secs()
    );
    println!(
        "{:<8}{:>10}{:>10}{:>10}{:>12}{:>12}{:>14}{:>12}{:>12}",
        "carrier",
        "age p50",
        "age p95",
        "age max",
        "Ctrl-C p50",
        "Ctrl-C max",
        "seen after",
        "others fps",
        "of baseline"
    );
    println!(
        "{:<8}{:>10}{:>10}{:>10}{:>12}{:>12}{:>14}{:>12}{:>12}",
        "wanted", "", "", "2.0 s", "", "1.0 s", "", "", "95 %"
    );
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let carriers = [Carrier::Wss, Carrier::Ssh, Carrier::Ws, Carrier::Unix];
    for carrier in carriers.into_iter().filter(wanted) {
        runtime.block_on(measure(carrier));
    }
}

async fn measure(carrier: Carrier) {
    let Some(site) = Site::start(carrier, 1 << 20).await else { return };
    let (beside, _events) = site.beside().await;
    for pane in 0..PANES {
        flood::start(&beside, &format!("pane-{pane}")).await;
    }
    let other = Watcher::attach(site.beside().await, Role::Observer).await;
    tokio::time::sleep(WARM_UP / 2).await;
    let before = other.pictures();
    tokio::time::sleep(MEASURED / 2).await;
    let baseline = (other.pictures() - before) as f64 / (MEASURED / 2).as_secs_f64();
    let weather = Weather { rate: Some(RATE), delay: DELAY, ..Weather::default() };
    site.chaos.forecast(move || Forecast::both(weather));
    let connection = site.connect(&site.options(Role::Operator)).await.expect("connects");
    let thin = Watcher::attach(connection, Role::Operator).await;
    tokio::time::sleep(WARM_UP).await;
    let (before, bytes) = (other.pictures(), site.chaos.passed().1);
    let ages = thin.ages(MEASURED).await;
    let others = (other.pictures() - before) as f64 / MEASURED.as_secs_f64();
    let carried = (site.chaos.passed().1 - bytes) as f64 / MEASURED.as_secs_f64();
    let (mut took, mut seen) = (Ages::default(), Ages::default());
    for pane in 0..INTERRUPTS {
        let (effect, sight) = thin.interrupt(&beside, pane).await;
        took.add(effect);
        seen.add(sight);
    }
    println!(
        "{:<8}{:>9.2}s{:>9.2}s{:>9.2}s{:>11.2}s{:>11.2}s{:>13.2}s{:>12.1}{:>10.0} %   {:.0} B/s carried",
        carrier.name(),
        ages.part(0.5),
        ages.part(0.95),
        ages.part(1.0),
        took.part(0.5),
        took.part(1.0),
        seen.part(1.0),
        others / PANES as f64,
        others / baseline * 100.0,
        carried,
    );
    println!(
        "trust: 8 F5 {PANES} floods on a line of {} kbit/s, {}: screens {:.2} s old (95 %) and {:.2} s (worst; wanted 2), \
         Ctrl-C after {:.2} s (worst; wanted 1), other clients at {:.0} % of their rate (wanted 95)",
        RATE * 8 / 1000,
        carrier.name(),
        ages.part(0.95),
        ages.part(1.0),
        took.part(1.0),
        others / baseline * 100.0,
    );
}
