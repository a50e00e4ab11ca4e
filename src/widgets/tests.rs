//! The widgets composed into whole screens.

mod hostile;
mod lists;
mod overlays;
mod panes;
mod screens;

use ratatui::buffer::{Buffer, CellWidth};
use ratatui::style::Style;

use super::*;

/// The look of a terminal without colours.
fn plain() -> Look {
    Look { theme: Theme::new(Scheme::Dark, Ground::Terminal, ColorDepth::None), ..Look::default() }
}

/// The text of each row; the cell that a wide character covers is left out.
fn text(buf: &Buffer) -> String {
    let mut rows = Vec::new();
    for y in buf.area.top()..buf.area.bottom() {
        let mut row = String::new();
        let mut x = buf.area.left();
        while x < buf.area.right() {
            let symbol = buf[(x, y)].symbol();
            row.push_str(symbol);
            x += symbol.cell_width().max(1);
        }
        rows.push(row.trim_end().to_owned());
    }
    rows.join("\n")
}

/// The text, and below it a map of the same shape with one letter for each style, and what the
/// letters mean.
fn styled(buf: &Buffer) -> String {
    let mut styles: Vec<Style> = vec![Style::reset()];
    let mut map = String::new();
    for y in buf.area.top()..buf.area.bottom() {
        let mut row = String::new();
        for x in buf.area.left()..buf.area.right() {
            let cell = &buf[(x, y)];
            let style = Style::new().fg(cell.fg).bg(cell.bg).add_modifier(cell.modifier);
            let known = styles.iter().position(|&s| s == style);
            let index = known.unwrap_or_else(|| {
                styles.push(style);
                styles.len() - 1
            });
            let letter = if style == DEFAULT { ' ' } else { char::from(b'`' + index as u8) };
            row.push(letter);
        }
        map.push_str(row.trim_end());
        map.push('\n');
    }
    let legend = styles.iter().enumerate().skip(1).filter(|(_, style)| **style != DEFAULT);
    let legend: Vec<String> = legend
        .map(|(i, style)| format!("{}: {}", char::from(b'`' + i as u8), say(style)))
        .collect();
    format!("{}\n\n{map}\n{}", text(buf), legend.join("\n"))
}

const DEFAULT: Style =
    Style::new().fg(ratatui::style::Color::Reset).bg(ratatui::style::Color::Reset);

fn say(style: &Style) -> String {
    let color = |c: Option<ratatui::style::Color>| c.unwrap_or_default().to_string();
    format!("{} on {} {:?}", color(style.fg), color(style.bg), style.add_modifier)
}
