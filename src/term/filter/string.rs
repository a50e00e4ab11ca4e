//! Control strings: OSC, DCS, APC, PM, SOS and window names, within bounds (ECMA-48, 5.6).
//!
//! A body is kept up to a cap; of a longer one nothing is kept, so a string without an end costs no memory.
//! It ends at ST (`ESC \`), an OSC or a window name also at BEL; CAN, SUB and any other escape sequence cancel
//! it. That is what xterm does, and it brings the text back at the next coloured prompt. One case is
//! stricter: a string that has outgrown its cap is garbage and ends at the next line feed, since otherwise
//! plain output behind a binary file would stay invisible for ever. Strings that are known to carry long
//! payloads with line feeds inside are excepted ([`ControlString::may_hold_lines`]).

use super::scan::{BEL, CAN, ESC, SUB, StringKind};

const LF: u8 = b'\n';

/// What a program ended its string with; answers use the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Terminator {
    /// `BEL`.
    Bell,
    /// `ESC \`.
    St,
}

/// How far a string got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Progress {
    /// All bytes belong to it, more may follow.
    Open,
    /// It ended after `used` bytes.
    Ended { used: usize, by: Terminator },
    /// It was cancelled after `used` bytes.
    Cancelled { used: usize },
    /// An escape follows `used` bytes that is not part of ST, but the begin of something else.
    Interrupted { used: usize },
}

/// A control string that is being received.
#[derive(Debug)]
pub(super) struct ControlString {
    kind: StringKind,
    body: Vec<u8>,
    received: usize,
    overflow: Overflow,
    escape: bool,
}

/// Whether a body is longer than its cap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Overflow {
    No,
    /// Yes; whether the next line feed ends it.
    Yes {
        line_ends_it: bool,
    },
}

impl ControlString {
    /// Cap of an ordinary body in bytes.
    pub(super) const CAP: usize = 4 * 1024;
    /// Cap of clipboard text (OSC 52) and hyperlinks (OSC 8) in bytes.
    pub(super) const LONG_CAP: usize = 64 * 1024;

    /// A string whose introducer has just been read.
    pub(super) const fn new(kind: StringKind) -> Self {
        Self { kind, body: Vec::new(), received: 0, overflow: Overflow::No, escape: false }
    }

    /// Which introducer it had.
    pub(super) const fn kind(&self) -> StringKind {
        self.kind
    }

    /// The body without controls; `None` when it has outgrown its cap.
    pub(super) fn body(&self) -> Option<&[u8]> {
        (self.overflow == Overflow::No).then_some(&self.body)
    }

    /// Takes in bytes up to the string's end.
    pub(super) fn take(&mut self, bytes: &[u8]) -> Progress {
        if self.escape {
            return after_escape(bytes, 0);
        }
        let mut used = 0;
        while let Some(rest) = bytes.get(used..).filter(|rest| !rest.is_empty()) {
            let window = rest.get(..self.room()).unwrap_or(rest);
            let end = window.iter().position(|&byte| self.is_end(byte));
            let text = window.get(..end.unwrap_or(window.len())).unwrap_or_default();
            self.append(text);
            used += text.len();
            if end.is_some() {
                return self.end(bytes.get(used..).unwrap_or_default(), used);
            }
        }
        Progress::Open
    }

    /// What the ending byte, the first of `rest`, means after `used` bytes.
    fn end(&mut self, rest: &[u8], used: usize) -> Progress {
        match rest.first() {
            Some(&BEL) => Progress::Ended { used: used + 1, by: Terminator::Bell },
            Some(&ESC) => {
                self.escape = true;
                after_escape(rest.get(1..).unwrap_or_default(), used + 1)
            }
            Some(&LF) => Progress::Cancelled { used },
            _ => Progress::Cancelled { used: used + 1 },
        }
    }

    fn is_end(&self, byte: u8) -> bool {
        match byte {
            ESC | CAN | SUB => true,
            BEL => matches!(self.kind, StringKind::Osc | StringKind::WindowName),
            LF => self.overflow == Overflow::Yes { line_ends_it: true },
            _ => false,
        }
    }

    /// Bytes that may still come before the cap has to be looked at again.
    fn room(&self) -> usize {
        match self.overflow {
            Overflow::No => self.cap().saturating_sub(self.received),
            Overflow::Yes { .. } => usize::MAX,
        }
    }

    fn append(&mut self, text: &[u8]) {
        if self.overflow != Overflow::No {
            return;
        }
        self.received += text.len();
        self.body.extend(text.iter().filter(|byte| !byte.is_ascii_control()));
        if self.received >= self.cap() {
            self.overflow = Overflow::Yes { line_ends_it: !self.may_hold_lines() };
            self.body = Vec::new();
        }
    }

    fn cap(&self) -> usize {
        let long = self.body.starts_with(b"52;") || self.body.starts_with(b"8;");
        if long && self.kind == StringKind::Osc { Self::LONG_CAP } else { Self::CAP }
    }

    /// Clipboard text and images come as base64 that some tools break into lines (OSC 52, OSC 1337), and
    /// sixel pictures (`DCS … q`) may hold line feeds between their bands.
    fn may_hold_lines(&self) -> bool {
        match self.kind {
            StringKind::Osc => self.body.starts_with(b"52;") || self.body.starts_with(b"1337;"),
            StringKind::Dcs => {
                let introducer = self.body.iter().find(|b| !b.is_ascii_digit() && **b != b';');
                introducer == Some(&b'q')
            }
            StringKind::WindowName | StringKind::Other => false,
        }
    }
}

fn after_escape(bytes: &[u8], used: usize) -> Progress {
    match bytes.first() {
        None => Progress::Open,
        Some(b'\\') => Progress::Ended { used: used + 1, by: Terminator::St },
        Some(_) => Progress::Interrupted { used },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn osc(body: &[u8]) -> (ControlString, Progress) {
        let mut string = ControlString::new(StringKind::Osc);
        let progress = string.take(body);
        (string, progress)
    }

    #[test]
    fn strings_end_at_their_terminators() {
        let cases: [(&[u8], Progress); 6] = [
            (b"0;t", Progress::Open),
            (b"0;t\x07x", Progress::Ended { used: 4, by: Terminator::Bell }),
            (b"0;t\x1b\\x", Progress::Ended { used: 5, by: Terminator::St }),
            (b"0;t\x1b", Progress::Open),
            (b"0;t\x18x", Progress::Cancelled { used: 4 }),
            (b"0;t\x1b[m", Progress::Interrupted { used: 4 }),
        ];
        for (bytes, expected) in cases {
            let (string, progress) = osc(bytes);
            assert_eq!(progress, expected, "{}", bytes.escape_ascii());
            assert_eq!(string.body(), Some(b"0;t".as_slice()));
        }
    }

    #[test]
    fn the_bell_does_not_end_a_device_control_string() {
        let mut string = ControlString::new(StringKind::Dcs);
        assert_eq!(string.take(b"+q\x07"), Progress::Open);
    }

    #[test]
    fn an_endless_string_costs_nothing_and_ends_at_a_line_feed() {
        let (mut string, progress) = osc(&[b'a'; 10_000]);
        assert_eq!(progress, Progress::Open);
        assert_eq!((string.body(), string.body.capacity()), (None, 0));
        assert_eq!(string.take(b"aaa\ntext"), Progress::Cancelled { used: 3 });
    }

    #[test]
    fn clipboard_text_has_a_longer_cap_and_may_hold_lines() {
        let (mut string, _) = osc(&[b"52;c;".as_slice(), &[b'a'; 50_000], b"\n"].concat());
        assert_eq!(string.body().map(<[u8]>::len), Some(50_005));
        assert_eq!(string.take(&[b'a'; 20_000]), Progress::Open);
        assert_eq!(string.body(), None);
        assert_eq!(string.take(b"\nmore"), Progress::Open);
        assert_eq!(string.take(b"\x07"), Progress::Ended { used: 1, by: Terminator::Bell });
    }
}
