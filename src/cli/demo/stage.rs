//! How large the demo's sessions are: each as large as the pane that will show it, since an observer's
//! pane never resizes a program and would show a part of it.

use ratatui::layout::Rect;

use crate::proto::Winsize;
use crate::widgets::Pane;
use crate::widgets::layout::{self, DeckOptions, PANE_MIN};

/// The dashboard puts no more panes on the screen than fit with this size.
const COMFORT: Winsize = Winsize { rows: 10, cols: 60 };

/// The size for each of `count` sessions in the order of the list, on a dashboard of size `screen`
/// with a list of `sidebar_width` columns.
/// Empty when the screen is too small for any.
#[must_use]
pub fn sizes(screen: Winsize, sidebar_width: u16, count: usize) -> Vec<Winsize> {
    let area = Rect::new(0, 0, screen.cols, screen.rows);
    let options = DeckOptions { sidebar_width, ..DeckOptions::default() };
    let Some(deck) = layout::deck(area, options) else { return Vec::new() };
    let fit = layout::tile(deck.panes, count, COMFORT).len().max(1);
    let panes = layout::tile(deck.panes, fit, PANE_MIN);
    let sizes = panes.into_iter().map(|pane| {
        let content = Pane::content(pane);
        Winsize::new(content.height, content.width).clamped()
    });
    sizes.collect::<Vec<_>>().into_iter().cycle().take(count).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_session_gets_a_size_that_is_on_the_screen() {
        for (rows, cols) in [(24, 80), (48, 160), (70, 240)] {
            let sizes = sizes(Winsize::new(rows, cols), 32, 7);
            assert_eq!(sizes.len(), 7);
            assert!(sizes.iter().all(|size| size.rows < rows && size.cols < cols), "{sizes:?}");
        }
        assert!(sizes(Winsize::new(3, 10), 32, 7).is_empty());
    }
}
