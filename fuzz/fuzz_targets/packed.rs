//! Packed messages: what a peer may send, bombs included, and that what is packed comes back.
#![no_main]

use libfuzzer_sys::fuzz_target;
use watchdeck::net::packed::{Content, KIND, PackError, Packer, Unpacker};
use watchdeck_fuzz::Chance;

/// Most bytes of an unpacked message here; small, so that bombs are found.
const MAX: usize = 64 << 10;

fuzz_target!(|data: &[u8]| {
    let Some((mut chance, bytes)) = Chance::from(data) else { return };
    foreign(&mut chance.clone(), bytes);
    round_trip(&mut chance, bytes);
});

/// Messages of a stranger, one after the other in one stream. Also after a fault nothing breaks.
fn foreign(chance: &mut Chance, all: &[u8]) {
    let mut bytes = all;
    let mut unpacker = Unpacker::default();
    while !bytes.is_empty() {
        match unpacker.unpack(chance.cut(&mut bytes), MAX) {
            Ok(content) => assert!(size(&content) <= MAX),
            Err(PackError::TooLong(max)) => assert_eq!(max, MAX),
            Err(PackError::Damaged) => {}
        }
    }
    // All of it as one message, too.
    if let Ok(content) = Unpacker::default().unpack(all, MAX) {
        assert!(size(&content) <= MAX);
    }
}

fn size(content: &Content) -> usize {
    match content {
        Content::Text(text) => text.len(),
        Content::Binary(bytes) => bytes.len(),
    }
}

/// Pieces of `bytes`, many times over, as texts and frames; then one of them damaged.
fn round_trip(chance: &mut Chance, mut bytes: &[u8]) {
    let (mut packer, mut unpacker) = (Packer::default(), Unpacker::default());
    let mut last = None;
    while !bytes.is_empty() {
        let piece = chance.cut(&mut bytes).repeat(1 + chance.below(20));
        let content = match String::from_utf8(piece) {
            Ok(text) => Content::Text(text),
            Err(error) => Content::Binary(error.into_bytes().into()),
        };
        let Some(packed) = packer.pack(&content) else { continue };
        assert_eq!(packed[0], KIND);
        let unpacked = unpacker.unpack(&packed[1..], size(&content));
        assert_eq!(unpacked, Ok(content), "{} bytes", packed.len());
        last = Some(packed);
    }
    let Some(mut packed) = last.map(|packed| packed.to_vec()) else { return };
    let at = 1 + chance.below(packed.len() - 1);
    packed[at] ^= 1 << chance.below(8);
    if let Ok(content) = unpacker.unpack(&packed[1..], MAX) {
        assert!(size(&content) <= MAX);
    }
}
