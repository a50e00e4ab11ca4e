//! Each query has one answer, from the state at its byte, of a fixed form.

use proptest::prelude::*;
use regex::bytes::Regex;

use super::{fed, text};
use crate::proto::Winsize;
use crate::term::query::Replies;
use crate::term::{Palette, Rgb, Screen, ScreenOptions};

fn answer(bytes: impl AsRef<[u8]>) -> String {
    String::from_utf8(fed(24, 80, bytes).take_replies()).unwrap()
}

#[test]
fn answers() {
    let version = concat!("\x1bP>|watchdeck(", env!("CARGO_PKG_VERSION"), ")\x1b\\");
    let cases = [
        ("DA1", "\x1b[c", "\x1b[?62;22c"),
        ("DA1 with 0", "\x1b[0c", "\x1b[?62;22c"),
        ("an answer to DA1 is no query", "\x1b[?62;22c", ""),
        ("DECID", "\x1bZ", "\x1b[?62;22c"),
        ("DA2", "\x1b[>c", "\x1b[>0;0;0c"),
        ("DA3", "\x1b[=c", ""),
        ("XTVERSION", "\x1b[>0q", version),
        ("DSR 5", "\x1b[5n", "\x1b[0n"),
        ("CPR", "ab\r\ncd\x1b[6n", "\x1b[2;3R"),
        ("CPR behind the last column", "\x1b[80Gx\x1b[6n", "\x1b[1;80R"),
        ("CPR in origin mode", "\x1b[5;9r\x1b[?6h\x1b[2;3H\x1b[6n", "\x1b[2;3R"),
        ("DECXCPR", "\x1b[4;7H\x1b[?6n", "\x1b[?4;7R"),
        ("DECRQM set", "\x1b[?2004h\x1b[?2004$p", "\x1b[?2004;1$y"),
        ("DECRQM reset", "\x1b[?2026$p", "\x1b[?2026;2$y"),
        ("DECRQM not known", "\x1b[?31337$p", "\x1b[?31337;0$y"),
        ("DECRQM without a number", "\x1b[?$p", ""),
        ("DECRQM of IRM", "\x1b[4h\x1b[4$p", "\x1b[4;1$y"),
        ("kitty keyboard", "\x1b[?u", ""),
        ("size", "\x1b[18t", "\x1b[8;24;80t"),
        ("title report", "\x1b]2;x\x07\x1b[21t", ""),
        ("ENQ", "\x05", ""),
        ("OSC 11 with BEL", "\x1b]11;?\x07", "\x1b]11;rgb:1010/1010/1414\x07"),
        ("OSC 11 with ST", "\x1b]11;?\x1b\\", "\x1b]11;rgb:1010/1010/1414\x1b\\"),
        (
            "OSC 10 and 11 at once",
            "\x1b]10;?;?\x07",
            "\x1b]10;rgb:d0d0/d0d0/d0d0\x07\x1b]11;rgb:1010/1010/1414\x07",
        ),
        ("OSC 12", "\x1b]12;?\x07", "\x1b]12;rgb:d0d0/d0d0/d0d0\x07"),
        ("OSC 10 sets", "\x1b]10;red\x07", ""),
        ("OSC 4", "\x1b]4;1;?;300;?\x07", "\x1b]4;1;rgb:cdcd/0000/0000\x07"),
        ("OSC 52 reads", "\x1b]52;c;?\x07", ""),
        ("XTGETTCAP TN", "\x1bP+q544e\x1b\\", "\x1bP1+r544E=73637265656E2D323536636F6C6F72\x1b\\"),
        ("XTGETTCAP RGB", "\x1bP+q524742\x1b\\", "\x1bP1+r524742=382F382F38\x1b\\"),
        ("XTGETTCAP others", "\x1bP+q696e646e\x1b\\", "\x1bP0+r\x1b\\"),
        ("DECRQSS pen", "\x1b[1;31;48:2:1:2:3m\x1bP$qm\x1b\\", "\x1bP1$r0;1;31;48:2::1:2:3m\x1b\\"),
        ("DECRQSS cursor", "\x1b[5 q\x1bP$q q\x1b\\", "\x1bP1$r5 q\x1b\\"),
        ("DECRQSS others", "\x1bP$qr\x1b\\", "\x1bP0$r\x1b\\"),
    ];
    for (what, query, expected) in cases {
        assert_eq!(answer(query), expected, "{what}");
    }
}

#[test]
fn answers_come_in_stream_order() {
    assert_eq!(answer("a\x1b[6nb\x1b[6n\x1b[5n"), "\x1b[1;2R\x1b[1;3R\x1b[0n");
}

/// What fish, neovim, helix, vim and fzf send at their start and wait for.
#[test]
fn programs_need_not_wait_at_their_start() {
    let last_is_da1 = |bytes: &str| answer(bytes).ends_with("\x1b[?62;22c");
    assert!(last_is_da1("\x1b[>0q\x1b[?u\x1bP+q696e646e\x1b\\\x1b[0c"), "fish");
    assert!(last_is_da1("\x1b]11;?\x07\x1b[?u\x1b[?2026$p\x1b[0c"), "neovim");
    assert!(last_is_da1("\x1b[?u\x1b[c"), "helix and all of crossterm");
    assert_eq!(answer("\x1b[6n"), "\x1b[1;1R", "fzf --height");
    assert_eq!(answer("\x1b[>c"), "\x1b[>0;0;0c", "vim");
}

#[test]
fn a_silent_screen_answers_nothing() {
    let mut screen = Screen::new(Winsize::default(), ScreenOptions::silent());
    screen.feed(b"\x1b[c\x1b[6n\x1b]11;?\x07\x1bP+q544e\x1b\\x");
    assert!(screen.take_replies().is_empty());
    assert_eq!(text(&screen), "x");
}

#[test]
fn colours_may_change() {
    let mut screen = fed(24, 80, "");
    screen.set_palette(Palette { background: Rgb(255, 255, 255), ..Palette::default() });
    screen.feed(b"\x1b]11;?\x07");
    assert_eq!(screen.take_replies(), b"\x1b]11;rgb:ffff/ffff/ffff\x07");
}

#[test]
fn a_storm_of_queries_is_bounded() {
    let mut screen = fed(24, 80, "\x1b[c".repeat(100_000));
    assert!(screen.take_replies().len() <= Replies::MAX);
    screen.feed(b"\x1b[5n");
    assert_eq!(screen.take_replies(), b"\x1b[0n", "and answered again once they are taken");
}

/// Everything that may ever be typed into a program by the terminal itself.
fn grammar() -> Regex {
    let forms = [
        r"\x1b\[\?62;22c",
        r"\x1b\[>0;0;0c",
        r"\x1b\[0n",
        r"\x1b\[\??\d{1,3};\d{1,4}R",
        r"\x1b\[\??\d{1,5};[012]\$y",
        r"\x1b\[8;\d{1,3};\d{1,4}t",
        r"\x1bP>\|watchdeck\([0-9.]+\)\x1b\\",
        r"\x1b\](10|11|12|4;\d{1,3});rgb:[0-9a-f]{4}/[0-9a-f]{4}/[0-9a-f]{4}(\x07|\x1b\\)",
        r"\x1bP0[+$]r\x1b\\",
        r"\x1bP1\+r[0-9A-F]+=[0-9A-F]+\x1b\\",
        r"\x1bP1\$r[0-9;:]+m\x1b\\",
        r"\x1bP1\$r[0-6] q\x1b\\",
    ];
    Regex::new(&format!("^(?-u)(?:{})*$", forms.join("|"))).unwrap()
}

fn query_soup() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        "\x1b\\[[?>=!]?[0-9;]{0,6}[ $\"!]?[cnpqtuy]".prop_map(String::into_bytes),
        "\x1b\\](4|10|11|12|52|2);[?0-9;a-z]{0,8}[\x07\x18]".prop_map(String::into_bytes),
        "\x1bP[+$]q[0-9a-fmqr ;]{0,12}\x1b\\\\".prop_map(String::into_bytes),
        Just(b"\x1bP+q544e;436f;524742\x1b\\".to_vec()),
        "[a-z\r\n\t]{0,5}".prop_map(String::into_bytes),
        prop::collection::vec(any::<u8>(), 0..6),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn replies_have_a_fixed_grammar(bytes in query_soup()) {
        let replies = fed(24, 80, &bytes).take_replies();
        prop_assert!(grammar().is_match(&replies), "{}", replies.escape_ascii());
    }
}
