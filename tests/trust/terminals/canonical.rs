//! Lines beyond what the kernel keeps for a program that reads whole lines (fault F17): refused and said,
//! never cut in silence.

use std::collections::BTreeSet;

use watchdeck::proto::{Begin, ErrorCode, InputKind};

use super::operator::Operator;
use crate::dice::Dice;
use crate::ledger::{tell, times};
use crate::support::{TestAgent, info, spawn, until, wait_for};

/// What the kernel keeps (N_TTY_BUF_SIZE, less one), the line end not counted.
const KEPT: u64 = 4095;

/// A line of so many bytes that says which one it is.
fn line(number: usize, length: u64) -> String {
    let name = format!("{number}-");
    name.clone() + &"x".repeat((length as usize).saturating_sub(name.len()))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_line_is_taken_whole_or_refused() {
    let agent = TestAgent::start().await;
    let (client, _events) = agent.connect().await;
    let file = agent.dir.path().join("lines");
    let script = format!("stty -echo; echo ready; exec cat > {}", file.display());
    let cat = spawn(&client, "cat", &script).await.session_id;
    wait_for(&client, "cat", "^ready$", Begin::Start).await;
    until("cat runs", || async { file.exists().then_some(()) }).await;
    let mut operator = Operator::of(&agent, cat).await;
    let mut dice = Dice::thrown();
    let (mut expected, mut tried, mut refusals) = (BTreeSet::new(), 0, 0);
    for number in 0..times(60, 2000) {
        // Around the limit, around the size of a piece, far beyond.
        let length = match dice.within(0..4) {
            0 => dice.within(10..KEPT + 1),
            1 => dice.within(KEPT - 5..KEPT + 6),
            2 => dice.within(16_000..17_000),
            _ => dice.within(KEPT..60_000),
        };
        let (text, before) = (line(number, length), operator.refused.len());
        let kind = if dice.within(0..2) == 0 { InputKind::Keys } else { InputKind::Paste };
        tried += 1;
        match dice.within(0..3) {
            // At once, or in two pastes of which the kernel would take each.
            0 if length > 20 && length < 2 * KEPT => {
                let (one, two) = text.split_at(text.len() / 2);
                operator.push(InputKind::Paste, one.to_owned());
                operator.settle().await;
                operator.push(InputKind::Paste, two.to_owned());
            }
            _ => operator.push(InputKind::Paste, text.clone()),
        }
        operator.settle().await;
        let refused = operator.refused.len() > before;
        assert_eq!(refused, length > KEPT, "a line of {length}: {:?}", operator.refused.last());
        if refused {
            refusals += 1;
            let (_, error) = operator.refused.last().unwrap();
            assert_eq!(error.code, ErrorCode::InvalidRequest, "{error}");
            // A half that was taken is thrown away by whoever was told.
            operator.push(InputKind::Keys, "\x15");
        } else {
            expected.insert(text);
            operator.push(kind, "\r");
        }
        operator.settle().await;
    }
    let got = until("all is written", || async {
        let text = std::fs::read_to_string(&file).unwrap();
        (text.lines().count() >= expected.len()).then_some(text)
    })
    .await;
    let got: BTreeSet<String> = got.lines().map(str::to_owned).collect();
    assert!(got == expected, "what arrived is not what was taken");
    assert!(info(&client, "cat").await.is_live());
    let values =
        format!("{tried} lines, {refusals} beyond 4095 bytes: all refused and said, 0 cut");
    tell(7, "F17", "long lines", &values);
}
