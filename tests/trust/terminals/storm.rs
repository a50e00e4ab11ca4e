//! A program that asks the terminal without end and reads no answer (fault F19): answers are dropped, the
//! program is not.

use watchdeck::proto::Begin;

use crate::ledger::{tell, times};
use crate::probe::{self, Mode};
use crate::support::{TestAgent, screen, type_line, until, wait_for};

async fn milliseconds(mode: Mode, amount: u64) -> (f64, u64, u64) {
    let agent = TestAgent::start().await;
    let (client, _events) = agent.connect().await;
    let ledger = agent.dir.path().join("ledger");
    probe::start(&client, "storm", mode, amount, &ledger).await;
    type_line(&client, "storm", "go").await;
    for said in ["^asked$", "^again$"] {
        wait_for(&client, "storm", said, Begin::Start).await;
        // What was asked up to here is answered now, before anything that is typed.
        screen(&client, "storm").await;
        type_line(&client, "storm", "q").await;
    }
    let account = until("it counted its answers", || async { probe::account(&ledger) }).await;
    let mut numbers = account.split_whitespace().map(|number| number.parse::<u64>().unwrap());
    let mut next = || numbers.next().unwrap();
    (next() as f64, next(), next())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_are_dropped_and_nothing_stalls() {
    let queries = times(20_000, 200_000) as u64;
    let (calm, none, _) = milliseconds(Mode::Calm, queries).await;
    let (storm, answered, again) = milliseconds(Mode::Storm, queries).await;
    assert_eq!(none, 0);
    // What the kernel holds for a program, and what waits before it.
    assert!(answered > 0 && answered < 10_000, "{answered} answers");
    assert_eq!(again, 1, "one question, one answer");
    let values = format!(
        "{queries} questions in {storm} ms, {:.0} % of the rate without; {answered} answered, the rest \
         dropped; one asked later was answered once",
        calm / storm.max(1.0) * 100.0,
    );
    tell(8, "F19", "storm of terminal queries", &values);
}
