//! Output to counted events: the same at any cuts, and each says truly where it stands.
#![no_main]

use std::sync::{Arc, LazyLock};

use libfuzzer_sys::fuzz_target;
use watchdeck::alert::{AlertEvent, AlertRule, Engine, RuleSet, Scanner, Scope, Sequence};
use watchdeck::proto::{Counts, Offset};
use watchdeck_fuzz::Chance;

static RULES: LazyLock<Arc<RuleSet>> = LazyLock::new(|| {
    let rules = r#"[
        {"name": "noise", "regex": "connection reset", "severity": "ignore"},
        {"name": "slow", "regex": "took [0-9]{4,} ms", "severity": "warning", "session": "w*"},
        {"name": "page", "regex": "^PAGE", "severity": "error", "labels": {"env": "prod"}}
    ]"#;
    let rules: Vec<AlertRule> = serde_json::from_str(rules).expect("the rules are rules");
    Arc::new(RuleSet::compile(&rules).expect("the rules compile"))
});

fuzz_target!(|data: &[u8]| {
    let Some((mut chance, output)) = Chance::from(data) else { return };
    let whole = scan(|scanner, events| scanner.feed(0, output, events));
    let pieces = scan(|scanner, events| {
        let mut rest = output;
        while !rest.is_empty() {
            let offset = offset_of(output, rest);
            scanner.feed(offset, chance.cut(&mut rest), events);
        }
    });
    assert_eq!(whole, pieces, "a cut changed what is counted");
    disturbed(&mut chance, output);
    restarted(&mut chance, output);
    if let Ok(text) = std::str::from_utf8(output) {
        let counts = by_line(text);
        if text.chars().all(|c| c == '\n' || matches!(c, ' '..='~')) {
            assert_eq!(whole.0, counts, "a stream and its lines are judged differently");
        }
    }
});

fn engine() -> Engine {
    let scope = Scope {
        machine: "web-1".to_owned(),
        session: "web".to_owned(),
        labels: [("env".to_owned(), "prod".to_owned())].into(),
    };
    Engine::new(RULES.clone(), &scope)
}

fn offset_of(output: &[u8], rest: &[u8]) -> Offset {
    (output.len() - rest.len()) as Offset
}

/// Scans to the end; returns counts and events as text.
fn scan(feed: impl FnOnce(&mut Scanner, &mut Vec<AlertEvent>)) -> (Counts, Vec<String>) {
    let mut scanner = Scanner::new(engine());
    let mut events = Vec::new();
    feed(&mut scanner, &mut events);
    scanner.finish(&mut events);
    check(&scanner, &events);
    (scanner.counts(), events.iter().map(told).collect())
}

fn told(event: &AlertEvent) -> String {
    let AlertEvent { severity, text, span, start, end, .. } = event;
    format!("{severity} {start}..{end} {span:?} {text:?}")
}

fn check(scanner: &Scanner, events: &[AlertEvent]) {
    let mut counts = Counts::default();
    for event in events {
        counts.add(event.severity);
        assert!(event.severity.counts(), "{}", told(event));
        assert!(event.start <= event.end, "{}", told(event));
        assert!(event.text.get(event.span.clone()).is_some(), "{}", told(event));
    }
    assert_eq!(scanner.counts(), counts, "counters and events differ");
}

/// Typing, resizes and pauses in between: nothing panics and the counters stay true.
fn disturbed(chance: &mut Chance, output: &[u8]) {
    let mut scanner = Scanner::new(engine());
    let mut events = Vec::new();
    let mut rest = output;
    while !rest.is_empty() {
        disturb(chance, &mut scanner, output, &mut events);
        let offset = offset_of(output, rest);
        scanner.feed(offset, chance.cut(&mut rest), &mut events);
    }
    scanner.finish(&mut events);
    check(&scanner, &events);
}

/// A restart in the middle, with typing and pauses around it, changes nothing.
fn restarted(chance: &mut Chance, output: &[u8]) {
    let mut rest = output;
    let (mut scanner, mut events) = (Scanner::new(engine()), Vec::new());
    while chance.below(8) > 0 {
        disturb(chance, &mut scanner, output, &mut events);
        scanner.feed(offset_of(output, rest), chance.cut(&mut rest), &mut events);
    }
    let saved = scanner.checkpoint();
    let mut again = Scanner::restore(engine(), &saved).expect("what is written down is read back");
    assert_eq!(again.checkpoint(), saved, "a restart changed the state");
    let mut after = events.clone();
    for (scanner, events) in [(&mut scanner, &mut events), (&mut again, &mut after)] {
        disturb(&mut chance.clone(), scanner, output, events);
        scanner.feed(offset_of(output, rest), rest, events);
        scanner.finish(events);
    }
    assert_eq!(after, events, "a restart changed what is counted");
    assert_eq!(again.checkpoint(), scanner.checkpoint());
}

fn disturb(
    chance: &mut Chance,
    scanner: &mut Scanner,
    output: &[u8],
    events: &mut Vec<AlertEvent>,
) {
    match chance.below(6) {
        0 => scanner.typed(&output[..output.len().min(chance.below(20))]),
        1 => scanner.resized(),
        2 => scanner.idle(events),
        3 => scanner.set_engine(engine()),
        _ => {}
    }
}

/// Judges line by line, as for a file.
fn by_line(text: &str) -> Counts {
    let mut sequence = Sequence::new(engine());
    let mut counts = Counts::default();
    text.lines().for_each(|line| counts.add(sequence.next(line).severity));
    counts
}
