//! Legibility is arithmetic: WCAG 2.1, "Contrast (Minimum)", asks for 4.5 to 1.

use anstyle_lossy::palette::VGA;

use super::palette::Rgb;
use super::*;

const SCHEMES: [Scheme; 2] = [Scheme::Dark, Scheme::Light];

fn exact(color: Color) -> Rgb {
    match color {
        Color::Rgb(r, g, b) => (r, g, b),
        Color::Indexed(n) => {
            let rgb = anstyle_lossy::xterm_to_rgb(anstyle::Ansi256Color(n), VGA);
            (rgb.0, rgb.1, rgb.2)
        }
        other => panic!("{other:?} has no exact value"),
    }
}

fn luminance((r, g, b): Rgb) -> f64 {
    let linear = |c: u8| {
        let c = f64::from(c) / 255.0;
        if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b)
}

fn contrast(a: Color, b: Color) -> f64 {
    let (a, b) = (luminance(exact(a)), luminance(exact(b)));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[test]
fn every_text_role_is_legible_on_both_backgrounds() {
    for depth in [ColorDepth::TrueColor, ColorDepth::Indexed256] {
        for scheme in SCHEMES {
            let theme = Theme::new(scheme, Ground::Painted, depth);
            let roles = [
                ("text", theme.text),
                ("second", theme.second),
                ("faint", theme.faint),
                ("focus", theme.focus),
                ("operator", theme.operator),
                ("error", theme.error),
                ("warning", theme.warning),
                ("ok", theme.ok),
                ("match", theme.hit),
            ];
            for (role, color) in roles {
                for back in [theme.back, theme.raised] {
                    let contrast = contrast(color, back);
                    assert!(contrast >= 4.5, "{role} {scheme:?} {depth:?}: {contrast:.2}");
                }
            }
            assert!(contrast(theme.upon_hit, theme.hit) >= 4.5, "{scheme:?} {depth:?}");
        }
    }
}

#[test]
fn errors_and_warnings_differ_in_lightness() {
    let theme = Theme::new(Scheme::Dark, Ground::Painted, ColorDepth::TrueColor);
    assert!(contrast(theme.error, theme.warning) >= 1.25);
}

#[test]
fn without_colour_no_style_has_one() {
    for scheme in SCHEMES {
        let theme = Theme::new(scheme, Ground::Painted, ColorDepth::None);
        for style in [
            theme.base(),
            theme.raised(),
            theme.well(),
            theme.selected(),
            theme.focus(),
            theme.operator(),
            theme.error(),
            theme.hit(),
            theme.current_hit(),
            theme.custom(Color::Rgb(1, 2, 3)),
            Style::new().fg(theme.cell_fg(Color::Indexed(9))).bg(theme.cell_bg(Color::Red)),
        ] {
            let plain = [None, Some(Color::Reset)];
            assert!(plain.contains(&style.fg) && plain.contains(&style.bg), "{style:?}");
        }
    }
}

#[test]
fn without_colour_what_matters_still_stands_out() {
    let theme = Theme::new(Scheme::Dark, Ground::Terminal, ColorDepth::None);
    assert!(theme.focus().add_modifier.contains(Modifier::BOLD));
    assert!(theme.faint().add_modifier.contains(Modifier::DIM));
    assert!(theme.hit().add_modifier.contains(Modifier::UNDERLINED));
    assert!(theme.current_hit().add_modifier.contains(Modifier::REVERSED));
    assert!(theme.selected_name().add_modifier.contains(Modifier::REVERSED));
}

#[test]
fn colours_of_programs_come_down_to_what_the_terminal_shows() {
    let cases = [
        (ColorDepth::TrueColor, Color::Rgb(255, 0, 0), Color::Rgb(255, 0, 0)),
        (ColorDepth::Indexed256, Color::Rgb(255, 0, 0), Color::Indexed(196)),
        (ColorDepth::Indexed256, Color::Indexed(42), Color::Indexed(42)),
        (ColorDepth::Ansi16, Color::Rgb(255, 80, 80), Color::Indexed(9)),
        (ColorDepth::Ansi16, Color::Indexed(21), Color::Indexed(4)),
        (ColorDepth::Ansi16, Color::Indexed(3), Color::Indexed(3)),
        (ColorDepth::None, Color::Indexed(3), Color::Reset),
    ];
    for (depth, color, expected) in cases {
        let theme = Theme::new(Scheme::Dark, Ground::Terminal, depth);
        assert_eq!(theme.cell_fg(color), expected, "{depth:?}");
        assert_eq!(theme.cell_bg(color), expected, "{depth:?}");
    }
}

#[test]
fn a_painted_ground_is_below_programs_too() {
    let theme = Theme::new(Scheme::Light, Ground::Painted, ColorDepth::TrueColor);
    assert_eq!(theme.cell_bg(Color::Reset), Color::Rgb(0xfb, 0xfc, 0xfd));
    assert_eq!(theme.cell_fg(Color::Reset), Color::Rgb(0x1c, 0x26, 0x30));
    let theme = Theme::new(Scheme::Light, Ground::Terminal, ColorDepth::TrueColor);
    assert_eq!(theme.base(), Style::new().fg(Color::Reset).bg(Color::Reset));
}
