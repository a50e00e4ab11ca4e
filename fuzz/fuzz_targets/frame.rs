//! What a peer may send: frames, control messages, and updates applied one after the other.
#![no_main]

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use serde_json::{from_slice, to_vec};
use watchdeck::proto::{AgentMessage, ClientMessage, Frame, Update, Winsize};
use watchdeck::term::Replica;

fuzz_target!(|data: &[u8]| {
    frame(data);
    control(data);
    updates(data);
});

fn frame(data: &[u8]) {
    if let Ok(frame) = Frame::decode(&Bytes::copy_from_slice(data)) {
        assert_eq!(Frame::decode(&frame.encode()), Ok(frame));
    }
}

fn control(data: &[u8]) {
    if let Ok(message) = from_slice::<ClientMessage>(data) {
        let written = to_vec(&message).unwrap();
        assert_eq!(from_slice::<ClientMessage>(&written).unwrap(), message);
    }
    if let Ok(message) = from_slice::<AgentMessage>(data) {
        let written = to_vec(&message).unwrap();
        assert_eq!(from_slice::<AgentMessage>(&written).unwrap(), message);
    }
}

/// Reads `data` as updates, each behind its length (two bytes, little-endian).
fn updates(mut data: &[u8]) {
    let mut replica = Replica::new(Winsize::new(3, 10));
    while let Some((length, rest)) = data.split_first_chunk::<2>() {
        let length = usize::from(u16::from_le_bytes(*length)).min(rest.len());
        let (update, rest) = rest.split_at(length);
        data = rest;
        if let Ok(update) = Update::decode(update) {
            round_trip(&update);
            apply(&mut replica, update);
        }
    }
}

fn round_trip(update: &Update) {
    let mut written = Vec::new();
    update.encode(&mut written);
    assert_eq!(Update::decode(&written).as_ref(), Ok(update));
}

fn apply(replica: &mut Replica, mut update: Update) {
    if !update.is_snapshot() {
        // Only a difference from what is shown goes further than the first check.
        update.base = replica.revision();
        update.size = replica.view().size();
    }
    let before = replica.revision();
    match replica.apply(&update) {
        Ok(()) => assert_eq!(replica.revision(), update.revision),
        Err(_) => assert!(replica.revision() == before || replica.revision() == 0),
    }
    let view = replica.view();
    assert_eq!(view.size(), view.size().clamped());
    for row in 0..view.size().rows {
        let text = String::from_utf8(view.ansi_row(row)).expect("rows are UTF-8");
        assert!(text.chars().all(|c| c == '\x1b' || !c.is_control()), "row {row}: {text:?}");
    }
}
