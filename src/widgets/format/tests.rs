//! Formats by table and property.

use proptest::prelude::*;

use super::*;

#[test]
fn numbers_take_four_columns_and_round_down() {
    for (n, text) in [
        (0, "0"),
        (999, "999"),
        (1000, "1.0k"),
        (1999, "1.9k"),
        (9999, "9.9k"),
        (10_000, "10k"),
        (999_999, "999k"),
        (1_000_000, "1.0M"),
        (3_456_789, "3.4M"),
        (999_999_999_999, "999G"),
        (u64::MAX, "18E"),
    ] {
        assert_eq!(count(n), text);
    }
}

#[test]
fn one_thing_is_not_called_many() {
    let named = [0, 1, 2].map(|n| things(n, "session"));
    assert_eq!(named, ["0 sessions", "1 session", "2 sessions"]);
}

#[test]
fn byte_sizes_are_in_powers_of_1024() {
    for (n, text) in [
        (0, "0B"),
        (999, "999B"),
        (1000, "0.9K"),
        (1024, "1.0K"),
        (4 << 20, "4.0M"),
        (256 << 20, "256M"),
        (u64::MAX, "15E"),
    ] {
        assert_eq!(bytes(n), text);
    }
}

#[test]
fn ages_show_their_largest_unit() {
    for (seconds, text) in
        [(0, "0s"), (59, "59s"), (60, "1m"), (3599, "59m"), (3600, "1h"), (86_400, "1d")]
    {
        assert_eq!(age(Duration::from_secs(seconds)), text);
    }
}

#[test]
fn names_are_cut_in_the_middle() {
    for (text, columns, cut) in [
        ("api-gateway-prod-7", 18, "api-gateway-prod-7"),
        ("api-gateway-prod-7", 16, "api-gate…-prod-7"),
        ("日本語サーバー-7", 8, "日本…-7"),
        ("abc", 1, "…"),
        ("abc", 0, ""),
        ("", 0, ""),
    ] {
        assert_eq!(middle(text, columns, '…'), cut, "{text} in {columns}");
    }
}

#[test]
fn sentences_are_cut_at_the_end() {
    assert_eq!(end("cannot connect to web-1", 15, '…'), "cannot connect…");
    assert_eq!(end("short", 5, '…'), "short");
    assert_eq!(end("short", 0, '…'), "");
}

#[test]
fn hidden_characters_become_visible() {
    for (text, safe) in [
        ("plain", "plain"),
        ("a\tb\nc", "a b c"),
        ("\x1b[31mred", "\u{FFFD}[31mred"),
        ("a\u{202E}b\u{2066}c", "a\u{FFFD}b\u{FFFD}c"),
        ("a\u{200D}\u{E0041}b", "a\u{FFFD}\u{FFFD}b"),
        ("e\u{301}t", "e\u{301}t"),
        ("\u{301}\u{301}a\u{301}\u{301}\u{301}\u{301}b", "a\u{301}\u{301}\u{301}b"),
        ("\u{26A0}\u{FE0F} hot", "\u{26A0} hot"),
        ("\u{9B}31m", "\u{FFFD}31m"),
    ] {
        assert_eq!(shown(text), safe, "{text:?}");
    }
}

#[test]
fn questions_spell_out_what_could_deceive() {
    assert_eq!(spelled("rm -rf \u{202E}x"), "rm -rf \\u{202e}x");
    assert_eq!(spelled("p\u{430}yments"), "p\\u{430}yments");
}

#[test]
fn wrapping_breaks_at_blanks_and_says_when_there_is_more() {
    let lines = |columns, rows| wrap("the quick brown fox jumps", columns, rows, '…');
    assert_eq!(lines(11, 9), ["the quick", "brown fox", "jumps"]);
    assert_eq!(lines(9, 2), ["the quick", "brown fo…"]);
    assert_eq!(lines(3, 3), ["the", "qui", "ck…"]);
    assert_eq!(lines(1, 3), Vec::<String>::new());
    assert_eq!(wrap("", 10, 3, '…'), Vec::<String>::new());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn what_is_shown_is_safe_and_fits(text in "\\PC*|.*|[a\u{300}\u{202E}\u{200D}日\u{1F600}\u{FE0F}]*", columns in 0usize..40) {
        for cut in [middle(&text, columns, '…'), end(&text, columns, '…')] {
            prop_assert!(width(&cut) <= columns, "{cut:?}");
            prop_assert!(!cut.contains(is_hidden), "{cut:?}");
        }
        let once = shown(&text).into_owned();
        prop_assert_eq!(shown(&once), once.as_str());
        for line in wrap(&text, columns, 4, '…') {
            prop_assert!(width(&line) <= columns, "{line:?}");
        }
    }

    #[test]
    fn numbers_fit_their_columns(n: u64) {
        prop_assert!(count(n).len() <= 4);
        prop_assert!(bytes(n).len() <= 5);
    }
}
