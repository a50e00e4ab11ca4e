//! Modes to and from their bits on the wire.

use crate::proto::update::{ModeBits, ModeFlag};
use crate::term::{CursorShape, Modes, MouseEncoding, MouseTracking};

/// Values by their number on the wire, as the table at [`ModeBits`] says.
const TRACKING: [MouseTracking; 5] = [
    MouseTracking::Off,
    MouseTracking::Press,
    MouseTracking::PressRelease,
    MouseTracking::ButtonMotion,
    MouseTracking::AnyMotion,
];
const ENCODING: [MouseEncoding; 3] =
    [MouseEncoding::Default, MouseEncoding::Utf8, MouseEncoding::Sgr];
const SHAPE: [CursorShape; 4] =
    [CursorShape::Default, CursorShape::Block, CursorShape::Underline, CursorShape::Bar];

fn number<T: PartialEq>(values: &[T], value: &T) -> u8 {
    values.iter().position(|known| known == value).unwrap_or_default() as u8
}

fn value<T: Copy + Default>(values: &[T], number: u8) -> T {
    values.get(usize::from(number)).copied().unwrap_or_default()
}

impl From<Modes> for ModeBits {
    fn from(modes: Modes) -> Self {
        Self::default()
            .with(ModeFlag::Alternate, modes.alternate)
            .with(ModeFlag::ApplicationCursor, modes.application_cursor)
            .with(ModeFlag::ApplicationKeypad, modes.application_keypad)
            .with(ModeFlag::BracketedPaste, modes.bracketed_paste)
            .with(ModeFlag::FocusEvents, modes.focus_events)
            .with(ModeFlag::CursorHidden, modes.cursor_hidden)
            .with_mouse(number(&TRACKING, &modes.mouse))
            .with_mouse_encoding(number(&ENCODING, &modes.mouse_encoding))
            .with_cursor_shape(number(&SHAPE, &modes.cursor_shape))
    }
}

/// Numbers without a meaning read as the default.
impl From<ModeBits> for Modes {
    fn from(bits: ModeBits) -> Self {
        Self {
            alternate: bits.has(ModeFlag::Alternate),
            application_cursor: bits.has(ModeFlag::ApplicationCursor),
            application_keypad: bits.has(ModeFlag::ApplicationKeypad),
            bracketed_paste: bits.has(ModeFlag::BracketedPaste),
            focus_events: bits.has(ModeFlag::FocusEvents),
            mouse: value(&TRACKING, bits.mouse()),
            mouse_encoding: value(&ENCODING, bits.mouse_encoding()),
            cursor_hidden: bits.has(ModeFlag::CursorHidden),
            cursor_shape: value(&SHAPE, bits.cursor_shape()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_survive_their_bits() {
        let mut cases = vec![Modes::default()];
        cases.extend(TRACKING.map(|mouse| Modes { mouse, alternate: true, ..Modes::default() }));
        cases.extend(ENCODING.map(|mouse_encoding| Modes {
            mouse_encoding,
            application_cursor: true,
            bracketed_paste: true,
            ..Modes::default()
        }));
        cases.extend(SHAPE.map(|cursor_shape| Modes {
            cursor_shape,
            application_keypad: true,
            focus_events: true,
            cursor_hidden: true,
            ..Modes::default()
        }));
        for modes in cases {
            assert_eq!(Modes::from(ModeBits::from(modes)), modes);
        }
    }

    #[test]
    fn unknown_numbers_read_as_the_default() {
        let modes = Modes::from(ModeBits::default().with_mouse(7).with_mouse_encoding(3));
        assert_eq!(modes, Modes::default());
    }
}
