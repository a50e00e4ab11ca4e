//! A scanner that is written down and read back goes on as if nothing had happened.

use proptest::prelude::*;

use super::super::*;
use super::{scanner, stream, with_rules};
use crate::proto::CheckpointError;

/// What happens to a scanner.
#[derive(Debug, Clone)]
enum Step {
    Feed(Vec<u8>),
    Typed(Vec<u8>),
    Resized(u16),
    Idle,
}

fn step() -> impl Strategy<Value = Step> {
    const KEYS: &[&str] = &[
        "ERROR boom\r",
        "error: x\r",
        "grep WARN y\r",
        "ERR",
        "\r",
        "\x1b[A\r",
        "\x1b[",
        "\x1b[1;2",
        "\x15",
        "\x7f",
        "\t",
        "\x1b[200~é\x1b[201~",
    ];
    prop_oneof![
        6 => stream().prop_map(Step::Feed),
        2 => proptest::sample::select(KEYS).prop_map(|keys| Step::Typed(keys.as_bytes().to_vec())),
        1 => proptest::collection::vec(any::<u8>(), 0..9).prop_map(Step::Typed),
        1 => (0..60_u16).prop_map(Step::Resized),
        1 => Just(Step::Idle),
    ]
}

/// Takes the steps; returns the offset behind the last byte.
fn take(
    scanner: &mut Scanner,
    from: Offset,
    steps: &[Step],
    events: &mut Vec<AlertEvent>,
) -> Offset {
    steps.iter().fold(from, |at, step| match step {
        Step::Feed(bytes) => {
            scanner.feed(at, bytes, events);
            at + bytes.len() as Offset
        }
        Step::Typed(keys) => {
            scanner.typed(keys);
            at
        }
        Step::Resized(rows) => {
            scanner.set_rows(*rows);
            scanner.resized();
            at
        }
        Step::Idle => {
            scanner.idle(events);
            at
        }
    })
}

/// Cuts the bytes of the step at `cut`, so that a checkpoint falls inside of lines and sequences.
fn divided(steps: &[Step], cut: usize) -> (Vec<Step>, Vec<Step>) {
    let (mut before, mut after) = (steps[..cut].to_vec(), steps[cut..].to_vec());
    if let Some(Step::Feed(bytes)) = after.first_mut() {
        let rest = bytes.split_off(bytes.len() / 2);
        before.push(Step::Feed(std::mem::replace(bytes, rest)));
    }
    (before, after)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn a_restored_scanner_goes_on_where_it_was(
        steps in proptest::collection::vec(step(), 0..9),
        cut in any::<proptest::sample::Index>(),
        rules in any::<bool>(),
    ) {
        let engine = if rules { with_rules() } else { scanner().engine };
        let (before, after) = divided(&steps, cut.index(steps.len() + 1));
        let (mut whole, mut expected) = (Scanner::new(engine.clone()), Vec::new());
        let at = take(&mut whole, 3, &before, &mut expected);
        let mut events = expected.clone();
        let saved = whole.checkpoint();
        let mut restored = Scanner::restore(engine, &saved).unwrap();
        prop_assert_eq!(restored.checkpoint(), saved);
        take(&mut whole, at, &after, &mut expected);
        take(&mut restored, at, &after, &mut events);
        prop_assert_eq!(restored.checkpoint(), whole.checkpoint());
        whole.finish(&mut expected);
        restored.finish(&mut events);
        prop_assert_eq!(events, expected);
        prop_assert_eq!(restored.counts(), whole.counts());
        prop_assert_eq!(restored.lines(), whole.lines());
    }

    #[test]
    fn any_bytes_are_a_scanner_or_an_error(
        steps in proptest::collection::vec(step(), 0..4),
        at in any::<proptest::sample::Index>(),
        put in proptest::collection::vec(any::<u8>(), 0..4),
        output in stream(),
    ) {
        let mut scanner = scanner();
        take(&mut scanner, 0, &steps, &mut Vec::new());
        let mut saved = scanner.checkpoint();
        let at = at.index(saved.len());
        let end = (at + put.len() + 1).min(saved.len());
        saved.splice(at..end, put);
        if let Ok(mut restored) = Scanner::restore(scanner.engine, &saved) {
            take(&mut restored, 0, &steps, &mut Vec::new());
            restored.feed(0, &output, &mut Vec::new());
            restored.idle(&mut Vec::new());
        }
    }
}

#[test]
fn a_checkpoint_is_small_and_says_its_form() {
    let mut scanner = scanner();
    let flood = "2024-05-01 10:00:00 INFO a line of a log, as there are many\r\n".repeat(1000);
    scanner.feed(0, &flood.as_bytes()[..flood.len() - 20], &mut Vec::new());
    let saved = scanner.checkpoint();
    assert!(saved.len() < 100, "{} bytes in the middle of a line", saved.len());
    let mut newer = saved.clone();
    newer[0] = 9;
    let restored = |bytes: &[u8]| Scanner::restore(scanner.engine.clone(), bytes).map(|_| ());
    assert_eq!(restored(&newer), Err(CheckpointError::Version { found: 9, known: 1 }));
    assert_eq!(restored(&[saved.clone(), vec![0]].concat()), Err(CheckpointError::Trailing(1)));
    for cut in 0..saved.len() {
        assert!(restored(&saved[..cut]).is_err(), "{cut} of {} bytes", saved.len());
    }
}

#[test]
fn the_largest_checkpoint_is_bounded() {
    let mut scanner = scanner();
    let mut events = Vec::new();
    for n in 0..2000 {
        scanner.feed(0, format!("ERROR number {n} of many\n").as_bytes(), &mut events);
    }
    for _ in 0..40 {
        scanner.typed(format!("ERROR {}\r", "é".repeat(3000)).as_bytes());
    }
    scanner.feed(0, &[b'x'; 40_000], &mut events);
    scanner.feed(0, b"\x1b7", &mut events);
    let saved = scanner.checkpoint();
    assert!(saved.len() < 110 << 10, "{} bytes", saved.len());
    assert_eq!(Scanner::restore(scanner.engine, &saved).unwrap().checkpoint(), saved);
}
