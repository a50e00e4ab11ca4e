use proptest::prelude::*;

use super::*;
use crate::proto::key::tests::any_key;
use crate::term::answer::answer_shaped;

fn normal() -> Modes {
    Modes::default()
}

fn application() -> Modes {
    Modes { application_cursor: true, application_keypad: true, ..Modes::default() }
}

fn bytes(name: &str, modes: &Modes, term: Terminal) -> String {
    let key: Key = name.parse().unwrap();
    String::from_utf8(encode(&key, modes, term)).unwrap()
}

#[test]
fn keys_that_are_the_same_everywhere() {
    for (name, expected) in [
        ("a", "a"),
        ("A", "A"),
        ("é", "é"),
        ("漢", "漢"),
        ("Space", " "),
        ("Enter", "\r"),
        ("M-Enter", "\x1b\r"),
        ("Tab", "\t"),
        ("S-Tab", "\x1b[Z"),
        ("M-S-Tab", "\x1b\x1b[Z"),
        ("Esc", "\x1b"),
        ("M-Esc", "\x1b\x1b"),
        ("Backspace", "\x7f"),
        ("S-Backspace", "\x7f"),
        ("C-Backspace", "\x08"),
        ("M-Backspace", "\x1b\x7f"),
        ("C-M-Backspace", "\x1b\x08"),
        ("M-x", "\x1bx"),
        ("M-X", "\x1bX"),
        ("M-é", "\x1bé"),
        ("C-M-x", "\x1b\x18"),
        ("PgUp", "\x1b[5~"),
        ("PgDn", "\x1b[6~"),
        ("Insert", "\x1b[2~"),
        ("Delete", "\x1b[3~"),
        ("C-Delete", "\x1b[3;5~"),
        ("M-PgUp", "\x1b[5;3~"),
        ("C-Left", "\x1b[1;5D"),
        ("M-Right", "\x1b[1;3C"),
        ("C-M-S-Up", "\x1b[1;8A"),
        ("S-Home", "\x1b[1;2H"),
        ("C-End", "\x1b[1;5F"),
        ("F1", "\x1bOP"),
        ("F4", "\x1bOS"),
        ("F5", "\x1b[15~"),
        ("F6", "\x1b[17~"),
        ("F10", "\x1b[21~"),
        ("F11", "\x1b[23~"),
        ("F12", "\x1b[24~"),
        ("S-F1", "\x1b[1;2P"),
        ("C-F5", "\x1b[15;5~"),
        ("F13", "\x1b[1;2P"),
        ("C-F13", "\x1b[1;6P"),
        ("F63", "\x1b[1;4R"),
    ] {
        for term in Terminal::ALL {
            assert_eq!(bytes(name, &normal(), term), expected, "{name} {term}");
            assert_eq!(bytes(name, &application(), term), expected, "{name} {term} application");
        }
    }
}

#[test]
fn cursor_and_keypad_modes() {
    for (name, expected, in_application) in [
        ("Up", "\x1b[A", "\x1bOA"),
        ("Down", "\x1b[B", "\x1bOB"),
        ("Right", "\x1b[C", "\x1bOC"),
        ("Left", "\x1b[D", "\x1bOD"),
        ("KP0", "0", "\x1bOp"),
        ("KP9", "9", "\x1bOy"),
        ("KP*", "*", "\x1bOj"),
        ("KP+", "+", "\x1bOk"),
        ("KP,", ",", "\x1bOl"),
        ("KP-", "-", "\x1bOm"),
        ("KP.", ".", "\x1bOn"),
        ("KP/", "/", "\x1bOo"),
        ("KP=", "=", "\x1bOX"),
        ("KPEnter", "\r", "\x1bOM"),
        ("M-KP5", "\x1b5", "\x1b\x1bOu"),
    ] {
        for term in Terminal::ALL {
            assert_eq!(bytes(name, &normal(), term), expected, "{name} {term}");
            assert_eq!(bytes(name, &application(), term), in_application, "{name} {term}");
        }
    }
}

#[test]
fn home_and_end_differ_by_terminal() {
    for term in [Terminal::Tmux256, Terminal::Screen256] {
        for modes in [normal(), application()] {
            assert_eq!(bytes("Home", &modes, term), "\x1b[1~");
            assert_eq!(bytes("End", &modes, term), "\x1b[4~");
        }
    }
    assert_eq!(bytes("Home", &normal(), Terminal::Xterm256), "\x1b[H");
    assert_eq!(bytes("Home", &application(), Terminal::Xterm256), "\x1bOH");
    assert_eq!(bytes("End", &normal(), Terminal::Xterm256), "\x1b[F");
    assert_eq!(bytes("End", &application(), Terminal::Xterm256), "\x1bOF");
}

#[test]
fn every_control_byte_has_its_key() {
    for letter in 'a'..='z' {
        let expected = char::from(letter as u8 - b'a' + 1).to_string();
        assert_eq!(bytes(&format!("C-{letter}"), &normal(), Terminal::Tmux256), expected);
        assert_eq!(bytes(&format!("C-S-{letter}"), &normal(), Terminal::Tmux256), expected);
    }
    for (name, expected) in [
        ("C-Space", "\0"),
        ("C-@", "\0"),
        ("C-2", "\0"),
        ("C-`", "\0"),
        ("C-[", "\x1b"),
        ("C-3", "\x1b"),
        ("C-{", "\x1b"),
        ("C-\\", "\x1c"),
        ("C-4", "\x1c"),
        ("C-|", "\x1c"),
        ("C-]", "\x1d"),
        ("C-5", "\x1d"),
        ("C-}", "\x1d"),
        ("C-^", "\x1e"),
        ("C-6", "\x1e"),
        ("C-~", "\x1e"),
        ("C-/", "\x1f"),
        ("C-_", "\x1f"),
        ("C-7", "\x1f"),
        ("C-8", "\x7f"),
        ("C-?", "\x7f"),
        ("C-1", "1"),
        ("C-9", "9"),
        ("C-é", "é"),
    ] {
        assert_eq!(bytes(name, &normal(), Terminal::Tmux256), expected, "{name}");
    }
}

#[test]
fn what_is_no_key_sends_nothing() {
    for code in [
        KeyCode::F(0),
        KeyCode::F(64),
        KeyCode::F(255),
        KeyCode::Char('\u{9b}'),
        KeyCode::Keypad('x'),
        KeyCode::Keypad('漢'),
    ] {
        assert_eq!(encode(&Key::from(code), &normal(), Terminal::Tmux256), b"", "{code:?}");
    }
}

#[test]
fn terminals_read_back_and_others_are_refused() {
    for term in Terminal::ALL {
        assert_eq!(term.to_string().parse(), Ok(term));
    }
    let error = "vt\x1b100".parse::<Terminal>().unwrap_err().to_string();
    assert!(error.starts_with("`vt\\u{1b}100` is no terminal we can be; use tmux-"), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn every_key_sends_something_that_is_no_answer(
        key in any_key(),
        [application_cursor, application_keypad] in any::<[bool; 2]>(),
        term in prop::sample::select(Terminal::ALL.to_vec()),
    ) {
        let modes = Modes { application_cursor, application_keypad, ..normal() };
        let bytes = encode(&key, &modes, term);
        prop_assert!(!bytes.is_empty());
        prop_assert!(!answer_shaped(&bytes), "{key} is {bytes:?}");
    }
}
