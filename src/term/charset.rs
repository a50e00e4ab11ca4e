//! Character sets: which glyph a printed byte stands for (ECMA-35, DEC STD 070).
//!
//! Only what programs still use is kept: US ASCII, the British set and DEC Special Graphics, designated to
//! G0–G3 by `ESC ( ) * +` and invoked by SI, SO, LS2 and LS3. Unknown sets count as ASCII.

use crate::proto::pack::{Input, Pack, PackError};

/// One designated set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Charset {
    #[default]
    Ascii,
    /// `#` is the pound sign.
    British,
    /// Line drawing (VT100 User Guide, table 3-9).
    SpecialGraphics,
}

/// Glyphs of DEC Special Graphics for the bytes 0x5F to 0x7E.
const SPECIAL_GRAPHICS: [char; 32] = [
    ' ', '◆', '▒', '␉', '␌', '␍', '␊', '°', '±', '␤', '␋', '┘', '┐', '┌', '└', '┼', '⎺', '⎻', '─',
    '⎼', '⎽', '├', '┤', '┴', '┬', '│', '≤', '≥', 'π', '≠', '£', '·',
];

/// The four designated sets and which of them is invoked into GL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Charsets {
    designated: [Charset; 4],
    invoked: u8,
}

impl Charsets {
    /// Designates a set by the intermediate and final byte of its escape sequence.
    pub(super) fn designate(&mut self, intermediate: u8, last: u8) {
        let slot = match intermediate {
            b'(' => 0,
            b')' => 1,
            b'*' => 2,
            b'+' => 3,
            _ => return,
        };
        self.designated[slot] = match last {
            b'0' | b'2' => Charset::SpecialGraphics,
            b'A' => Charset::British,
            _ => Charset::Ascii,
        };
    }

    /// Whether an escape sequence designates what is designated already, as the `sgr0` of xterm does all the time.
    pub(super) fn is_designated(&self, intermediate: u8, last: u8) -> bool {
        let mut after = *self;
        after.designate(intermediate, last);
        intermediate == b'(' && after == *self
    }

    /// Whether a shift invokes what is invoked already, as SI in the `sgr0` of screen does all the time.
    pub(super) const fn is_invoked(&self, slot: u8) -> bool {
        self.invoked == slot
    }

    /// Invokes G0 to G3 into GL: SI, SO, LS2, LS3.
    pub(super) fn invoke(&mut self, slot: u8) {
        self.invoked = slot.min(3);
    }

    /// Whether printed characters stand for themselves.
    pub(super) fn is_ascii(&self) -> bool {
        self.current() == Charset::Ascii
    }

    /// The glyph that a printed character stands for now.
    pub(super) fn map(&self, printed: char) -> char {
        match (self.current(), printed) {
            (Charset::British, '#') => '£',
            (Charset::SpecialGraphics, '_'..='~') => {
                let index = printed as usize - '_' as usize;
                SPECIAL_GRAPHICS.get(index).copied().unwrap_or(printed)
            }
            _ => printed,
        }
    }

    fn current(&self) -> Charset {
        self.designated.get(usize::from(self.invoked)).copied().unwrap_or_default()
    }
}

/// Two bytes: the invoked slot, then two bits for each slot's set, G0 lowest.
impl Pack for Charsets {
    fn pack(&self, out: &mut Vec<u8>) {
        let sets = self.designated.iter().rev().fold(0, |bits, set| bits << 2 | *set as u8);
        out.extend([self.invoked, sets]);
    }

    fn unpack(input: &mut Input<'_>) -> Result<Self, PackError> {
        let what = "character sets";
        let invoked = input.small(what, 3)? as u8;
        let sets = input.byte(what)?;
        let mut designated = [Charset::Ascii; 4];
        for (slot, shift) in designated.iter_mut().zip([0, 2, 4, 6]) {
            *slot = match sets >> shift & 3 {
                0 => Charset::Ascii,
                1 => Charset::British,
                2 => Charset::SpecialGraphics,
                _ => return Err(PackError::OutOfRange(what)),
            };
        }
        Ok(Self { designated, invoked })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_drawing_comes_through_g0_and_g1() {
        let mut sets = Charsets::default();
        assert!(sets.is_ascii());
        sets.designate(b')', b'0');
        assert_eq!(sets.map('q'), 'q', "G1 is not invoked yet");
        sets.invoke(1);
        assert_eq!("lqk_~".chars().map(|c| sets.map(c)).collect::<String>(), "┌─┐ ·");
        assert_eq!(sets.map('A'), 'A');
        sets.invoke(0);
        sets.designate(b'(', b'A');
        assert_eq!(sets.map('#'), '£');
        sets.designate(b'(', b'B');
        assert!(sets.is_ascii());
    }
}
