//! Terminal modes as one small integer.

/// The terminal's modes, packed; unknown bits are kept but mean nothing.
///
/// | bits | meaning |
/// |---|---|
/// | 0–5 | the [`ModeFlag`]s |
/// | 6–8 | mouse tracking: 0 off, 1 press, 2 press and release, 3 button motion, 4 any motion |
/// | 9–10 | mouse encoding: 0 default, 1 UTF-8, 2 SGR |
/// | 11–12 | cursor shape: 0 default, 1 block, 2 underline, 3 bar |
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ModeBits(pub u32);

/// A mode that is on or off, by its bit in [`ModeBits`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ModeFlag {
    /// The alternate screen is shown.
    Alternate = 0,
    /// Cursor keys are in application mode (DECCKM).
    ApplicationCursor = 1,
    /// The keypad is in application mode (DECKPAM).
    ApplicationKeypad = 2,
    /// Pastes are bracketed.
    BracketedPaste = 3,
    /// Focus changes are reported.
    FocusEvents = 4,
    /// The cursor is hidden (DECTCEM reset).
    CursorHidden = 5,
}

const MOUSE: Field = Field { shift: 6, width: 3 };
const MOUSE_ENCODING: Field = Field { shift: 9, width: 2 };
const CURSOR_SHAPE: Field = Field { shift: 11, width: 2 };

/// A group of bits that hold one small number.
struct Field {
    shift: u32,
    width: u32,
}

impl Field {
    const fn get(&self, bits: ModeBits) -> u8 {
        ((bits.0 >> self.shift) & ((1 << self.width) - 1)) as u8
    }

    const fn set(&self, bits: ModeBits, value: u8) -> ModeBits {
        let mask = ((1 << self.width) - 1) << self.shift;
        ModeBits((bits.0 & !mask) | (((value as u32) << self.shift) & mask))
    }
}

impl ModeBits {
    /// Whether `flag` is on.
    #[must_use]
    pub const fn has(self, flag: ModeFlag) -> bool {
        self.0 & (1 << flag as u32) != 0
    }

    /// These bits with `flag` set to `on`.
    #[must_use]
    pub const fn with(self, flag: ModeFlag, on: bool) -> Self {
        let bit = 1 << flag as u32;
        Self(if on { self.0 | bit } else { self.0 & !bit })
    }

    /// Mouse tracking, 0–4; see the table above.
    #[must_use]
    pub const fn mouse(self) -> u8 {
        MOUSE.get(self)
    }

    /// These bits with the mouse tracking set.
    #[must_use]
    pub const fn with_mouse(self, tracking: u8) -> Self {
        MOUSE.set(self, tracking)
    }

    /// Mouse encoding, 0–2; see the table above.
    #[must_use]
    pub const fn mouse_encoding(self) -> u8 {
        MOUSE_ENCODING.get(self)
    }

    /// These bits with the mouse encoding set.
    #[must_use]
    pub const fn with_mouse_encoding(self, encoding: u8) -> Self {
        MOUSE_ENCODING.set(self, encoding)
    }

    /// Cursor shape, 0–3; see the table above.
    #[must_use]
    pub const fn cursor_shape(self) -> u8 {
        CURSOR_SHAPE.get(self)
    }

    /// These bits with the cursor shape set.
    #[must_use]
    pub const fn with_cursor_shape(self, shape: u8) -> Self {
        CURSOR_SHAPE.set(self, shape)
    }
}
