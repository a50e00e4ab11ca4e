//! A Screen from the outside: bytes in, cells, replies and notices out.

mod checkpoint;
mod hostile;
mod properties;
mod queries;
mod rewrites;
mod tracking;

use super::*;

/// A Screen of `rows` by `cols` that was fed `bytes`.
fn fed(rows: u16, cols: u16, bytes: impl AsRef<[u8]>) -> Screen {
    let mut screen = Screen::new(Winsize::new(rows, cols), ScreenOptions::default());
    screen.feed(bytes.as_ref());
    screen
}

/// Its rows from the top, joined by `|`, without empty ones at the bottom.
fn text(screen: &Screen) -> String {
    let rows: Vec<String> = screen.rows().collect();
    rows.join("|").trim_end_matches('|').to_owned()
}
