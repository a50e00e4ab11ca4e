//! A buffer as an SVG picture.
//!
//! Cells have a fixed size, so every run of equal style is one text element that starts where its
//! first cell does; what is not ASCII gets an element of its own, because a fallback font may
//! have another advance. Box drawing and block characters are drawn as shapes: a font's own
//! pieces leave gaps between rows.

use std::fmt::Write as _;

use ratatui::buffer::{Buffer, Cell, CellWidth};
use ratatui::layout::Position;
use ratatui::style::{Color, Modifier};

use super::format;

mod shapes;

/// Width of a cell in user units; `FONT_SIZE` makes DejaVu Sans Mono advance by just this.
const CELL_WIDTH: u32 = 9;
/// Height of a cell in user units.
const CELL_HEIGHT: u32 = 18;
const FONT_SIZE: f32 = 14.95;
/// From the top of a cell to its baseline.
const BASELINE: u32 = 14;
const FONTS: &str = "DejaVu Sans Mono, Menlo, Consolas, Liberation Mono, Noto Sans Mono CJK SC, \
    monospace";
/// Blank border of the picture.
const MARGIN: u32 = 8;

/// What a picture needs that a buffer does not know.
#[derive(Debug, Clone, Copy)]
pub struct SvgOptions {
    /// The colour of `Reset` foregrounds, as red, green, blue.
    pub foreground: (u8, u8, u8),
    /// The colour of `Reset` backgrounds, as red, green, blue.
    pub background: (u8, u8, u8),
    /// Where to draw the cursor.
    pub cursor: Option<Position>,
}

impl Default for SvgOptions {
    fn default() -> Self {
        Self { foreground: (0xd7, 0xde, 0xe7), background: (0x11, 0x15, 0x1a), cursor: None }
    }
}

/// The buffer as an SVG document: fixed cells, a monospace font, every colour and attribute.
/// Contains no terminal sequences and nothing but printable characters.
#[must_use]
pub fn svg(buf: &Buffer, options: &SvgOptions) -> String {
    let (width, height) = (u32::from(buf.area.width), u32::from(buf.area.height));
    let (width, height) = (width * CELL_WIDTH + 2 * MARGIN, height * CELL_HEIGHT + 2 * MARGIN);
    let mut out = String::new();
    let _ = write!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" font-family=\"{FONTS}\" font-size=\"{FONT_SIZE}\" \
         xml:space=\"preserve\">\n<rect width=\"100%\" height=\"100%\" fill=\"{}\"/>\n",
        hex(options.background)
    );
    for y in buf.area.top()..buf.area.bottom() {
        let runs = runs(buf, y, options);
        runs.iter().for_each(|run| run.background(&mut out, options));
        runs.iter().for_each(|run| run.foreground(&mut out));
    }
    if let Some(at) = options.cursor.filter(|&at| buf.area.contains(at)) {
        let (x, y) = corner(buf, at.x, at.y);
        let fill = hex(options.foreground);
        let _ = writeln!(
            out,
            "<rect x=\"{x}\" y=\"{y}\" width=\"{CELL_WIDTH}\" height=\"{CELL_HEIGHT}\" \
             fill=\"{fill}\" fill-opacity=\"0.55\"/>"
        );
    }
    out.push_str("</svg>\n");
    out
}

/// Colours and attributes as they are painted.
#[derive(Clone, Copy, PartialEq)]
struct Paint {
    fg: (u8, u8, u8),
    bg: (u8, u8, u8),
    modifier: Modifier,
}

impl Paint {
    fn of(cell: &Cell, options: &SvgOptions) -> Self {
        let fg = rgb(cell.fg, options.foreground);
        let bg = rgb(cell.bg, options.background);
        let modifier = cell.modifier;
        if modifier.contains(Modifier::REVERSED) {
            Self { fg: bg, bg: fg, modifier }
        } else {
            Self { fg, bg, modifier }
        }
    }
}

/// Neighbouring cells that are painted alike.
struct Run {
    text: String,
    columns: u32,
    x: u32,
    y: u32,
    paint: Paint,
}

impl Run {
    fn background(&self, out: &mut String, options: &SvgOptions) {
        if self.paint.bg == options.background {
            return;
        }
        let _ = writeln!(
            out,
            "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{CELL_HEIGHT}\" fill=\"{}\" \
             shape-rendering=\"crispEdges\"/>",
            self.x,
            self.y,
            self.columns * CELL_WIDTH,
            hex(self.paint.bg)
        );
    }

    fn foreground(&self, out: &mut String) {
        let Paint { fg, modifier, .. } = self.paint;
        let dim = if modifier.contains(Modifier::DIM) { " opacity=\"0.6\"" } else { "" };
        if modifier.contains(Modifier::UNDERLINED) {
            let (y, width) = (self.y + CELL_HEIGHT - 2, self.columns * CELL_WIDTH);
            let fill = hex(fg);
            let _ = writeln!(
                out,
                "<rect x=\"{}\" y=\"{y}\" width=\"{width}\" height=\"1\" fill=\"{fill}\"{dim}/>",
                self.x
            );
        }
        if self.text.trim().is_empty() {
            return;
        }
        if let Some(path) = shapes::path(&self.text, self.x, self.y) {
            let _ = writeln!(out, "<path d=\"{path}\" fill=\"{}\"{dim}/>", hex(fg));
            return;
        }
        let bold = if modifier.contains(Modifier::BOLD) { " font-weight=\"bold\"" } else { "" };
        let italic =
            if modifier.contains(Modifier::ITALIC) { " font-style=\"italic\"" } else { "" };
        let _ = writeln!(
            out,
            "<text x=\"{}\" y=\"{}\" fill=\"{}\"{bold}{italic}{dim}>{}</text>",
            self.x,
            self.y + BASELINE,
            hex(fg),
            escape(&self.text)
        );
    }
}

/// The runs of a row from left to right. Only ASCII joins a run.
fn runs(buf: &Buffer, y: u16, options: &SvgOptions) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut x = buf.area.left();
    while x < buf.area.right() {
        let cell = &buf[(x, y)];
        let columns = cell.symbol().cell_width().max(1);
        let paint = Paint::of(cell, options);
        let ascii = cell.symbol().is_ascii();
        match runs.last_mut().filter(|run| ascii && run.paint == paint && run.text.is_ascii()) {
            Some(run) => {
                run.text.push_str(cell.symbol());
                run.columns += u32::from(columns);
            }
            None => {
                let (px, py) = corner(buf, x, y);
                let text = cell.symbol().to_owned();
                runs.push(Run { text, columns: columns.into(), x: px, y: py, paint });
            }
        }
        x = x.saturating_add(columns);
    }
    runs
}

fn corner(buf: &Buffer, x: u16, y: u16) -> (u32, u32) {
    let (col, row) = (u32::from(x - buf.area.x), u32::from(y - buf.area.y));
    (MARGIN + col * CELL_WIDTH, MARGIN + row * CELL_HEIGHT)
}

fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in format::shown(text).chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            ' ' => safe.push('\u{A0}'),
            c => safe.push(c),
        }
    }
    safe
}

fn hex((r, g, b): (u8, u8, u8)) -> String {
    format!("#{r:02x}{g:02x}{b:02x}")
}

/// A colour as red, green, blue. The first sixteen are the ones of most dark terminal themes:
/// those of the VGA are too dark to read on our background.
fn rgb(color: Color, reset: (u8, u8, u8)) -> (u8, u8, u8) {
    let index = match color {
        Color::Reset => return reset,
        Color::Rgb(r, g, b) => return (r, g, b),
        Color::Indexed(n) => n,
        named => {
            NAMED.iter().position(|&n| n == named).and_then(|n| u8::try_from(n).ok()).unwrap_or(7)
        }
    };
    match SIXTEEN.get(usize::from(index)) {
        Some(&color) => color,
        None => {
            let rgb = anstyle_lossy::xterm_to_rgb(
                anstyle::Ansi256Color(index),
                anstyle_lossy::palette::VGA,
            );
            (rgb.0, rgb.1, rgb.2)
        }
    }
}

const NAMED: [Color; 16] = [
    Color::Black,
    Color::Red,
    Color::Green,
    Color::Yellow,
    Color::Blue,
    Color::Magenta,
    Color::Cyan,
    Color::Gray,
    Color::DarkGray,
    Color::LightRed,
    Color::LightGreen,
    Color::LightYellow,
    Color::LightBlue,
    Color::LightMagenta,
    Color::LightCyan,
    Color::White,
];

const SIXTEEN: [(u8, u8, u8); 16] = [
    (0x1b, 0x20, 0x27),
    (0xe0, 0x5c, 0x5c),
    (0x4c, 0xb8, 0x5a),
    (0xd0, 0x9a, 0x2c),
    (0x4a, 0x90, 0xe2),
    (0xb0, 0x7c, 0xe0),
    (0x3f, 0xb6, 0xb8),
    (0xc3, 0xcb, 0xd4),
    (0x6b, 0x77, 0x85),
    (0xff, 0x7b, 0x72),
    (0x56, 0xd3, 0x64),
    (0xe3, 0xb3, 0x41),
    (0x6c, 0xb2, 0xff),
    (0xd2, 0xa8, 0xff),
    (0x56, 0xd4, 0xdd),
    (0xf0, 0xf3, 0xf6),
];

#[cfg(test)]
mod tests {
    use ratatui::layout::Rect;
    use ratatui::style::Style;

    use super::*;

    fn picture(text: &str, style: Style) -> String {
        let mut buf = Buffer::empty(Rect::new(3, 4, 12, 1));
        buf.set_string(3, 4, text, style);
        svg(&buf, &SvgOptions::default())
    }

    #[test]
    fn text_is_escaped_and_free_of_controls() {
        let out = picture("<a&b>", Style::new());
        assert!(out.contains("&lt;a&amp;b&gt;"), "{out}");
        assert!(!out.contains(|c: char| c.is_control() && c != '\n'));
    }

    #[test]
    fn attributes_become_attributes() {
        let all = Modifier::BOLD | Modifier::ITALIC | Modifier::DIM | Modifier::UNDERLINED;
        let out = picture("x", Style::new().fg(Color::Indexed(196)).add_modifier(all));
        for part in ["font-weight=\"bold\"", "font-style=\"italic\"", "opacity=\"0.6\"", "#ff0000"]
        {
            assert!(out.contains(part), "{part} in {out}");
        }
    }

    #[test]
    fn inverse_swaps_the_colours() {
        let style = Style::new().fg(Color::Rgb(1, 2, 3)).add_modifier(Modifier::REVERSED);
        let out = picture("x", style);
        assert!(out.contains("fill=\"#010203\" shape-rendering"), "{out}");
        assert!(out.contains("fill=\"#11151a\">x</text>"), "{out}");
    }

    #[test]
    fn wide_characters_take_two_cells() {
        let out = picture("日x", Style::new());
        assert!(out.contains(&format!("<text x=\"{}\"", MARGIN + 2 * CELL_WIDTH)), "{out}");
    }
}
