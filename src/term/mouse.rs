//! Mouse and focus events to bytes, only as far as the program asked for them.
//!
//! Source: xterm ctlseqs, "Mouse Tracking" and "FocusIn/FocusOut".

use crate::proto::Modifiers;

use super::{Modes, MouseEncoding, MouseTracking};

/// A mouse button.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Button {
    /// Left.
    Left,
    /// Middle.
    Middle,
    /// Right.
    Right,
}

/// What the mouse did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MouseKind {
    /// A button went down.
    Press(Button),
    /// A button went up.
    Release(Button),
    /// The pointer moved to another cell, with a button held or without.
    Motion(Option<Button>),
    /// One step of the wheel away from the user.
    WheelUp,
    /// One step of the wheel towards the user.
    WheelDown,
    /// One step of the wheel to the left.
    WheelLeft,
    /// One step of the wheel to the right.
    WheelRight,
}

/// A mouse event inside a pane.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct MouseEvent {
    /// What happened.
    pub kind: MouseKind,
    /// Row in the pane, from 0.
    pub row: u16,
    /// Column in the pane, from 0.
    pub col: u16,
    /// What was held.
    pub mods: Modifiers,
}

/// Added to the button code when the pointer moved.
const MOTION: u8 = 32;
/// The button code for "no button", and for every release where the encoding cannot say which.
const NO_BUTTON: u8 = 3;
/// The default encoding writes a coordinate as one byte, 32 + n, hence n up to 223.
const DEFAULT_LIMIT: u32 = 223;
/// `?1005` writes 32 + n in at most two bytes of UTF-8, hence n up to 2015.
const UTF8_LIMIT: u32 = 2015;

/// The bytes a program in `modes` reads for `event`; `None` when it did not ask for such events
/// or its encoding cannot express the position.
#[must_use]
pub fn encode(event: MouseEvent, modes: &Modes) -> Option<Vec<u8>> {
    if !wanted(event.kind, modes.mouse) {
        return None;
    }
    let row = u32::from(event.row) + 1;
    let col = u32::from(event.col) + 1;
    let button = button_code(event.kind) | modifier_bits(event.mods, modes.mouse);
    let released = matches!(event.kind, MouseKind::Release(_));
    match modes.mouse_encoding {
        MouseEncoding::Sgr => {
            let last = if released { 'm' } else { 'M' };
            Some(format!("\x1b[<{button};{col};{row}{last}").into_bytes())
        }
        encoding => {
            let button = if released { button | NO_BUTTON } else { button };
            positional(u32::from(button), row, col, encoding)
        }
    }
}

fn wanted(kind: MouseKind, tracking: MouseTracking) -> bool {
    use MouseTracking::{AnyMotion, ButtonMotion, Off, Press};
    match kind {
        MouseKind::Press(_) => tracking != Off,
        MouseKind::Motion(Some(_)) => matches!(tracking, ButtonMotion | AnyMotion),
        MouseKind::Motion(None) => tracking == AnyMotion,
        // X10 knows three buttons that go down and nothing else.
        MouseKind::Release(_)
        | MouseKind::WheelUp
        | MouseKind::WheelDown
        | MouseKind::WheelLeft
        | MouseKind::WheelRight => !matches!(tracking, Off | Press),
    }
}

fn button_code(kind: MouseKind) -> u8 {
    match kind {
        MouseKind::Press(button) | MouseKind::Release(button) => number(button),
        MouseKind::Motion(button) => MOTION + button.map_or(NO_BUTTON, number),
        MouseKind::WheelUp => 64,
        MouseKind::WheelDown => 65,
        MouseKind::WheelLeft => 66,
        MouseKind::WheelRight => 67,
    }
}

const fn number(button: Button) -> u8 {
    match button {
        Button::Left => 0,
        Button::Middle => 1,
        Button::Right => 2,
    }
}

fn modifier_bits(mods: Modifiers, tracking: MouseTracking) -> u8 {
    if tracking == MouseTracking::Press {
        return 0;
    }
    4 * u8::from(mods.shift) + 8 * u8::from(mods.alt) + 16 * u8::from(mods.ctrl)
}

/// `CSI M`, then button, column and row, each 32 higher, as bytes or as UTF-8.
fn positional(button: u32, row: u32, col: u32, encoding: MouseEncoding) -> Option<Vec<u8>> {
    let limit = if encoding == MouseEncoding::Utf8 { UTF8_LIMIT } else { DEFAULT_LIMIT };
    if row.max(col) > limit {
        return None;
    }
    let mut out = b"\x1b[M".to_vec();
    for value in [button, col, row] {
        if encoding == MouseEncoding::Utf8 {
            let c = char::from_u32(value + 32)?;
            out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
        } else {
            out.push(u8::try_from(value + 32).ok()?);
        }
    }
    Some(out)
}

/// The bytes for the pane gaining or losing the focus; `None` when the program did not ask.
#[must_use]
pub fn encode_focus(gained: bool, modes: &Modes) -> Option<&'static [u8]> {
    let bytes: &[u8] = if gained { b"\x1b[I" } else { b"\x1b[O" };
    modes.focus_events.then_some(bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use Button::{Left, Middle, Right};
    use MouseKind::{Motion, Press, Release, WheelDown, WheelLeft, WheelRight, WheelUp};

    fn modes(mouse: MouseTracking, mouse_encoding: MouseEncoding) -> Modes {
        Modes { mouse, mouse_encoding, ..Modes::default() }
    }

    fn at(kind: MouseKind, row: u16, col: u16) -> MouseEvent {
        MouseEvent { kind, row, col, mods: Modifiers::NONE }
    }

    #[test]
    fn sgr_names_button_and_position_and_tells_releases_apart() {
        let modes = modes(MouseTracking::AnyMotion, MouseEncoding::Sgr);
        for (kind, expected) in [
            (Press(Left), "\x1b[<0;5;3M"),
            (Press(Middle), "\x1b[<1;5;3M"),
            (Press(Right), "\x1b[<2;5;3M"),
            (Release(Right), "\x1b[<2;5;3m"),
            (Motion(Some(Left)), "\x1b[<32;5;3M"),
            (Motion(None), "\x1b[<35;5;3M"),
            (WheelUp, "\x1b[<64;5;3M"),
            (WheelDown, "\x1b[<65;5;3M"),
            (WheelLeft, "\x1b[<66;5;3M"),
            (WheelRight, "\x1b[<67;5;3M"),
        ] {
            assert_eq!(encode(at(kind, 2, 4), &modes).unwrap(), expected.as_bytes(), "{kind:?}");
        }
        let mods = Modifiers { shift: true, alt: true, ctrl: true };
        let event = MouseEvent { mods, ..at(Press(Left), 0, 0) };
        assert_eq!(encode(event, &modes).unwrap(), b"\x1b[<28;1;1M");
        let far = at(Press(Left), u16::MAX, u16::MAX);
        assert_eq!(encode(far, &modes).unwrap(), b"\x1b[<0;65536;65536M");
    }

    #[test]
    fn default_and_utf8_encodings_end_where_they_cannot_count_on() {
        let default = modes(MouseTracking::PressRelease, MouseEncoding::Default);
        let utf8 = modes(MouseTracking::PressRelease, MouseEncoding::Utf8);
        assert_eq!(encode(at(Press(Left), 0, 0), &default).unwrap(), b"\x1b[M !!");
        assert_eq!(encode(at(Release(Middle), 0, 0), &default).unwrap(), b"\x1b[M#!!");
        assert_eq!(encode(at(Press(Left), 0, 222), &default).unwrap(), b"\x1b[M \xff!");
        assert_eq!(encode(at(Press(Left), 0, 223), &default), None);
        assert_eq!(encode(at(Press(Left), 223, 0), &default), None);
        assert_eq!(encode(at(Press(Left), 0, 223), &utf8).unwrap(), "\x1b[M \u{100}!".as_bytes());
        assert_eq!(encode(at(Press(Left), 0, 2014), &utf8).unwrap(), "\x1b[M \u{7ff}!".as_bytes());
        assert_eq!(encode(at(Press(Left), 0, 2015), &utf8), None);
    }

    #[test]
    fn only_what_was_asked_for_is_reported() {
        use MouseTracking::{AnyMotion, ButtonMotion, Off, PressRelease};
        let kinds = [Press(Left), Release(Left), WheelUp, Motion(Some(Left)), Motion(None)];
        for (tracking, reported) in [
            (Off, 0),
            (MouseTracking::Press, 1),
            (PressRelease, 3),
            (ButtonMotion, 4),
            (AnyMotion, 5),
        ] {
            let modes = modes(tracking, MouseEncoding::Sgr);
            for (i, kind) in kinds.into_iter().enumerate() {
                let sent = encode(at(kind, 0, 0), &modes).is_some();
                assert_eq!(sent, i < reported, "{kind:?} {tracking:?}");
            }
        }
        let x10 = modes(MouseTracking::Press, MouseEncoding::Default);
        let event = MouseEvent { mods: Modifiers::CTRL, ..at(Press(Right), 0, 0) };
        assert_eq!(encode(event, &x10).unwrap(), b"\x1b[M\"!!");
    }

    #[test]
    fn focus_is_reported_on_request() {
        let modes = Modes { focus_events: true, ..Modes::default() };
        assert_eq!(encode_focus(true, &modes), Some(&b"\x1b[I"[..]));
        assert_eq!(encode_focus(false, &modes), Some(&b"\x1b[O"[..]));
        assert_eq!(encode_focus(true, &Modes::default()), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]

        #[test]
        fn no_report_reads_as_an_answer(
            kind in prop::sample::select(vec![
                Press(Left), Release(Middle), Motion(Some(Right)), Motion(None), WheelUp, WheelLeft,
            ]),
            encoding in prop::sample::select(vec![
                MouseEncoding::Default, MouseEncoding::Utf8, MouseEncoding::Sgr,
            ]),
            (row, col) in any::<(u16, u16)>(),
            [shift, alt, ctrl] in any::<[bool; 3]>(),
        ) {
            let modes = modes(MouseTracking::AnyMotion, encoding);
            let event = MouseEvent { kind, row, col, mods: Modifiers { shift, alt, ctrl } };
            if let Some(bytes) = encode(event, &modes) {
                prop_assert!(!crate::term::answer::answer_shaped(&bytes), "{bytes:?}");
            }
        }
    }
}
