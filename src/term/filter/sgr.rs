//! SGR in the forms the parser reads (ECMA-48 8.3.117, ITU-T T.416, xterm ctlseqs "CSI Pm m").
//!
//! vt100 0.18 misreads underline colours (58), refuses colours with a colour space (`38:2::r:g:b`), does not know
//! underline styles (`4:n`, 21), and keeps only 32 parameters. Styles become plain underline, underline
//! colours are left out, long sequences become several.

use super::params::number;
use super::scan::Csi;
use super::terminal::Terminal;

/// Parameters in one sequence at most, well below the parser's 32.
const MAX_PARAMS: usize = 24;

impl Terminal {
    /// SGR whose parameters the parser would misread.
    pub(super) fn select_graphic_rendition(&mut self, csi: &Csi<'_>) {
        let sequences = rewrite(csi.params);
        self.emit(&sequences);
    }
}

/// Whether the parser reads these parameters rightly as they are.
pub(super) fn passes(params: &[u8]) -> bool {
    let mut fields = Fields::default();
    for &byte in params {
        match byte {
            b'0'..=b'9' => fields.value = (fields.value * 10 + u32::from(byte - b'0')).min(1000),
            b';' if fields.end_field() => {}
            _ => return false,
        }
    }
    fields.end_field()
}

/// Fields as [`passes`] reads them.
#[derive(Default)]
struct Fields {
    value: u32,
    count: usize,
    /// A 38 or 48 stands before: this field says how many more belong to the colour.
    colour: bool,
    /// Fields that are parts of a colour.
    parts: u8,
}

impl Fields {
    /// Whether the field that ends here is one the parser knows.
    fn end_field(&mut self) -> bool {
        let value = std::mem::take(&mut self.value);
        self.count += 1;
        if self.parts > 0 {
            self.parts -= 1;
        } else if std::mem::take(&mut self.colour) {
            self.parts = if value == 2 { 3 } else { 1 };
        } else if matches!(value, 21 | 58) {
            return false;
        } else {
            self.colour = matches!(value, 38 | 48);
        }
        self.count <= MAX_PARAMS
    }
}

/// The same rendition as sequences the parser reads; empty when nothing of it has an effect.
fn rewrite(params: &[u8]) -> Vec<u8> {
    let mut fields = params.split(|&b| b == b';');
    let mut out = Sequences::default();
    while let Some(field) = fields.next() {
        let mut parts = field.split(|&b| b == b':').map(number);
        let first = parts.next().flatten().unwrap_or(0);
        let parts: Vec<Option<u16>> = parts.take(8).collect();
        match (first, parts.as_slice()) {
            (4, [Some(0), ..]) => out.push(&[24]),
            (4, [_, ..]) | (21, []) => out.push(&[4]),
            (58, []) => drop(colour(&mut fields)),
            (38 | 48, []) => out.push_colour(first, colour(&mut fields)),
            (38 | 48, [Some(2), .., r, g, b]) if parts.len() <= 5 => {
                out.push_colour(first, Some(Colour::Rgb(*r, *g, *b)));
            }
            (38 | 48, [Some(2), _, r, g, b, ..]) => {
                out.push_colour(first, Some(Colour::Rgb(*r, *g, *b)));
            }
            (38 | 48, [Some(5), n, ..]) => out.push_colour(first, Some(Colour::Indexed(*n))),
            (n, []) => out.push(&[n]),
            _ => {}
        }
    }
    out.finish()
}

/// The colour behind a 38, 48 or 58; parts that are missing are 0.
#[derive(Clone, Copy)]
enum Colour {
    Rgb(Option<u16>, Option<u16>, Option<u16>),
    Indexed(Option<u16>),
}

/// Reads a colour that is spread over the following fields.
fn colour<'a>(fields: &mut impl Iterator<Item = &'a [u8]>) -> Option<Colour> {
    let mode = fields.next().and_then(number)?;
    let mut part = || fields.next().and_then(number);
    match mode {
        2 => Some(Colour::Rgb(part(), part(), part())),
        5 => Some(Colour::Indexed(part())),
        _ => None,
    }
}

/// Sequences under construction.
#[derive(Default)]
struct Sequences {
    done: Vec<u8>,
    params: Vec<u16>,
}

impl Sequences {
    /// Adds parameters that belong together.
    fn push(&mut self, params: &[u16]) {
        if self.params.len() + params.len() > MAX_PARAMS {
            self.end_sequence();
        }
        self.params.extend_from_slice(params);
    }

    /// Adds a colour, unless one of its parts is out of range.
    fn push_colour(&mut self, target: u16, colour: Option<Colour>) {
        let byte = |part: Option<u16>| Some(part.unwrap_or(0)).filter(|&n| n <= 255);
        let params = match colour {
            Some(Colour::Rgb(r, g, b)) => {
                byte(r).zip(byte(g)).zip(byte(b)).map(|((r, g), b)| vec![target, 2, r, g, b])
            }
            Some(Colour::Indexed(n)) => byte(n).map(|n| vec![target, 5, n]),
            None => None,
        };
        self.push(&params.unwrap_or_default());
    }

    fn end_sequence(&mut self) {
        if self.params.is_empty() {
            return;
        }
        let numbers: Vec<String> = self.params.drain(..).map(|n| n.to_string()).collect();
        self.done.extend_from_slice(format!("\x1b[{}m", numbers.join(";")).as_bytes());
    }

    fn finish(mut self) -> Vec<u8> {
        self.end_sequence();
        self.done
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_forms_pass() {
        for params in ["", "0", "1;31", "38;5;208", "48;2;21;58;3;1", "39;49"] {
            assert!(passes(params.as_bytes()), "{params}");
        }
        for params in [
            "4:3",
            "58;5;1",
            "21",
            "1;58;2;1;2;3",
            "38;5;9;58;5;1",
            "38:2::1:2:3",
            &"1;".repeat(30),
        ] {
            assert!(!passes(params.as_bytes()), "{params}");
        }
    }

    #[test]
    fn other_forms_are_rewritten() {
        let cases = [
            ("4:3", "\x1b[4m"),
            ("4:0", "\x1b[24m"),
            ("21;1", "\x1b[4;1m"),
            ("58;2;10;20;30", ""),
            ("58;5;9;31", "\x1b[31m"),
            ("58:2::1:2:3;7", "\x1b[7m"),
            ("38:2::1:2:3", "\x1b[38;2;1;2;3m"),
            ("38:2:1:2:3", "\x1b[38;2;1;2;3m"),
            ("38:2:0:1:2:3:0:1", "\x1b[38;2;1;2;3m"),
            ("48:5:17;4:1", "\x1b[48;5;17;4m"),
            ("38;2;58;21;4;58;5;1", "\x1b[38;2;58;21;4m"),
            ("38;2;999;1;1;1;21", "\x1b[1;4m"),
            ("38:2:1", ""),
            ("38", ""),
            (";4:1", "\x1b[0;4m"),
        ];
        for (params, expected) in cases {
            assert_eq!(String::from_utf8_lossy(&rewrite(params.as_bytes())), expected, "{params}");
        }
    }

    #[test]
    fn long_sequences_are_divided_between_colours() {
        let params = ["38;2;1;2;3"; 10].join(";");
        let sequences = rewrite(params.as_bytes());
        let text = String::from_utf8_lossy(&sequences);
        assert_eq!(text.matches('m').count(), 3);
        assert_eq!(text.matches("38;2;1;2;3").count(), 10);
    }
}
