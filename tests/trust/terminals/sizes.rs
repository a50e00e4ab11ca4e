//! A window that is dragged for ever (fault F21): the program sees few of the sizes, and the last one.

use std::time::Instant;

use watchdeck::proto::{ErrorCode, Request, Winsize};

use super::has_size;
use crate::dice::Dice;
use crate::ledger::{tell, times};
use crate::probe::{self, Mode};
use crate::support::{TestAgent, type_line, until};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sizes_are_gathered_and_the_last_one_holds() {
    let agent = TestAgent::start().await;
    let (client, _events) = agent.connect().await;
    let ledger = agent.dir.path().join("ledger");
    let drag = probe::start(&client, "drag", Mode::Sizes, 0, &ledger).await;
    let (resizes, mut dice, last) = (times(1000, 10_000), Dice::thrown(), Winsize::new(33, 77));
    let began = Instant::now();
    let mut sizes: Vec<_> = (1..resizes)
        .map(|_| Winsize::new(dice.within(2..200) as u16, dice.within(5..300) as u16))
        .collect();
    sizes.push(last);
    for size in sizes {
        until("a connection may ask so often", || async {
            match client.request(Request::Resize { session: "drag".into(), size }).await {
                Ok(_) => Some(()),
                Err(error) if error.code() == Some(ErrorCode::LimitExceeded) => None,
                Err(error) => panic!("{error}"),
            }
        })
        .await;
    }
    has_size(drag.pid.unwrap(), last).await;
    let seconds = began.elapsed().as_secs_f64();
    type_line(&client, "drag", "enough").await;
    let account = until("it tells", || async { probe::account(&ledger) }).await;
    let numbers: Vec<f64> = account.split_whitespace().map(|n| n.parse().unwrap()).collect();
    assert_eq!(numbers[1..], [f64::from(last.rows), f64::from(last.cols)]);
    assert!(numbers[0] <= seconds * 20.0 + 2.0, "{} changes in {seconds} s", numbers[0]);
    let values = format!(
        "{resizes} resizes: {} seen by the program ({:.0} a second), the last one exact",
        numbers[0],
        numbers[0] / seconds,
    );
    tell(8, "F21", "resize storm", &values);
}
