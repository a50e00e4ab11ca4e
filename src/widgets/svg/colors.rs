//! Colours as SVG wants them.

use ratatui::style::Color;

/// `#rrggbb`.
pub(super) fn hex((r, g, b): (u8, u8, u8)) -> String {
    format!("#{r:02x}{g:02x}{b:02x}")
}

/// A colour as red, green, blue. The first sixteen are the ones of most dark terminal themes:
/// those of the VGA are too dark to read on our background.
pub(super) fn rgb(color: Color, reset: (u8, u8, u8)) -> (u8, u8, u8) {
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
