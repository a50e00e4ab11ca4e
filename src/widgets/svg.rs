//! A buffer as an SVG picture.
//!
//! Cells have a fixed size, so every run of equal style is one text element that starts where its
//! first cell does; what is not ASCII gets an element of its own, because a fallback font may
//! have another advance. Box drawing and block characters are drawn as shapes: a font's own
//! pieces leave gaps between rows.

use std::fmt::Write as _;

use ratatui::buffer::{Buffer, Cell, CellWidth};
use ratatui::layout::Position;
use ratatui::style::Modifier;

use self::colors::{hex, rgb};
use super::format;

mod colors;
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
    let mut out = head(buf, options);
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

fn head(buf: &Buffer, options: &SvgOptions) -> String {
    let width = u32::from(buf.area.width) * CELL_WIDTH + 2 * MARGIN;
    let height = u32::from(buf.area.height) * CELL_HEIGHT + 2 * MARGIN;
    let fill = hex(options.background);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" font-family=\"{FONTS}\" font-size=\"{FONT_SIZE}\" \
         xml:space=\"preserve\">\n<rect width=\"100%\" height=\"100%\" fill=\"{fill}\"/>\n"
    )
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
        let modifier = self.paint.modifier;
        let attribute = |on, text| if modifier.contains(on) { text } else { "" };
        let dim = attribute(Modifier::DIM, " opacity=\"0.6\"");
        let fill = hex(self.paint.fg);
        if modifier.contains(Modifier::UNDERLINED) {
            let (x, y, width) = (self.x, self.y + CELL_HEIGHT - 2, self.columns * CELL_WIDTH);
            let line = format!("x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"1\"");
            let _ = writeln!(out, "<rect {line} fill=\"{fill}\"{dim}/>");
        }
        if self.text.trim().is_empty() {
            return;
        }
        if let Some(path) = shapes::path(&self.text, self.x, self.y) {
            let _ = writeln!(out, "<path d=\"{path}\" fill=\"{fill}\"{dim}/>");
            return;
        }
        let bold = attribute(Modifier::BOLD, " font-weight=\"bold\"");
        let italic = attribute(Modifier::ITALIC, " font-style=\"italic\"");
        let (x, y, text) = (self.x, self.y + BASELINE, escape(&self.text));
        let _ = writeln!(
            out,
            "<text x=\"{x}\" y=\"{y}\" fill=\"{fill}\"{bold}{italic}{dim}>{text}</text>"
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

#[cfg(test)]
mod tests {
    use ratatui::layout::Rect;
    use ratatui::style::{Color, Style};

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
