//! Where an escape or control sequence ends (ECMA-48, 5.3 and 5.4; Paul Williams' DEC parser).

/// Longest escape or control sequence. Real ones stay far below; a longer one is ignored up to its end.
pub(super) const MAX_SEQUENCE: usize = 256;

pub(super) const ESC: u8 = 0x1b;
pub(super) const CAN: u8 = 0x18;
pub(super) const SUB: u8 = 0x1a;
pub(super) const SO: u8 = 0x0e;
pub(super) const SI: u8 = 0x0f;
pub(super) const BEL: u8 = 0x07;

/// A whole control sequence, `CSI prefix params intermediate last`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Csi<'a> {
    /// The private prefix, one of `<` `=` `>` `?`; 0 for none.
    pub(super) prefix: u8,
    /// Digits, `;` and `:`.
    pub(super) params: &'a [u8],
    /// The intermediate byte; 0 for none.
    pub(super) intermediate: u8,
    /// The final byte.
    pub(super) last: u8,
}

/// Which control string an escape opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum StringKind {
    /// `ESC ]`.
    Osc,
    /// `ESC P`.
    Dcs,
    /// `ESC k`: screen's way to name a window, common where TERM is `screen` or `tmux`.
    WindowName,
    /// `ESC _`, `ESC ^`, `ESC X` (APC, PM, SOS): nobody reads them here.
    Other,
}

/// What stands at an escape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scan<'a> {
    /// The bytes end before the sequence does.
    Incomplete,
    /// An escape sequence of `len` bytes; `intermediate` is 0 for none.
    Escape { len: usize, intermediate: u8, last: u8 },
    /// A control sequence of `len` bytes.
    Csi { len: usize, csi: Csi<'a> },
    /// A control string opens with 2 bytes.
    String(StringKind),
    /// `len` bytes of a sequence with controls or foreign bytes inside, which are to be taken out first.
    Mixed { len: usize },
    /// `len` bytes that are cancelled or malformed.
    Skip { len: usize },
    /// Longer than [`MAX_SEQUENCE`].
    Overlong,
}

/// Looks at `bytes`, which begin with an escape. The answer depends only on the bytes up to the sequence's
/// end, never on where a chunk was cut.
pub(super) fn scan(bytes: &[u8]) -> Scan<'_> {
    match bytes.get(1) {
        None => Scan::Incomplete,
        Some(b'[') => control_sequence(bytes),
        Some(b']') => Scan::String(StringKind::Osc),
        Some(b'P') => Scan::String(StringKind::Dcs),
        Some(b'k') => Scan::String(StringKind::WindowName),
        Some(b'_' | b'^' | b'X') => Scan::String(StringKind::Other),
        Some(_) => escape_sequence(bytes),
    }
}

fn control_sequence(bytes: &[u8]) -> Scan<'_> {
    usual_control_sequence(bytes).unwrap_or_else(|| any_control_sequence(bytes))
}

/// The form nearly all control sequences have, read in one pass because floods of them are common.
fn usual_control_sequence(bytes: &[u8]) -> Option<Scan<'_>> {
    let body = bytes.get(2..bytes.len().min(MAX_SEQUENCE))?;
    let (prefix, body) = match body.first()? {
        b'?' => (b'?', body.get(1..)?),
        _ => (0, body),
    };
    let end = body.iter().position(|byte| !(b'0'..=b';').contains(byte))?;
    let (params, rest) = body.split_at_checked(end)?;
    let last = rest.first().copied().filter(|byte| (0x40..=0x7e).contains(byte))?;
    let len = 2 + usize::from(prefix != 0) + end + 1;
    Some(Scan::Csi { len, csi: Csi { prefix, params, intermediate: 0, last } })
}

fn any_control_sequence(bytes: &[u8]) -> Scan<'_> {
    delimit(bytes, 2, 0x40, |body, len| match csi(body) {
        Some(csi) => Scan::Csi { len, csi },
        None => Scan::Skip { len },
    })
}

fn escape_sequence(bytes: &[u8]) -> Scan<'_> {
    delimit(bytes, 1, 0x30, |body, len| match *body {
        [last] => Scan::Escape { len, intermediate: 0, last },
        [intermediate, last] => Scan::Escape { len, intermediate, last },
        _ => Scan::Skip { len },
    })
}

/// Finds the final byte, `first_final` to `~`, from `start` on, and hands the bytes from there to it to `whole`.
fn delimit<'a>(
    bytes: &'a [u8],
    start: usize,
    first_final: u8,
    whole: impl FnOnce(&'a [u8], usize) -> Scan<'a>,
) -> Scan<'a> {
    let mut mixed = false;
    for (at, &byte) in bytes.iter().enumerate().take(MAX_SEQUENCE).skip(start) {
        match byte {
            CAN | SUB => return Scan::Skip { len: at + 1 },
            ESC => return Scan::Skip { len: at },
            // Inside a nested introducer this would open a string or a control sequence after the controls.
            0x7f.. | ..0x20 => mixed = true,
            _ if byte >= first_final && mixed => return Scan::Mixed { len: at + 1 },
            _ if byte >= first_final => {
                return whole(bytes.get(start..=at).unwrap_or_default(), at + 1);
            }
            _ => {}
        }
    }
    if bytes.len() < MAX_SEQUENCE { Scan::Incomplete } else { Scan::Overlong }
}

/// Splits the bytes behind `CSI`; `None` when they are out of order.
fn csi(body: &[u8]) -> Option<Csi<'_>> {
    let (&last, body) = body.split_last()?;
    let (prefix, body) = match body.split_first() {
        Some((&prefix @ b'<'..=b'?', rest)) => (prefix, rest),
        _ => (0, body),
    };
    let (intermediate, params) = match body.split_last() {
        Some((&intermediate @ 0x20..=0x2f, rest)) => (intermediate, rest),
        _ => (0, body),
    };
    let in_order = params.iter().all(|byte| (b'0'..=b';').contains(byte));
    in_order.then_some(Csi { prefix, params, intermediate, last })
}

/// How many bytes at the end belong to a UTF-8 character that is not complete yet (Unicode, table 3-7).
pub(super) fn incomplete_utf8(bytes: &[u8]) -> usize {
    let tail = bytes.get(bytes.len().saturating_sub(3)..).unwrap_or_default();
    let Some(back) = tail.iter().rposition(|byte| byte & 0xc0 != 0x80) else { return 0 };
    let unfinished = tail.get(back..).unwrap_or_default();
    match std::str::from_utf8(unfinished) {
        Err(error) if error.error_len().is_none() => unfinished.len(),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sequences_are_delimited() {
        let cases: [(&[u8], Scan<'_>); 14] = [
            (b"\x1b", Scan::Incomplete),
            (b"\x1b[31", Scan::Incomplete),
            (b"\x1bM", Scan::Escape { len: 2, intermediate: 0, last: b'M' }),
            (b"\x1b(0x", Scan::Escape { len: 3, intermediate: b'(', last: b'0' }),
            (b"\x1b]0;", Scan::String(StringKind::Osc)),
            (b"\x1bP", Scan::String(StringKind::Dcs)),
            (b"\x1bk", Scan::String(StringKind::WindowName)),
            (b"\x1b[1\x1b[m", Scan::Skip { len: 3 }),
            (b"\x1b[1\x18m", Scan::Skip { len: 4 }),
            (b"\x1b\x1b[m", Scan::Skip { len: 1 }),
            (b"\x1b[1\x08Cx", Scan::Mixed { len: 5 }),
            (b"\x1b[1?h", Scan::Skip { len: 5 }),
            (b"\x1b[ $p", Scan::Skip { len: 5 }),
            (b"\x1b#(8", Scan::Skip { len: 4 }),
        ];
        for (bytes, expected) in cases {
            assert_eq!(scan(bytes), expected, "{}", bytes.escape_ascii());
        }
    }

    #[test]
    fn parts_of_a_control_sequence() {
        let csi = Csi { prefix: b'?', params: b"25;7", intermediate: b'$', last: b'p' };
        assert_eq!(scan(b"\x1b[?25;7$pX"), Scan::Csi { len: 9, csi });
        let csi = Csi { prefix: 0, params: b"", intermediate: 0, last: b'm' };
        assert_eq!(scan(b"\x1b[m"), Scan::Csi { len: 3, csi });
    }

    #[test]
    fn a_sequence_without_end_is_overlong_wherever_it_is_cut() {
        let endless = [b"\x1b[".as_slice(), &[b'1'; 2 * MAX_SEQUENCE], b"m"].concat();
        assert_eq!(scan(&endless), Scan::Overlong);
        assert_eq!(scan(&endless[..MAX_SEQUENCE]), Scan::Overlong);
        assert_eq!(scan(&endless[..MAX_SEQUENCE - 1]), Scan::Incomplete);
    }

    #[test]
    fn incomplete_characters_are_measured() {
        let cases: [(&[u8], usize); 8] = [
            (b"abc", 0),
            (b"", 0),
            ("a€".as_bytes(), 0),
            (b"a\xe2", 1),
            (b"a\xe2\x82", 2),
            (b"\xf0\x9f\x98", 3),
            (b"a\x82\x82\x82", 0),
            (b"\xe0\x80", 0),
        ];
        for (bytes, expected) in cases {
            assert_eq!(incomplete_utf8(bytes), expected, "{}", bytes.escape_ascii());
        }
    }
}
