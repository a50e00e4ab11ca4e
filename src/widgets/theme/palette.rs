//! The palette, and how a terminal with fewer colours shows it.

use anstyle_lossy::palette::VGA;
use ratatui::style::Color;

use super::{ColorDepth, Scheme};

pub(super) type Rgb = (u8, u8, u8);

/// One colour of the palette, per scheme: exact, and as one of the sixteen. The sixteen are
/// chosen by hand, because the nearest of a pastel violet is a grey.
pub(super) struct Swatch {
    dark: Rgb,
    light: Rgb,
    dark16: Color,
    light16: Color,
}

const fn swatch(dark: Rgb, light: Rgb, dark16: Color, light16: Color) -> Swatch {
    Swatch { dark, light, dark16, light16 }
}

pub(super) const GROUND: Swatch =
    swatch((0x11, 0x15, 0x1a), (0xfb, 0xfc, 0xfd), Color::Black, Color::White);
pub(super) const RAISED: Swatch =
    swatch((0x18, 0x1e, 0x25), (0xf0, 0xf3, 0xf6), Color::Black, Color::White);
pub(super) const LINE: Swatch =
    swatch((0x39, 0x43, 0x4f), (0xb6, 0xc0, 0xca), Color::DarkGray, Color::Gray);
pub(super) const TEXT: Swatch =
    swatch((0xd7, 0xde, 0xe7), (0x1c, 0x26, 0x30), Color::White, Color::Black);
pub(super) const SECOND: Swatch =
    swatch((0x9a, 0xa7, 0xb5), (0x4b, 0x59, 0x67), Color::Gray, Color::DarkGray);
pub(super) const FAINT: Swatch =
    swatch((0x7d, 0x8b, 0x9b), (0x61, 0x6e, 0x7a), Color::Gray, Color::DarkGray);
pub(super) const FOCUS: Swatch =
    swatch((0x6c, 0xb2, 0xff), (0x0b, 0x62, 0xc4), Color::LightCyan, Color::Blue);
// The light violet and green are chosen so that the nearest of the 256 is dark enough, too.
pub(super) const OPERATOR: Swatch =
    swatch((0xd2, 0xa8, 0xff), (0x7a, 0x2e, 0xc9), Color::LightMagenta, Color::Magenta);
pub(super) const ERROR: Swatch =
    swatch((0xff, 0x7b, 0x72), (0xb3, 0x26, 0x1e), Color::LightRed, Color::Red);
pub(super) const WARNING: Swatch =
    swatch((0xe3, 0xb3, 0x41), (0x8a, 0x5a, 0x00), Color::LightYellow, Color::Yellow);
pub(super) const OK: Swatch =
    swatch((0x56, 0xd3, 0x64), (0x11, 0x70, 0x2d), Color::LightGreen, Color::Green);
pub(super) const MATCH: Swatch =
    swatch((0xff, 0xd8, 0x66), (0x7a, 0x5c, 0x00), Color::LightYellow, Color::Yellow);

/// A swatch as a terminal of `depth` shows it.
pub(super) fn resolve(swatch: &Swatch, scheme: Scheme, depth: ColorDepth) -> Color {
    let ((r, g, b), named) = match scheme {
        Scheme::Dark => (swatch.dark, swatch.dark16),
        Scheme::Light => (swatch.light, swatch.light16),
    };
    match depth {
        ColorDepth::Ansi16 => named,
        _ => downgrade(Color::Rgb(r, g, b), depth),
    }
}

/// The nearest colour that a terminal of `depth` shows; `Reset` stays what it is.
pub(super) fn downgrade(color: Color, depth: ColorDepth) -> Color {
    match (depth, color) {
        (_, Color::Reset) | (ColorDepth::None, _) => Color::Reset,
        (ColorDepth::TrueColor, _) => color,
        (ColorDepth::Indexed256, Color::Rgb(r, g, b)) => {
            Color::Indexed(anstyle_lossy::rgb_to_xterm(anstyle::RgbColor(r, g, b)).0)
        }
        (ColorDepth::Ansi16, Color::Rgb(r, g, b)) => {
            ansi(anstyle_lossy::rgb_to_ansi(anstyle::RgbColor(r, g, b), VGA))
        }
        (ColorDepth::Ansi16, Color::Indexed(n)) => {
            ansi(anstyle_lossy::xterm_to_ansi(anstyle::Ansi256Color(n), VGA))
        }
        (ColorDepth::Indexed256 | ColorDepth::Ansi16, named) => named,
    }
}

fn ansi(color: anstyle::AnsiColor) -> Color {
    Color::Indexed(anstyle::Ansi256Color::from_ansi(color).0)
}
