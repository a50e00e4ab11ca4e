//! Escape sequences: told apart from text byte by byte, so that any split of the input is the same.
//!
//! The states are those of ECMA-48 as DEC's terminals read it: CSI, OSC (ended by BEL or ST), and
//! the control strings DCS, SOS, PM and APC, whose content is no text. CAN and SUB abort a sequence;
//! C0 controls inside a CSI act at once. Bytes above 0x7f are text (UTF-8), never C1 controls.

mod pack;

use std::borrow::Cow;

use super::line::{LINE_CAP, Line, trim_end};

const BEL: u8 = 0x07;
const CAN: u8 = 0x18;
const SUB: u8 = 0x1a;
const ESC: u8 = 0x1b;

/// Parameters kept of a CSI sequence; later ones are dropped.
const PARAMS: usize = 16;
/// Bytes kept of an OSC: enough to know `133;X`.
const OSC_KEPT: usize = 8;

/// A CSI sequence (ECMA-48, 5.4).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Csi {
    /// The private marker `<`, `=`, `>` or `?`, else 0.
    pub private: u8,
    /// An intermediate byte, else 0.
    pub intermediate: u8,
    /// The final byte.
    pub last: u8,
    params: [u16; PARAMS],
    count: usize,
}

impl Csi {
    /// The parameters given; an omitted one is 0.
    pub(super) fn params(&self) -> &[u16] {
        self.params.get(..(self.count + 1).min(PARAMS)).unwrap_or_default()
    }

    /// The first parameter as a count: absent or 0 means 1.
    pub(super) fn times(&self) -> usize {
        usize::from(self.params[0].max(1))
    }

    fn digit(&mut self, digit: u8) {
        if let Some(param) = self.params.get_mut(self.count) {
            *param = param.saturating_mul(10).saturating_add(u16::from(digit - b'0'));
        }
    }
}

/// What one byte amounted to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    /// A byte of text.
    Print(u8),
    /// A C0 control.
    Control(u8),
    /// `ESC` and a final byte, without intermediates.
    Escape(u8),
    /// A control sequence.
    Csi(Csi),
    /// Shell integration mark `OSC 133 ; A|B|C|D`.
    Mark(u8),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Ground,
    Escape,
    EscapeIntermediate,
    /// Right after `CSI`, where a private marker may stand.
    CsiStart,
    Csi,
    /// In a CSI sequence that is malformed: it has no effect.
    CsiIgnored,
    Osc,
    /// DCS, SOS, PM or APC.
    ControlString,
}

/// The state between two bytes.
#[derive(Debug, Clone)]
pub(super) struct Parser {
    state: State,
    csi: Csi,
    osc: [u8; OSC_KEPT],
    osc_len: usize,
}

impl Parser {
    pub(super) const fn new() -> Self {
        let csi = Csi { private: 0, intermediate: 0, last: 0, params: [0; PARAMS], count: 0 };
        Self { state: State::Ground, csi, osc: [0; OSC_KEPT], osc_len: 0 }
    }

    /// Whether the next byte of text would be text.
    pub(super) fn is_ground(&self) -> bool {
        self.state == State::Ground
    }

    /// Takes one byte.
    pub(super) fn advance(&mut self, byte: u8) -> Option<Action> {
        match (self.state, byte) {
            (State::Osc, BEL) => self.end_osc(),
            (State::Osc, ESC) => {
                let mark = self.end_osc();
                self.state = State::Escape;
                mark
            }
            (_, CAN | SUB) => self.to(State::Ground),
            (_, ESC) => self.to(State::Escape),
            (State::Ground, _) => self.ground(byte),
            (State::Osc, _) => self.osc(byte),
            (State::ControlString, _) => None,
            (_, 0..0x20) => Some(Action::Control(byte)),
            (State::Escape, _) => self.escape(byte),
            (State::EscapeIntermediate, 0x30..=0x7e) => self.to(State::Ground),
            (State::EscapeIntermediate, _) => None,
            (State::CsiStart | State::Csi, 0x7f..) => None,
            (State::CsiStart, b'<'..=b'?') => {
                self.csi.private = byte;
                self.to(State::Csi)
            }
            (State::CsiStart | State::Csi, _) => self.csi(byte),
            (State::CsiIgnored, 0x40..=0x7e) => self.to(State::Ground),
            (State::CsiIgnored, _) => None,
        }
    }

    fn to(&mut self, state: State) -> Option<Action> {
        self.state = state;
        None
    }

    fn ground(&self, byte: u8) -> Option<Action> {
        match byte {
            b'\t' | 0x20..=0x7e | 0x80.. => Some(Action::Print(byte)),
            0x7f => None,
            _ => Some(Action::Control(byte)),
        }
    }

    fn escape(&mut self, byte: u8) -> Option<Action> {
        match byte {
            b'[' => {
                self.csi = Csi::default();
                self.to(State::CsiStart)
            }
            b']' => {
                self.osc_len = 0;
                self.to(State::Osc)
            }
            b'P' | b'X' | b'^' | b'_' => self.to(State::ControlString),
            0x20..=0x2f => self.to(State::EscapeIntermediate),
            0x30..=0x7e => {
                self.state = State::Ground;
                Some(Action::Escape(byte))
            }
            0x80.. => {
                self.state = State::Ground;
                Some(Action::Print(byte))
            }
            _ => None,
        }
    }

    /// One byte of a CSI sequence: parameters, then intermediates, then the final byte. Any other
    /// order is a sequence without effect, for DEC's terminals as for ours.
    fn csi(&mut self, byte: u8) -> Option<Action> {
        self.state = State::Csi;
        match byte {
            b'<'..=b'?' => return self.to(State::CsiIgnored),
            0x30..=0x3f if self.csi.intermediate != 0 => return self.to(State::CsiIgnored),
            b'0'..=b'9' => self.csi.digit(byte),
            b';' | b':' => self.csi.count += 1,
            0x20..=0x2f => self.csi.intermediate = byte,
            0x40..=0x7e => {
                self.state = State::Ground;
                self.csi.last = byte;
                return Some(Action::Csi(self.csi));
            }
            _ => {}
        }
        None
    }

    fn osc(&mut self, byte: u8) -> Option<Action> {
        if let Some(slot) = self.osc.get_mut(self.osc_len) {
            *slot = byte;
            self.osc_len += 1;
        }
        None
    }

    fn end_osc(&mut self) -> Option<Action> {
        self.state = State::Ground;
        match self.osc.get(..self.osc_len)? {
            [b'1', b'3', b'3', b';', mark @ b'A'..=b'D', rest @ ..]
                if rest.first().is_none_or(|&b| b == b';') =>
            {
                Some(Action::Mark(*mark))
            }
            _ => None,
        }
    }
}

/// The text of one line: sequences out, overwriting by CR and BS done, blanks at the end trimmed,
/// cut after [`LINE_CAP`] bytes.
pub(super) fn stripped(line: &str) -> Cow<'_, str> {
    let is_plain = |b: u8| b >= 0x20 && b != 0x7f || b == b'\t';
    if line.bytes().all(is_plain) {
        let kept = line.get(..line.floor_char_boundary(LINE_CAP)).unwrap_or_default();
        return trim_end(kept).into();
    }
    let mut parser = Parser::new();
    let mut text = Line::new();
    for byte in line.bytes() {
        if let Some(action) = parser.advance(byte) {
            text.apply(action, 0);
        }
    }
    trim_end(&text.text()).to_owned().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_comes_out_of_sequences() {
        for (raw, text) in [
            ("\x1b[31mE\x1b[0mRROR boom", "ERROR boom"),
            ("\x1b]0;ERROR in title\x07ok", "ok"),
            ("\x1b]0;ERROR in title\x1b\\ok", "ok"),
            ("\x1bPq ERROR \x1b\\ok", "ok"),
            ("\x1b_ERROR\x1b\\ok", "ok"),
            ("\x1b[38;2;1;2;3mok\x1b[m", "ok"),
            ("\x1b(Bok", "ok"),
            ("\x1b[31\x18ok", "ok"),
            ("ab\x1b[0?Kok", "abok"),
            ("ab\r\x1b[$2Cok", "ok"),
            ("10%\r20%\rdone", "done"),
            ("kept\r", "kept"),
            ("E\x08ER\x08RR\x08R", "ERR"),
            ("abc\x08 \x08", "ab"),
            ("a\x1b[3Cb", "a   b"),
            ("\x1b[10Gb", "         b"),
            ("gone\r\x1b[Know", "now"),
            ("tab\there\x07", "tab\there"),
        ] {
            assert_eq!(stripped(raw), text, "{raw:?}");
        }
    }

    #[test]
    fn only_well_formed_shell_marks_are_marks() {
        let marks = |raw: &[u8]| {
            let mut parser = Parser::new();
            raw.iter()
                .filter_map(|&b| parser.advance(b))
                .filter(|a| matches!(a, Action::Mark(_)))
                .count()
        };
        assert_eq!(marks(b"\x1b]133;A\x07\x1b]133;B\x1b\\\x1b]133;D;1\x07"), 3);
        assert_eq!(marks(b"\x1b]133;AB\x07\x1b]1337;C\x07\x1b]133;C\x18"), 0);
    }
}
