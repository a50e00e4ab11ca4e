//! Every key is sent as terminfo says. The judge is `infocmp`; where it or an entry is missing the
//! comparison is skipped and says so, unless `WATCHDECK_REQUIRE_TOOLS=1`.

use std::collections::BTreeMap;
use std::process::Command;

use watchdeck::proto::Modifiers;
use watchdeck::proto::key::{Key, KeyCode};
use watchdeck::term::mouse::{self, Button, MouseEvent, MouseKind};
use watchdeck::term::{Modes, MouseEncoding, MouseTracking, Terminal, key, paste};

/// Capabilities whose names do not follow a pattern, and the key each stands for.
const KEYS: &[(&str, &str)] = &[
    ("kbs", "Backspace"),
    ("kcbt", "S-Tab"),
    ("kcuu1", "Up"),
    ("kcud1", "Down"),
    ("kcuf1", "Right"),
    ("kcub1", "Left"),
    ("khome", "Home"),
    ("kend", "End"),
    ("kpp", "PgUp"),
    ("knp", "PgDn"),
    ("kich1", "Insert"),
    ("kdch1", "Delete"),
    ("kri", "S-Up"),
    ("kind", "S-Down"),
    ("kent", "KPEnter"),
    ("ka1", "KP7"),
    ("ka2", "KP8"),
    ("ka3", "KP9"),
    ("kb1", "KP4"),
    ("kb2", "KP5"),
    ("kb3", "KP6"),
    ("kc1", "KP1"),
    ("kc2", "KP2"),
    ("kc3", "KP3"),
    ("kpZRO", "KP0"),
    ("kpADD", "KP+"),
    ("kpCMA", "KP,"),
    ("kpDIV", "KP/"),
    ("kpDOT", "KP."),
    ("kpMUL", "KP*"),
    ("kpSUB", "KP-"),
];

/// Families of extended capabilities: the bare name is Shift, a digit is xterm's modifier.
const FAMILIES: &[(&str, KeyCode)] = &[
    ("kUP", KeyCode::Up),
    ("kDN", KeyCode::Down),
    ("kRIT", KeyCode::Right),
    ("kLFT", KeyCode::Left),
    ("kHOM", KeyCode::Home),
    ("kEND", KeyCode::End),
    ("kPRV", KeyCode::PageUp),
    ("kNXT", KeyCode::PageDown),
    ("kIC", KeyCode::Insert),
    ("kDC", KeyCode::Delete),
];

/// The keypad's middle key without Num Lock: no keyboard library reports it apart.
const NOT_OURS: &[&str] = &["kbeg", "kp5"];

/// terminfo describes the keys after `smkx`.
fn after_smkx() -> Modes {
    Modes { application_cursor: true, application_keypad: true, ..Modes::default() }
}

fn key_of(capability: &str) -> Option<Key> {
    if let Some((_, name)) = KEYS.iter().find(|(cap, _)| *cap == capability) {
        return name.parse().ok();
    }
    let function = capability.strip_prefix("kf").and_then(|n| n.parse().ok());
    function.map(|n| Key::from(KeyCode::F(n))).or_else(|| family(capability))
}

fn family(capability: &str) -> Option<Key> {
    let name = capability.trim_end_matches(|c: char| c.is_ascii_digit());
    let (_, code) = FAMILIES.iter().find(|(family, _)| *family == name)?;
    let bits: u8 = match &capability[name.len()..] {
        "" => 1,
        digits => digits.parse::<u8>().ok()? - 1,
    };
    let mods = Modifiers { shift: bits & 1 != 0, alt: bits & 2 != 0, ctrl: bits & 4 != 0 };
    Some(Key::new(*code, mods))
}

/// The string capabilities of `term`, unescaped; `None` when they cannot be read.
fn capabilities(term: Terminal) -> Option<BTreeMap<String, Vec<u8>>> {
    let output = Command::new("infocmp").args(["-1x", term.name()]).output().ok()?;
    if !output.status.success() {
        return None;
    }
    let text = String::from_utf8(output.stdout).ok()?;
    let strings = text.lines().filter_map(|line| line.trim().strip_suffix(','));
    let pairs = strings.filter_map(|line| line.split_once('='));
    Some(pairs.map(|(name, value)| (name.to_owned(), unescape(value))).collect())
}

/// terminfo(5), "Types of Capabilities": `\E`, `^X`, `\ooo`, `\,` and friends.
fn unescape(value: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let mut bytes = value.bytes().peekable();
    while let Some(byte) = bytes.next() {
        match byte {
            b'^' => out.push(match bytes.next() {
                Some(b'?') => 0x7f,
                Some(c) => c & 0x1f,
                None => b'^',
            }),
            b'\\' => match bytes.next() {
                Some(b'E' | b'e') => out.push(0x1b),
                Some(digit @ b'0'..=b'7') => {
                    let mut code = u16::from(digit - b'0');
                    while let Some(next) = bytes.next_if(|b| matches!(b, b'0'..=b'7')) {
                        code = code * 8 + u16::from(next - b'0');
                    }
                    out.push((code & 0xff) as u8);
                }
                Some(other) => out.push(other),
                None => out.push(b'\\'),
            },
            _ => out.push(byte),
        }
    }
    out
}

/// `None` after saying why, so that a machine without the tools still passes.
fn capabilities_or_skip(term: Terminal) -> Option<BTreeMap<String, Vec<u8>>> {
    let found = capabilities(term);
    if found.is_none() {
        let required = std::env::var("WATCHDECK_REQUIRE_TOOLS").is_ok_and(|v| v == "1");
        assert!(!required, "infocmp has no {term}, and WATCHDECK_REQUIRE_TOOLS=1 forbids a skip");
        println!("skipped {term}: infocmp or its entry is missing");
    }
    found
}

#[test]
fn keys_are_sent_as_terminfo_says() {
    for term in Terminal::ALL {
        let Some(capabilities) = capabilities_or_skip(term) else { continue };
        let keys: Vec<_> = capabilities
            .iter()
            .filter(|(name, _)| name.starts_with('k') && *name != "kmous")
            .filter(|(name, _)| !NOT_OURS.contains(&name.as_str()))
            .collect();
        let wrong: Vec<String> =
            keys.iter().filter_map(|(name, expected)| mismatch(name, expected, term)).collect();
        assert!(wrong.is_empty(), "{term}:\n{}", wrong.join("\n"));
        println!("{term}: {} key capabilities agree", keys.len());
        assert!(keys.len() >= 24, "{term} names only {} keys", keys.len());
    }
}

fn mismatch(name: &str, expected: &[u8], term: Terminal) -> Option<String> {
    let Some(key) = key_of(name) else { return Some(format!("{name}: no key of ours")) };
    let sent = key::encode(&key, &after_smkx(), term);
    (sent != expected).then(|| {
        let (sent, expected) = (sent.escape_ascii(), expected.escape_ascii());
        format!("{name} ({key}): sent {sent}, terminfo has {expected}")
    })
}

#[test]
fn mouse_reports_begin_as_terminfo_says() {
    for term in Terminal::ALL {
        let Some(capabilities) = capabilities_or_skip(term) else { continue };
        let Some(kmous) = capabilities.get("kmous") else { continue };
        // xterm's newer entry announces SGR reports, the others the old ones.
        let mouse_encoding =
            if kmous.ends_with(b"<") { MouseEncoding::Sgr } else { MouseEncoding::Default };
        let modes =
            Modes { mouse: MouseTracking::PressRelease, mouse_encoding, ..Modes::default() };
        let kind = MouseKind::Press(Button::Left);
        let event = MouseEvent { kind, row: 3, col: 5, mods: Modifiers::NONE };
        let report = mouse::encode(event, &modes).unwrap();
        assert!(report.starts_with(kmous), "{term}: {}", report.escape_ascii());
    }
}

#[test]
fn brackets_are_as_terminfo_says() {
    for term in Terminal::ALL {
        let Some(capabilities) = capabilities_or_skip(term) else { continue };
        let modes = Modes { bracketed_paste: true, ..Modes::default() };
        let bytes = paste::prepare("x", &modes).bytes;
        if let (Some(open), Some(close)) = (capabilities.get("PS"), capabilities.get("PE")) {
            let expected = [open.as_slice(), b"x", close].concat();
            assert_eq!(bytes, expected, "{term}");
        }
    }
}

#[test]
fn capabilities_are_unescaped() {
    for (value, expected) in
        [("\\EOA", &b"\x1bOA"[..]), ("^?", b"\x7f"), ("^H", b"\x08"), ("\\177\\,", b"\x7f,")]
    {
        assert_eq!(unescape(value), expected, "{value}");
    }
}
