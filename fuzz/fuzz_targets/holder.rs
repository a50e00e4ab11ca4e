//! What a holder gets from an agent and an agent from a holder: any bytes, in any pieces.
#![no_main]

use libfuzzer_sys::fuzz_target;
use watchdeck::holder::pty::Launch;
use watchdeck::holder::wire::{Cutter, MESSAGE_MAX, Order, Report, WireError};
use watchdeck_fuzz::Chance;

fuzz_target!(|data: &[u8]| {
    let Some((mut chance, bytes)) = Chance::from(data) else { return };
    let whole = read(&mut |rest| std::mem::take(rest), bytes);
    let pieces = read(&mut |rest| chance.cut(rest), bytes);
    assert_eq!(whole, pieces, "the cuts make a difference");
    for (kind, body) in &whole.messages {
        order(*kind, body);
        report(*kind, body);
    }
    if let Ok(Some(again)) = Order::decode(1, bytes) {
        order(1, bytes);
        assert_eq!(again, Order::Start(bytes.to_vec()));
    }
    let _ = serde_json::from_slice::<Launch>(bytes);
});

/// Everything that a stream says, up to its first fault.
#[derive(Debug, PartialEq, Eq, Default)]
struct Said {
    messages: Vec<(u8, Vec<u8>)>,
    fault: Option<WireError>,
}

fn read<'a>(next: &mut impl FnMut(&mut &'a [u8]) -> &'a [u8], mut rest: &'a [u8]) -> Said {
    let (mut cutter, mut said) = (Cutter::default(), Said::default());
    while !rest.is_empty() && said.fault.is_none() {
        let piece = next(&mut rest);
        cutter.push(piece);
        loop {
            match cutter.message() {
                Ok(Some((kind, body))) => said.messages.push((kind, body.to_vec())),
                Ok(None) => break,
                Err(fault) => {
                    said.fault = Some(fault);
                    break;
                }
            }
        }
        assert!(cutter.held() <= MESSAGE_MAX + 4 + piece.len());
    }
    said
}

/// What was understood is understood the same when it is said again.
fn order(kind: u8, body: &[u8]) {
    let Ok(Some(order)) = Order::decode(kind, body) else { return };
    let mut bytes = Vec::new();
    order.encode(&mut bytes);
    let again = read(&mut |rest| std::mem::take(rest), &bytes);
    let [(kind, body)] = again.messages.as_slice() else { panic!("{order:?}: {again:?}") };
    assert_eq!(Order::decode(*kind, body), Ok(Some(order)));
}

fn report(kind: u8, body: &[u8]) {
    let Ok(Some(report)) = Report::decode(kind, body) else { return };
    let mut bytes = Vec::new();
    report.encode(&mut bytes);
    let again = read(&mut |rest| std::mem::take(rest), &bytes);
    let [(kind, body)] = again.messages.as_slice() else { panic!("{report:?}: {again:?}") };
    assert_eq!(Report::decode(*kind, body), Ok(Some(report)));
}
