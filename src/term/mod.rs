//! Terminals: the emulator behind one safe wrapper, the filter before it, keys to bytes. Pure.

pub mod modes;
mod screen;

pub use modes::{CursorShape, Modes, MouseEncoding, MouseTracking};
pub use screen::{Screen, ScreenOptions, ScrolledRow};

#[cfg(test)]
mod probe {
    use super::*;
    use crate::proto::Winsize;
    use proptest::prelude::*;
    use std::num::NonZeroU16;

    fn piece() -> impl Strategy<Value = String> {
        prop_oneof![
            8 => "[ -~]{1,12}",
            2 => prop::sample::select(vec!["中", "文", "❤", "❤\u{fe0f}", "7\u{fe0f}", "\u{301}", "\u{fe0e}", "\u{fe0f}", "👍", "👍🏽", "👨\u{200d}👩", "🇩🇪", "\u{200b}", "🈁\u{fe0e}", "🈁\u{fe0e}\u{fe0f}", "\u{ad}", "\u{115f}", "\u{17d8}", "\u{1160}", "〰", "©\u{fe0f}"]).prop_map(String::from),
            2 => prop::sample::select(vec!["\r", "\n", "\r\n", "\t", "\x08", "\x1b7", "\x1b8", "\x1bM", "\x1b[?1049h", "\x1b[?1049l", "\x1b[?47h", "\x1b[?47l","\x1b[?6h","\x1b[?6l"]).prop_map(String::from),
            4 => (0u16..12, prop::sample::select(vec!['@','A','B','C','D','G','J','K','L','M','P','S','T','X','b','d'])).prop_map(|(n,c)| format!("\x1b[{n}{c}")),
            2 => (1u16..8, 1u16..12).prop_map(|(a,b)| format!("\x1b[{a};{b}H")),
            1 => (1u16..8, 1u16..8).prop_map(|(a,b)| format!("\x1b[{a};{b}r")),
            3 => prop::sample::select(vec!["0","1","2","3","4","7","22","31","42","97","38;5;100","48;2;1;2;3"]).prop_map(|n| format!("\x1b[{n}m")),
        ]
    }

    fn same(a: &vt100::Screen, b: &vt100::Screen) -> Result<(), String> {
        let (rows, cols) = a.size();
        for r in 0..rows.get() {
            for c in 0..cols.get() {
                if a.cell(r, c) != b.cell(r, c) {
                    return Err(format!("{r},{c}: {:?} {:?}", a.cell(r, c), b.cell(r, c)));
                }
            }
        }
        Ok(())
    }

    fn np(size: Winsize) -> vt100::Parser {
        vt100::Parser::new(
            NonZeroU16::new(size.rows).unwrap(),
            NonZeroU16::new(size.cols).unwrap(),
            0,
        )
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20000))]
        #[test]
        fn rows(pieces in prop::collection::vec(piece(), 1..40), size in (2u16..8, 5u16..12)) {
            let size = Winsize::new(size.0, size.1);
            let mut s = Screen::new(size, ScreenOptions::default());
            let mut prev = s.vt().clone();
            let mut diffed = np(size);
            for p in &pieces {
                s.feed(p.as_bytes());
                let mut fresh = np(size);
                for (i, row) in s.vt().rows_formatted(0, u16::MAX).enumerate() {
                    fresh.process(format!("\x1b[{};1H\x1b[m{row}", i + 1).as_bytes());
                }
                if let Err(e) = same(s.vt(), fresh.screen()) { return Err(TestCaseError::fail(format!("full {e}"))); }
                for (i, row) in s.vt().rows_diff(&prev, 0, u16::MAX).enumerate() {
                    if !row.is_empty() { diffed.process(format!("\x1b[{};1H\x1b[m{row}", i + 1).as_bytes()); }
                }
                if let Err(e) = same(s.vt(), diffed.screen()) { return Err(TestCaseError::fail(format!("diff {e}"))); }
                prev = s.vt().clone();
            }
        }
    }
}
