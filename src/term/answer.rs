//! What a terminal answers to queries, so that no client's input can pass for an answer.
//!
//! The agent alone answers programs. A late or forged answer that arrives as input would be
//! typed into whatever reads next. Sources: xterm ctlseqs (DSR, DA, DECRQM, XTWINOPS, XTMODKEYS,
//! DECREQTPARM, OSC, DECRQSS, XTGETTCAP, XTVERSION) and the kitty keyboard and graphics protocols.

use memchr::memchr2_iter;

/// A control sequence that only terminals send: private markers (`\0` for none), intermediates,
/// final byte.
struct Shape(&'static [u8], &'static [u8], u8);

const SHAPES: &[Shape] = &[
    Shape(b"\0?", b"", b'R'),   // CPR, DECXCPR
    Shape(b"\0?", b"", b'n'),   // DSR
    Shape(b"\0?>=", b"", b'c'), // DA1, DA2, DA3
    Shape(b"\0?", b"$", b'y'),  // DECRPM
    Shape(b"\0", b"", b't'),    // XTWINOPS reports, in-band resize
    Shape(b"\0", b"", b'x'),    // DECREPTPARM
    Shape(b"?", b"", b'u'),     // kitty keyboard flags
    Shape(b">", b"", b'm'),     // XTQMODKEYS
];

/// Whether `bytes` hold, anywhere, a sequence that a terminal sends as an answer and no key,
/// paste, mouse or focus event ever is.
///
/// Judged per frame: an answer cut in two by a client is not seen. `CSI 1 ; 2 R` up to
/// `CSI 1 ; 8 R` are both a modified F3 and a cursor position in the first row; they are keys
/// here, and as an answer say no more than a column.
#[must_use]
pub fn answer_shaped(bytes: &[u8]) -> bool {
    // A C1 control in UTF-8 is C2 followed by the control; alone, the second byte is text.
    memchr2_iter(0x1b, 0xc2, bytes).any(|at| {
        let rest = bytes.get(at + 1..).unwrap_or_default();
        let Some((&kind, body)) = rest.split_first() else { return false };
        match (bytes.get(at), kind) {
            (Some(0x1b), b'[') | (Some(0xc2), 0x9b) => csi(body),
            (Some(0x1b), b']') | (Some(0xc2), 0x9d) => osc(body),
            (Some(0x1b), b'P') | (Some(0xc2), 0x90) => dcs(body),
            (Some(0x1b), b'_') | (Some(0xc2), 0x9f) => body.starts_with(b"G"),
            _ => false,
        }
    })
}

/// Splits off the longest front of `bytes` whose every byte is in `range`.
fn take(bytes: &[u8], range: std::ops::RangeInclusive<u8>) -> (&[u8], &[u8]) {
    let end = bytes.iter().position(|b| !range.contains(b)).unwrap_or(bytes.len());
    bytes.split_at(end)
}

/// ECMA-48 5.4: parameters 30–3F (a private marker 3C–3F first), intermediates 20–2F, one final.
fn csi(body: &[u8]) -> bool {
    let (marker, body) = match body.split_first() {
        Some((&marker @ b'<'..=b'?', rest)) => (marker, rest),
        _ => (0, body),
    };
    let (params, body) = take(body, b'0'..=b'?');
    let (intermediates, body) = take(body, b' '..=b'/');
    let Some(&last) = body.first() else { return false };
    let answer = SHAPES.iter().any(|Shape(markers, between, end)| {
        *end == last && *between == intermediates && markers.contains(&marker)
    });
    // Answers carry numbers; `CSI R` and the like stay what old terminals' function keys send.
    answer && !params.is_empty() && !(marker == 0 && last == b'R' && is_f3(params))
}

fn is_f3(params: &[u8]) -> bool {
    matches!(params, [b'1', b';', b'2'..=b'8'])
}

/// `OSC Ps ;`: alone, ESC ] is Alt-].
fn osc(body: &[u8]) -> bool {
    let (number, rest) = take(body, b'0'..=b'9');
    !number.is_empty() && rest.starts_with(b";")
}

/// `DCS Ps $ r`, `DCS Ps + r`, `DCS > |`, `DCS ! |`, `DCS Ps ! ~`: alone, ESC P is Alt-P.
fn dcs(body: &[u8]) -> bool {
    let (_, rest) = take(body, b'0'..=b';');
    matches!(rest, [b'$' | b'+', b'r', ..] | [b'>' | b'!', b'|', ..] | [b'!', b'~', ..])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn answers_are_known() {
        for answer in [
            "\x1b[24;80R",
            "\x1b[1;1R",
            "\x1b[1;9R",
            "\x1b[2;2R",
            "\x1b[?1;2;1R",
            "\x1b[0n",
            "\x1b[?997;1n",
            "\x1b[?62;22c",
            "\x1b[>41;389;0c",
            "\x1b[=0c",
            "\x1b[?2004;1$y",
            "\x1b[4;2$y",
            "\x1b[8;24;80t",
            "\x1b[48;24;80;480;800t",
            "\x1b[2;1;1;128;128;1;0x",
            "\x1b[?0u",
            "\x1b[>4;1m",
            "\x1b]11;rgb:0000/0000/0000\x1b\\",
            "\x1b]4;1;rgb:ff/00/00\x07",
            "\x1b]52;c;bHMK\x07",
            "\x1bP1$r0m\x1b\\",
            "\x1bP0+r\x1b\\",
            "\x1bP1+r544e=787465726d\x1b\\",
            "\x1bP>|watchdeck\x1b\\",
            "\x1bP!|00000000\x1b\\",
            "\x1bP1!~1A2B\x1b\\",
            "\x1b_Gi=31;OK\x1b\\",
            "\u{9b}24;80R",
            "\u{9d}11;rgb:0/0/0\u{9c}",
            "\u{90}>|x\u{9c}",
            "typed before\x1b[24;80Rand after",
            "\x1b\x1b[0n",
        ] {
            assert!(answer_shaped(answer.as_bytes()), "{answer:?}");
        }
    }

    #[test]
    fn keys_pastes_mouse_and_focus_are_no_answers() {
        for input in [
            "",
            "plain text 24;80R",
            "\x1b",
            "\x1b[",
            "\x1b]",
            "\x1b]1",
            "\x1bP",
            "\x1bPG",
            "\x1b_",
            "\x1b[1;2R",
            "\x1b[1;8R",
            "\x1b[A",
            "\x1bOA",
            "\x1b[3;5~",
            "\x1b[I",
            "\x1b[O",
            "\x1b[<0;5;3M",
            "\x1b[<0;5;3m",
            "\x1b[M !!",
            "\x1b[97;5u",
            "\x1b[200~pasted [0n text\x1b[201~",
            "Ð\u{9b} is not split: Л",
        ] {
            assert!(!answer_shaped(input.as_bytes()), "{input:?}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        #[test]
        fn any_bytes_are_judged(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            let _ = answer_shaped(&bytes);
        }

        #[test]
        fn a_paste_is_never_an_answer(text in "(\\PC|\\x1b|\\[|[0-9;?]|R|n|c){0,40}", bracketed: bool) {
            let modes = crate::term::Modes { bracketed_paste: bracketed, ..Default::default() };
            prop_assert!(!answer_shaped(&crate::term::paste::prepare(&text, &modes).bytes));
        }
    }
}
