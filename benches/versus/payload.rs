//! What floods are made of, the same bytes in every run.

use std::fmt::Write;
use std::path::{Path, PathBuf};

/// Bytes of each payload.
pub const SIZE: usize = 64 << 20;

/// A named file of terminal output.
pub struct Payload {
    pub name: &'static str,
    pub path: PathBuf,
}

/// Small and fast; only variety matters.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

/// Appends the next piece of a payload.
type Maker = fn(&mut Random, &mut String);

/// Writes every payload into `dir`, which should be in memory.
pub fn write_all(dir: &Path) -> Vec<Payload> {
    let kinds: [(&'static str, Maker); 3] =
        [("plain logs", plain), ("coloured logs", coloured), ("full-screen", full_screen)];
    kinds
        .into_iter()
        .map(|(name, piece)| {
            let path = dir.join(name.replace(' ', "-"));
            let mut random = Random(7);
            let mut text = String::with_capacity(SIZE + 8192);
            if name == "full-screen" {
                text.push_str("\x1b[?1049h");
            }
            while text.len() < SIZE {
                piece(&mut random, &mut text);
            }
            text.push_str("\x1b[m\x1b[?1049l\r\n");
            std::fs::write(&path, text).expect("the payload is written");
            Payload { name, path }
        })
        .collect()
}

fn level(random: &mut Random) -> &'static str {
    match random.below(200) {
        0 => "ERROR",
        1..5 => "WARN",
        5..40 => "DEBUG",
        _ => "INFO",
    }
}

fn plain(random: &mut Random, text: &mut String) {
    let (level, ms) = (level(random), random.below(1000));
    let (thread, id) = (random.below(32), random.below(1 << 40));
    let _ = writeln!(
        text,
        "2026-11-21 06:{:02}:{:02},{ms:03} {level} [worker-{thread}] c.example.OrderService - order {id:x} priced in {ms} ms, {} items",
        random.below(60),
        random.below(60),
        random.below(90),
    );
}

fn coloured(random: &mut Random, text: &mut String) {
    let (level, ms) = (level(random), random.below(1000));
    let colour = match level {
        "ERROR" => 31,
        "WARN" => 33,
        "DEBUG" => 36,
        _ => 32,
    };
    let _ = writeln!(
        text,
        "\x1b[2m2026-11-21T06:{:02}:{:02}.{ms:03}Z\x1b[0m \x1b[{colour};1m{level:>5}\x1b[0m \x1b[2mgateway::proxy\x1b[0m\x1b[2m:\x1b[0m upstream answered \x1b[3mstatus\x1b[0m\x1b[2m=\x1b[0m{} \x1b[3mms\x1b[0m\x1b[2m=\x1b[0m{ms}",
        random.below(60),
        random.below(60),
        200 + random.below(5),
    );
}

/// A frame of a program that repaints a full screen of 80 by 24.
fn full_screen(random: &mut Random, text: &mut String) {
    text.push_str("\x1b[H");
    for row in 1..=24 {
        let colour = 16 + random.below(200);
        let _ = write!(text, "\x1b[{row};1H\x1b[38;5;{colour}m{:>6} ", random.below(100_000));
        for _ in 0..7 {
            let _ = write!(text, "\x1b[{}m{:08x} ", 30 + random.below(8), random.below(1 << 32));
        }
        text.push_str("\x1b[m\x1b[K");
    }
}
