//! The whole deck at the sizes the design promises.

use super::*;
use crate::widgets::sample::{self, Scene};

#[test]
fn deck_at_80x24() {
    let (buf, _) = sample::deck(&Look::default(), (80, 24), 1, Scene::Watching);
    insta::assert_snapshot!(styled(&buf));
}

#[test]
fn deck_at_160x48_while_typing() {
    let (buf, cursor) = sample::deck(&Look::default(), (160, 48), 4, Scene::Typing);
    assert!(cursor.is_some());
    insta::assert_snapshot!(text(&buf));
}

#[test]
fn deck_at_240x70_paused() {
    let (buf, cursor) = sample::deck(&Look::default(), (240, 70), 6, Scene::Paused);
    assert_eq!(cursor, None);
    insta::assert_snapshot!(text(&buf));
}

#[test]
fn deck_at_20x5() {
    let (buf, _) = sample::deck(&Look::default(), (20, 5), 1, Scene::Watching);
    insta::assert_snapshot!(styled(&buf));
}

#[test]
fn deck_at_100x30_without_colour() {
    let (buf, _) = sample::deck(&plain(), (100, 30), 2, Scene::Typing);
    insta::assert_snapshot!(styled(&buf));
}

#[test]
fn deck_in_ascii() {
    let look = Look { glyphs: &Glyphs::ASCII, ..Look::default() };
    let (buf, _) = sample::deck(&look, (120, 62), 4, Scene::Paused);
    let drawn = text(&buf);
    let own: String = drawn.chars().filter(|c| !"日本語".contains(*c)).collect();
    assert!(own.is_ascii(), "{own}");
    insta::assert_snapshot!(drawn);
}

/// Writes pictures of the sample screens into the directory that `WATCHDECK_PICTURES` names, to
/// be looked at while working on the look.
#[test]
fn pictures() {
    let Ok(dir) = std::env::var("WATCHDECK_PICTURES") else { return };
    let light = Look {
        theme: Theme::new(Scheme::Light, Ground::Painted, ColorDepth::TrueColor),
        ..Look::default()
    };
    let sixteen = Look {
        theme: Theme::new(Scheme::Dark, Ground::Terminal, ColorDepth::Ansi16),
        ..Look::default()
    };
    let looks =
        [(Look::default(), "dark"), (light, "light"), (sixteen, "ansi16"), (plain(), "plain")];
    let scenes = [(Scene::Watching, "watch"), (Scene::Typing, "type"), (Scene::Paused, "paused")];
    for (cols, rows, n) in [(80, 24, 1), (100, 30, 2), (160, 48, 4), (240, 70, 6), (20, 5, 1)] {
        for ((scene, name), (look, kind)) in
            scenes.into_iter().flat_map(|scene| looks.map(|look| (scene, look)))
        {
            let (buf, cursor) = sample::deck(&look, (cols, rows), n, scene);
            let path = format!("{dir}/{cols}x{rows}-{name}-{kind}.svg");
            std::fs::write(path, svg(&buf, &SvgOptions { cursor, ..SvgOptions::default() }))
                .unwrap();
        }
    }
    for ((name, draw), (look, kind)) in
        overlays::ALL.into_iter().flat_map(|draw| looks.map(|look| (draw, look)))
    {
        let (mut buf, _) = sample::deck(&look, (100, 30), 2, Scene::Watching);
        let cursor = draw(&look, &mut buf);
        let path = format!("{dir}/{name}-{kind}.svg");
        std::fs::write(path, svg(&buf, &SvgOptions { cursor, ..SvgOptions::default() })).unwrap();
    }
}
