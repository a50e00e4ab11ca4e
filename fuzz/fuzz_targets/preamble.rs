//! What another machine's login prints before the proxy greets, in any pieces.
#![no_main]

use libfuzzer_sys::fuzz_target;
use watchdeck::net::{Preamble, Progress};
use watchdeck_fuzz::Chance;

/// Longest noise that is accepted, with what may be held back at its end.
const NOISE_MAX: usize = (64 << 10) + 128;

fuzz_target!(|data: &[u8]| {
    let Some((mut chance, mut bytes)) = Chance::from(data) else { return };
    let all = bytes.len();
    let mut preamble = Preamble::default();
    while !bytes.is_empty() {
        match preamble.feed(chance.cut(&mut bytes)) {
            Progress::More => assert!(preamble.noise() <= NOISE_MAX),
            Progress::Found { version, rest } => {
                assert!(version.bytes().all(|byte| byte.is_ascii_graphic()));
                assert!(rest.len() < all);
                return;
            }
            Progress::Foreign | Progress::TooMuch => break,
        }
    }
    let shown = preamble.excerpt();
    assert!(
        shown.len() <= 200 && shown.bytes().all(|byte| (0x20..0x7f).contains(&byte)),
        "{shown:?}"
    );
});
