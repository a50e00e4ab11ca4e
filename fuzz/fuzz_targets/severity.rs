//! Output to counted events: the same at any cuts, and each says truly where it stands.
#![no_main]

use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use watchdeck::alert::{AlertEvent, Engine, RuleSet, Scanner, Scope, Sequence};
use watchdeck::proto::{Counts, Offset};
use watchdeck_fuzz::Chance;

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
    if let Ok(text) = std::str::from_utf8(output) {
        lines(text);
    }
});

fn engine() -> Engine {
    let scope = Scope {
        machine: "web-1".to_owned(),
        session: "web".to_owned(),
        labels: [("env".to_owned(), "prod".to_owned())].into(),
    };
    Engine::new(Arc::new(RuleSet::empty()), &scope)
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
        match chance.below(6) {
            0 => scanner.typed(&output[..output.len().min(chance.below(20))]),
            1 => scanner.resized(),
            2 => scanner.idle(&mut events),
            3 => scanner.set_engine(engine()),
            _ => {}
        }
        let offset = offset_of(output, rest);
        scanner.feed(offset, chance.cut(&mut rest), &mut events);
    }
    scanner.finish(&mut events);
    check(&scanner, &events);
}

fn lines(text: &str) {
    let mut sequence = Sequence::new(engine());
    for line in text.lines() {
        let _ = sequence.next(line);
    }
}
