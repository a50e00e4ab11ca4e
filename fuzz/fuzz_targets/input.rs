//! What becomes a program's input: key names, encoded keys, pastes, mouse events.
#![no_main]

use libfuzzer_sys::fuzz_target;
use watchdeck::proto::{Key, Modifiers};
use watchdeck::term::mouse::{self, Button, MouseEvent, MouseKind};
use watchdeck::term::{Modes, MouseEncoding, MouseTracking, Terminal, answer_shaped, key, paste};
use watchdeck_fuzz::Chance;

fuzz_target!(|data: &[u8]| {
    let Some((mut chance, rest)) = Chance::from(data) else { return };
    let modes = modes(&mut chance);
    let _ = answer_shaped(rest);
    pointer(&mut chance, &modes);
    if let Ok(text) = std::str::from_utf8(rest) {
        pasted(text, &modes);
        text.split(' ').for_each(|name| pressed(name, &modes));
    }
});

fn modes(chance: &mut Chance) -> Modes {
    use MouseTracking::{AnyMotion, ButtonMotion, Off, Press, PressRelease};
    let mut flag = || chance.below(2) == 1;
    Modes {
        application_cursor: flag(),
        application_keypad: flag(),
        bracketed_paste: flag(),
        mouse: [Off, Press, PressRelease, ButtonMotion, AnyMotion][chance.below(5)],
        mouse_encoding: [MouseEncoding::Default, MouseEncoding::Utf8, MouseEncoding::Sgr]
            [chance.below(3)],
        ..Modes::default()
    }
}

fn pressed(name: &str, modes: &Modes) {
    let Ok(key) = name.parse::<Key>() else { return };
    assert_eq!(key.to_string().parse(), Ok(key), "{name:?} is shown as another key");
    for terminal in Terminal::ALL {
        let bytes = key::encode(&key, modes, terminal);
        assert!(!bytes.is_empty(), "{name:?} types nothing");
        assert!(!answer_shaped(&bytes), "{name:?} reads like an answer");
    }
}

fn pasted(text: &str, modes: &Modes) {
    let paste = paste::prepare(text, modes);
    assert!(!answer_shaped(&paste.bytes), "{text:?}");
    let inner = match modes.bracketed_paste && !paste.bytes.is_empty() {
        true => {
            let inner = paste.bytes.strip_prefix(b"\x1b[200~");
            inner.and_then(|inner| inner.strip_suffix(b"\x1b[201~")).expect("brackets")
        }
        false => &paste.bytes,
    };
    let inner = std::str::from_utf8(inner).expect("a paste stays text");
    let allowed = |c: char| !c.is_control() || matches!(c, '\t' | '\r');
    assert!(inner.chars().all(allowed), "{text:?} leaves controls in the paste");
    assert_eq!(inner.matches('\r').count(), paste.line_ends);
}

fn pointer(chance: &mut Chance, modes: &Modes) {
    let button = [Button::Left, Button::Middle, Button::Right][chance.below(3)];
    let kinds = [
        MouseKind::Press(button),
        MouseKind::Release(button),
        MouseKind::Motion(Some(button)),
        MouseKind::Motion(None),
        MouseKind::WheelUp,
        MouseKind::WheelDown,
        MouseKind::WheelLeft,
        MouseKind::WheelRight,
    ];
    let position = |chance: &mut Chance| {
        let bits = chance.below(17);
        chance.below(1 << bits) as u16
    };
    let mut flag = || chance.below(2) == 1;
    let mods = Modifiers { shift: flag(), alt: flag(), ctrl: flag() };
    let kind = kinds[chance.below(kinds.len())];
    let event = MouseEvent { kind, row: position(chance), col: position(chance), mods };
    if let Some(bytes) = mouse::encode(event, modes) {
        assert!(modes.mouse != MouseTracking::Off, "{event:?} was not asked for");
        assert!(!answer_shaped(&bytes), "{event:?} reads like an answer");
    }
}
