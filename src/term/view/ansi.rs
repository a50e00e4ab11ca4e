//! Cells as text with SGR sequences (ECMA-48 8.3.117), safe to print on the operator's own
//! terminal.

use std::io::Write;

use super::{Cell, Color};

/// The row's cells as text with SGR, starting from and ending in default attributes, without what
/// is blank at its end.
pub(super) fn row<'a>(cells: impl Iterator<Item = Cell<'a>>) -> Vec<u8> {
    let mut out = Vec::new();
    let mut pen = Cell::BLANK;
    let mut blanks = 0;
    for cell in cells {
        if cell == Cell::BLANK {
            blanks += 1;
            continue;
        }
        if blanks > 0 {
            set_pen(&mut out, &mut pen, Cell::BLANK);
            out.resize(out.len() + std::mem::take(&mut blanks), b' ');
        }
        if cell.width > 0 {
            set_pen(&mut out, &mut pen, Cell { text: "", width: 0, ..cell });
            out.extend_from_slice(cell.text.as_bytes());
        }
    }
    set_pen(&mut out, &mut pen, Cell::BLANK);
    out
}

fn set_pen(out: &mut Vec<u8>, pen: &mut Cell<'static>, cell: Cell<'_>) {
    let style = Cell { text: "", width: 0, ..cell };
    if pen.same_style(&style) {
        return;
    }
    *pen = Cell { text: "", ..style };
    out.extend_from_slice(b"\x1b[0");
    let flags = [
        (style.bold, 1),
        (style.dim, 2),
        (style.italic, 3),
        (style.underline, 4),
        (style.inverse, 7),
    ];
    for (_, parameter) in flags.iter().filter(|(on, _)| *on) {
        put(out, format_args!(";{parameter}"));
    }
    put_color(out, style.fg, 30);
    put_color(out, style.bg, 40);
    out.push(b'm');
}

/// `base` is 30 for the foreground and 40 for the background; bright colours are 60 above (xterm).
fn put_color(out: &mut Vec<u8>, color: Color, base: u8) {
    match color {
        Color::Default => {}
        Color::Indexed(index @ 0..=7) => put(out, format_args!(";{}", base + index)),
        Color::Indexed(index @ 8..=15) => put(out, format_args!(";{}", base + 52 + index)),
        Color::Indexed(index) => put(out, format_args!(";{};5;{index}", base + 8)),
        Color::Rgb(r, g, b) => put(out, format_args!(";{};2;{r};{g};{b}", base + 8)),
    }
}

fn put(out: &mut Vec<u8>, text: std::fmt::Arguments<'_>) {
    // Writing to memory does not fail.
    let _ = out.write_fmt(text);
}
