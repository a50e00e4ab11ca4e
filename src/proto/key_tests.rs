use proptest::prelude::*;

use super::*;

fn key(text: &str) -> Key {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn reads_every_style_and_writes_one() {
    for (text, canonical) in [
        ("x", "x"),
        ("X", "X"),
        ("S-x", "X"),
        ("é", "é"),
        ("C-x", "C-x"),
        ("C-X", "C-x"),
        ("c-S-x", "C-S-x"),
        ("ctrl+x", "C-x"),
        ("Control-Alt-Del", "C-M-Delete"),
        ("M-x", "M-x"),
        ("A-x", "M-x"),
        ("alt-left", "M-Left"),
        ("meta+X", "M-X"),
        ("S-F5", "S-F5"),
        ("f63", "F63"),
        ("shift+ctrl+alt+PageDown", "C-M-S-PgDn"),
        ("ret", "Enter"),
        ("esc", "Esc"),
        ("BSpace", "Backspace"),
        ("BTab", "S-Tab"),
        ("S-Tab", "S-Tab"),
        ("ins", "Insert"),
        ("space", "Space"),
        (" ", "Space"),
        ("-", "-"),
        ("+", "+"),
        ("C--", "C--"),
        ("C-+", "C-+"),
        ("ctrl++", "C-+"),
        ("M--", "M--"),
        ("minus", "-"),
        ("^", "^"),
        ("^]", "C-]"),
        ("^^", "C-^"),
        ("ctrl+]", "C-]"),
        ("KP7", "KP7"),
        ("kp*", "KP*"),
        ("KPEnter", "KPEnter"),
    ] {
        assert_eq!(key(text).to_string(), canonical, "{text}");
    }
}

#[test]
fn presses_that_send_the_same_byte_are_one_key() {
    for (one, other) in [
        ("C-@", "C-Space"),
        ("C-2", "C-Space"),
        ("Null", "C-Space"),
        ("C-4", "C-\\"),
        ("C-5", "C-]"),
        ("C-6", "C-^"),
        ("C-7", "C-/"),
        ("C-_", "C-/"),
        ("C-S-_", "C-/"),
        ("C-i", "Tab"),
        ("C-S-i", "Tab"),
        ("C-M-m", "M-Enter"),
        ("C-[", "Esc"),
        ("C-3", "Esc"),
        ("C-8", "Backspace"),
        ("^?", "Backspace"),
    ] {
        assert_eq!(key(one), key(other), "{one} and {other}");
    }
}

#[test]
fn control_characters_are_the_keys_that_type_them() {
    for (c, name) in [
        ('\t', "Tab"),
        ('\r', "Enter"),
        ('\x1b', "Esc"),
        ('\x7f', "Backspace"),
        ('\0', "C-Space"),
        ('\x01', "C-a"),
        ('\n', "C-j"),
        ('\x1d', "C-]"),
        ('\x1f', "C-/"),
    ] {
        assert_eq!(Key::from(KeyCode::Char(c)), key(name), "{c:?}");
    }
}

#[test]
fn unknown_names_are_refused_with_the_nearest() {
    for (text, nearest) in [
        ("Entr", Some("Enter")),
        ("C-Pagedwn", Some("C-PageDown")),
        ("alt+lefft", Some("alt+Left")),
        ("Delet", Some("Delete")),
        ("F64", None),
        ("F0", None),
        ("F+5", None),
        ("C-", None),
        ("banana", None),
        ("KPx", None),
        ("\x1b", None),
        ("\u{9b}", None),
    ] {
        let expected = KeyError::Unknown { name: text.into(), nearest: nearest.map(Into::into) };
        assert_eq!(text.parse::<Key>(), Err(expected));
    }
    assert_eq!("".parse::<Key>(), Err(KeyError::Empty));
    let message = "C-Spcae".parse::<Key>().unwrap_err().to_string();
    assert_eq!(message, "`C-Spcae` is not a key; did you mean `C-Space`?");
    let message = "\x1b[A".parse::<Key>().unwrap_err().to_string();
    assert!(message.starts_with("`\\u{1b}[A` is not a key; write a character"), "{message}");
}

#[test]
fn travels_as_its_name() {
    let keys: Vec<Key> = serde_json::from_str(r#"["ctrl+]", "pgup"]"#).unwrap();
    assert_eq!(serde_json::to_string(&keys).unwrap(), r#"["C-]","PgUp"]"#);
    let error = serde_json::from_str::<Key>("7").unwrap_err().to_string();
    assert!(error.contains("expected a key name"), "{error}");
}

pub(crate) fn any_key() -> impl Strategy<Value = Key> {
    let code = prop_oneof![
        any::<char>()
            .prop_filter("C1 is no key", |c| !c.is_control() || c.is_ascii())
            .prop_map(KeyCode::Char),
        proptest::char::range(' ', '~').prop_map(KeyCode::Char),
        (1..=MAX_FUNCTION_KEY).prop_map(KeyCode::F),
        prop::sample::select("0123456789+-*/.,=".chars().collect::<Vec<_>>())
            .prop_map(KeyCode::Keypad),
        prop::sample::select(vec![
            KeyCode::Enter,
            KeyCode::Tab,
            KeyCode::Backspace,
            KeyCode::Escape,
            KeyCode::Up,
            KeyCode::Down,
            KeyCode::Left,
            KeyCode::Right,
            KeyCode::Home,
            KeyCode::End,
            KeyCode::PageUp,
            KeyCode::PageDown,
            KeyCode::Insert,
            KeyCode::Delete,
            KeyCode::KeypadEnter,
        ]),
    ];
    let mods = any::<[bool; 3]>().prop_map(|[shift, alt, ctrl]| Modifiers { shift, alt, ctrl });
    (code, mods).prop_map(|(code, mods)| Key::new(code, mods))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn a_name_reads_back_as_its_key(key in any_key()) {
        prop_assert_eq!(key.to_string().parse::<Key>(), Ok(key));
        prop_assert_eq!(key.normalized(), key);
    }

    #[test]
    fn no_text_panics(text in "\\PC{0,12}|[CMScms^+-]{0,4}.{0,3}") {
        if let Ok(key) = text.parse::<Key>() {
            prop_assert_eq!(key.to_string().parse::<Key>(), Ok(key));
        }
    }
}
