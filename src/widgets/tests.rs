//! The composed deck, looked at as a whole.

use super::sample::{self, Scene};
use super::*;

/// Writes pictures of the sample decks into the directory that `WATCHDECK_PICTURES` names, to
/// be looked at while working on the look.
#[test]
fn pictures() {
    let Ok(dir) = std::env::var("WATCHDECK_PICTURES") else { return };
    let plain = Look {
        theme: Theme::new(Scheme::Dark, Ground::Terminal, ColorDepth::None),
        glyphs: &Glyphs::UNICODE,
    };
    let scenes = [(Scene::Watching, "watch"), (Scene::Typing, "type"), (Scene::Paused, "paused")];
    for (width, height, n) in [(80, 24, 1), (80, 25, 2), (160, 48, 4), (240, 70, 6), (20, 5, 1)] {
        for (scene, name) in scenes {
            for (look, kind) in [(Look::default(), "color"), (plain, "plain")] {
                let (buf, cursor) = sample::deck(&look, (width, height), n, scene);
                let options = SvgOptions { cursor, ..SvgOptions::default() };
                let path = format!("{dir}/{width}x{height}-{name}-{kind}.svg");
                std::fs::write(path, svg(&buf, &options)).unwrap();
            }
        }
    }
}
