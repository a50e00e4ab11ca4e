//! What vt100 lacks and the filter adds, on a screen of 4 rows by 10 columns.

use super::{fed, text};

#[track_caller]
fn check(cases: &[(&str, &str, &str)]) {
    for (what, bytes, expected) in cases {
        let screen = fed(4, 10, bytes);
        assert_eq!(text(&screen), *expected, "{what}");
        assert_eq!(screen.resets(), 0, "{what}");
    }
}

#[test]
fn lines_and_tabs() {
    check(&[
        ("IND keeps the column", "ab\x1bDc", "ab|  c"),
        ("NEL begins a row", "ab\x1bEc", "ab|c"),
        ("RI scrolls at the top", "a\x1bMb", " b|a"),
        ("RI above a region does not scroll", "a\r\nb\x1b[2;3r\x1b[H\x1bMc", "c|b"),
        ("LNM", "\x1b[20ha\nb\x1b[20lc\nd", "a|bc|  d"),
        ("CHT", "\x1b[Ia\x1b[2Ib", "        ab"),
        ("CBT", "123456789\x1b[Za", "12345678a"),
        ("HTS and HT", "\x1b[4G\x1bH\r\ta", "   a"),
        ("TBC 3", "\x1b[3ga\tb", "a        b"),
        ("TBC 0", "\x1b[9G\x1b[g\ra\tb", "a        b"),
        ("DECST8C", "\x1b[3g\x1b[?5Wa\tb", "a       b"),
    ]);
}

#[test]
fn printing_modes() {
    check(&[
        ("line drawing in G0", "\x1b(0lqk\x1b(Bx", "┌─┐x"),
        ("line drawing in G1", "\x1b)0x\x0ex\x0fx", "x│x"),
        ("DECSC keeps the character set", "\x1b(0\x1b7\x1b(B\x1b8q", "─"),
        ("IRM", "world\r\x1b[4hhi \x1b[4l", "hi world"),
        ("IRM with a wide character", "ab\r\x1b[4h語\x1b[4l", "語ab"),
        ("IRM pushes text out", "0123456789\r\x1b[4hx", "x012345678"),
        ("DECAWM reset", "\x1b[?7l0123456789abc", "012345678c"),
        ("DECAWM reset, wide at the edge", "\x1b[?7l012345678語x", "012345678x"),
        ("DECAWM set again", "\x1b[?7l0123456789ab\x1b[?7hcd", "012345678b|cd"),
        ("DECAWM reset stops REP", "\x1b[?7l\x1b[9Ga\x1b[9b", "        aa"),
        ("REP", "ab\x1b[3b", "abbbb"),
        ("REP beyond the screen", "ab\x1b[65535b", "bbbbbbbbbb|bbbbbbbbbb|bbbbbbbbbb|bbbbbbb"),
        ("REP repeats the glyph", "\x1b(0q\x1b[2b", "───"),
    ]);
}

#[test]
fn moves_and_regions() {
    check(&[
        ("HPR and HPB", "\x1b[3aa\x1b[2jb", "  ba"),
        ("VPR and VPB", "\x1b[2ea\x1b[kb", "| b|a"),
        ("SCOSC and SCORC", "ab\x1b[s\r\nc\x1b[ud", "abd|c"),
        ("kitty's CSI > u is not SCORC", "ab\x1b[s\r\nc\x1b[>1ud", "ab|cd"),
        ("DECSTBM homes the cursor", "a\r\nb\x1b[2;3rc", "c|b"),
        ("DECSTBM that makes no region", "\x1b[2;3r\x1b[4H\x1b[3;3ra", "|||a"),
        ("origin mode", "\x1b[2;3r\x1b[?6ha\x1b[9Bb", "|a| b"),
        ("VPA in origin mode", "\x1b[2;4r\x1b[?6h\x1b[2da", "||a"),
        ("SD", "a\x1b[Tb", " b|a"),
        ("mouse highlighting is not SD", "a\x1b[1;1;1;1;1Tb", "ab"),
        ("selective erase is not erase", "abc\x1b[?2J\x1b[?2K", "abc"),
    ]);
}

#[test]
fn screens_and_resets() {
    check(&[
        ("1049 keeps and restores the screen", "ab\x1b[?1049hcd\x1b[?1049le", "abe"),
        ("1049 keeps the column", "ab\x1b[?1049hcd", "  cd"),
        ("1049 twice is once", "ab\x1b[?1049hc\x1b[?1049hd", "  cd"),
        ("1049 restores the primary's own pen and set", "\x1b(0\x1b[?1049h\x1b(B\x1b[?1049lq", "─"),
        ("leaving without entering", "ab\x1b7\r\nc\x1b[?1049ld", "ab|cd"),
        ("47 shares the cursor", "ab\x1b[?47hc\x1b[?47ld", "ab d"),
        ("1047 clears when it is left", "\x1b[?1047ha\x1b[?1047l\x1b[?47h", ""),
        ("1048", "ab\x1b[?1048h\r\nc\x1b[?1048ld", "abd|c"),
        ("DECSTR", "\x1b[2;3r\x1b[?6h\x1b[4hab\x1b[!pc\x1b[Hd", "d|abc"),
        ("RIS", "a\x1b(0\x1b[4h\x1b[3g\x1bcq\tr", "q       r"),
        ("DECALN", "\x1b[2;3r\x1b#8a", "aEEEEEEEEE|EEEEEEEEEE|EEEEEEEEEE|EEEEEEEEEE"),
        ("DECCOLM clears", "ab\r\nc\x1b[?3hd", "d"),
    ]);
}

#[test]
fn foreign_bytes() {
    check(&[
        ("U+FFFD keeps its column", "a\u{fffd}b", "a?b"),
        ("C1 controls take no column", "a\u{85}b", "ab"),
        ("an emoji style widens", "\u{2764}\u{fe0f}a", "\u{2764}\u{fe0f}a"),
        ("but not behind the last column", "012345678\u{2764}\u{fe0f}a", "012345678\u{2764}|a"),
        ("controls inside a sequence", "ab\x1b[1\x08Cc", "abc"),
        ("a line feed inside an escape", "a\x1b\n[1mb", "a| b"),
        ("a cancelled sequence", "a\x1b[3\x18b", "ab"),
        ("an interrupted sequence", "a\x1b[3\x1b[Cb", "a b"),
        ("a malformed sequence", "a\x1b[1?2hb", "ab"),
        ("unknown sequences", "a\x1b[5;6\x27zb\x1b%Gc\x1b ]d", "abcd"),
    ]);
    assert_eq!(text(&fed(4, 10, b"caf\xe9\xff ok\x80")), "caf?? ok");
    assert_eq!(text(&fed(4, 10, b"a\xe2\x82\x1b[Cb")), "a? b", "cut off by a sequence");
}

#[test]
fn graphic_renditions_the_parser_misreads() {
    let cases = [
        ("4:3", true, false),
        ("21", true, false),
        ("58;2;1;2;3", false, false),
        ("4:0", false, false),
    ];
    for (params, underline, dim) in cases {
        let screen = fed(4, 10, format!("\x1b[{params}mx"));
        let cell = screen.vt().cell(0, 0).unwrap();
        assert_eq!((cell.underline(), cell.dim()), (underline, dim), "{params}");
    }
    let screen = fed(4, 10, "\x1b[38:2::10:20:30;48:5:9mx");
    let cell = screen.vt().cell(0, 0).unwrap();
    assert_eq!(cell.fgcolor(), vt100::Color::Rgb(10, 20, 30));
    assert_eq!(cell.bgcolor(), vt100::Color::Idx(9));
}

#[test]
fn a_pen_saved_on_one_screen_is_not_restored_on_the_other() {
    let screen = fed(4, 10, "\x1b[31m\x1b[?1049h\x1b[32m\x1b7\x1b[?1049lx");
    assert_eq!(screen.vt().cell(0, 0).unwrap().fgcolor(), vt100::Color::Idx(1));
}
