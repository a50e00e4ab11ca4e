//! Where things go. Pure arithmetic on rectangles.

use ratatui::layout::Rect;

use crate::proto::Winsize;

/// The smallest screen that gets panes, in rows and columns; on 20×5 a pane could show one line.
pub const SCREEN_MIN: Winsize = Winsize { rows: 6, cols: 21 };

/// The smallest pane worth drawing, frame included.
pub const PANE_MIN: Winsize = Winsize { rows: 3, cols: 16 };

/// Panes on one board at most.
pub const PANES_MAX: usize = 12;

/// Screens narrower than this have no sidebar.
const SIDEBAR_FROM_COLS: u16 = 100;
/// Screens with at least this many rows have room for the alert strip.
const ALERTS_FROM_ROWS: u16 = 60;
const ALERTS_ROWS: u16 = 8;

/// Columns for each row of the shape that panes should be near.
const SHAPE: f64 = 80.0 / 24.0;
/// Log lines are read best at this width or more.
const READABLE_COLS: f64 = 80.0;
/// How much columns below [`READABLE_COLS`] weigh against the shape.
const NARROW_WEIGHT: f64 = 0.4;

/// What the user wants to see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeckOptions {
    /// The sidebar, or the strip in its place.
    pub sidebar: bool,
    /// Columns of the sidebar; it never takes more than half of the screen.
    pub sidebar_width: u16,
    /// The alert strip.
    pub alerts: bool,
}

impl Default for DeckOptions {
    fn default() -> Self {
        Self { sidebar: true, sidebar_width: 32, alerts: true }
    }
}

/// The deck's regions. They do not overlap and fill the screen, except for one blank column
/// right of the sidebar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deck {
    /// First row.
    pub header: Rect,
    /// Machines and Sessions at the left, on wide screens.
    pub sidebar: Option<Rect>,
    /// Sessions in one row below the header, on narrow screens.
    pub strip: Option<Rect>,
    /// The panes' space.
    pub panes: Rect,
    /// Alerts below the panes, on tall screens.
    pub alerts: Option<Rect>,
    /// Last row.
    pub hints: Rect,
}

/// The deck's regions on a screen, or `None` when the screen is too small for them.
#[must_use]
pub fn deck(screen: Rect, options: DeckOptions) -> Option<Deck> {
    if screen.height < SCREEN_MIN.rows || screen.width < SCREEN_MIN.cols {
        return None;
    }
    let (header, rest) = split_top(screen, 1);
    let (rest, hints) = split_bottom(rest, 1);
    let wide = screen.width >= SIDEBAR_FROM_COLS;
    let (sidebar, rest) = match options.sidebar && wide {
        true => cut_sidebar(rest, options.sidebar_width),
        false => (None, rest),
    };
    let (strip, rest) = match options.sidebar && !wide && rest.height > PANE_MIN.rows {
        true => split_top_some(rest, 1),
        false => (None, rest),
    };
    let (panes, alerts) = match options.alerts && screen.height >= ALERTS_FROM_ROWS {
        true => split_bottom_some(rest, ALERTS_ROWS),
        false => (rest, None),
    };
    Some(Deck { header, sidebar, strip, panes, alerts, hints })
}

/// Tiles `area` with `n` panes (at most [`PANES_MAX`]) in rows from left to right, so that each
/// comes near the shape of an 80×24 terminal, rather wider than narrower; the panes of a last row with fewer are wider.
/// Returns fewer than `n` where not all of them would be at least `min`; none only when not even
/// one fits.
#[must_use]
pub fn tile(area: Rect, n: usize, min: Winsize) -> Vec<Rect> {
    let wanted = n.min(PANES_MAX);
    (1..=wanted).rev().find_map(|n| grid(area, n, min)).unwrap_or_default()
}

/// The best grid of exactly `n` panes, each at least `min`.
fn grid(area: Rect, n: usize, min: Winsize) -> Option<Vec<Rect>> {
    let fits = |&columns: &usize| {
        let rows = n.div_ceil(columns);
        usize::from(area.width) / columns >= usize::from(min.cols.max(1))
            && usize::from(area.height) / rows >= usize::from(min.rows.max(1))
    };
    let strain = |&columns: &usize| strain(area, n, columns);
    let columns = (1..=n).filter(fits).min_by(|a, b| strain(a).total_cmp(&strain(b)))?;
    Some(cells(area, n, columns))
}

/// How far the panes of a grid are from [`SHAPE`] and from being readable: 0 is perfect. Ratios
/// are compared by their logarithms, so that half and double are equally far.
fn strain(area: Rect, n: usize, columns: usize) -> f64 {
    let cols = f64::from(area.width) / columns as f64;
    let rows = f64::from(area.height) / n.div_ceil(columns) as f64;
    let narrow = (READABLE_COLS / cols).ln().max(0.0);
    (cols / rows / SHAPE).ln().abs() + NARROW_WEIGHT * narrow
}

fn cells(area: Rect, n: usize, columns: usize) -> Vec<Rect> {
    let rows = n.div_ceil(columns);
    let mut left = n;
    let mut panes = Vec::with_capacity(n);
    for (y, height) in shares(area.y, area.height, rows) {
        let in_row = left.min(columns);
        left -= in_row;
        panes.extend(shares(area.x, area.width, in_row).map(|(x, width)| Rect {
            x,
            y,
            width,
            height,
        }));
    }
    panes
}

/// Starts and lengths of `n` shares of a length, larger ones first.
fn shares(start: u16, length: u16, n: usize) -> impl Iterator<Item = (u16, u16)> {
    let n = u16::try_from(n).unwrap_or(u16::MAX).max(1);
    let (each, more) = (length / n, length % n);
    (0..n).map(move |i| (start + i * each + i.min(more), each + u16::from(i < more)))
}

/// The sidebar and what is right of the blank column beside it.
fn cut_sidebar(area: Rect, wanted: u16) -> (Option<Rect>, Rect) {
    let width = wanted.min(area.width / 2);
    let taken = width + 1;
    let rest = Rect { x: area.x + taken, width: area.width - taken, ..area };
    (Some(Rect { width, ..area }), rest)
}

fn split_top(area: Rect, rows: u16) -> (Rect, Rect) {
    let rows = rows.min(area.height);
    let top = Rect { height: rows, ..area };
    (top, Rect { y: area.y + rows, height: area.height - rows, ..area })
}

fn split_bottom(area: Rect, rows: u16) -> (Rect, Rect) {
    let rows = rows.min(area.height);
    let (top, bottom) = split_top(area, area.height - rows);
    (top, bottom)
}

fn split_top_some(area: Rect, rows: u16) -> (Option<Rect>, Rect) {
    let (top, rest) = split_top(area, rows);
    (Some(top), rest)
}

fn split_bottom_some(area: Rect, rows: u16) -> (Rect, Option<Rect>) {
    let (rest, bottom) = split_bottom(area, rows);
    (rest, Some(bottom))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn screen(cols: u16, rows: u16) -> Rect {
        Rect::new(0, 0, cols, rows)
    }

    #[test]
    fn the_deck_has_what_fits() {
        for (cols, rows, sidebar, strip, alerts) in [
            (21, 6, None, Some(1), None),
            (80, 24, None, Some(1), None),
            (100, 30, Some(32), None, None),
            (160, 48, Some(32), None, None),
            (240, 70, Some(32), None, Some(8)),
        ] {
            let deck = deck(screen(cols, rows), DeckOptions::default()).unwrap();
            assert_eq!(deck.sidebar.map(|area| area.width), sidebar, "{cols}x{rows}");
            assert_eq!(deck.strip.map(|area| area.height), strip, "{cols}x{rows}");
            assert_eq!(deck.alerts.map(|area| area.height), alerts, "{cols}x{rows}");
            assert_eq!((deck.header.height, deck.hints.bottom()), (1, rows));
        }
        assert_eq!(deck(screen(20, 5), DeckOptions::default()), None);
        assert_eq!(deck(screen(0, 0), DeckOptions::default()), None);
    }

    #[test]
    fn the_user_can_have_less() {
        let options = DeckOptions { sidebar: false, alerts: false, ..DeckOptions::default() };
        let deck = deck(screen(240, 70), options).unwrap();
        assert_eq!(deck.panes, Rect::new(0, 1, 240, 68));
    }

    #[test]
    fn the_sidebar_is_as_wide_as_wished_up_to_half_of_the_screen() {
        for (cols, wished, width) in [(160, 20, 20), (160, 60, 60), (100, 60, 50)] {
            let options = DeckOptions { sidebar_width: wished, ..DeckOptions::default() };
            let deck = deck(screen(cols, 30), options).unwrap();
            assert_eq!(deck.sidebar.map(|area| area.width), Some(width), "{wished} of {cols}");
            assert_eq!((deck.panes.x, deck.panes.right()), (width + 1, cols));
        }
    }

    #[test]
    fn grids_prefer_wide_panes() {
        for (cols, rows, n, grid) in [
            (80, 21, 1, (1, 1)),
            (80, 21, 2, (1, 2)),
            (124, 46, 2, (1, 2)),
            (124, 46, 3, (2, 2)),
            (124, 46, 4, (2, 2)),
            (204, 60, 6, (2, 3)),
            (204, 60, 12, (3, 4)),
        ] {
            let panes = tile(screen(cols, rows), n, PANE_MIN);
            let columns = panes.iter().filter(|pane| pane.y == 0).count();
            let rows_of_panes = panes.iter().filter(|pane| pane.x == 0).count();
            assert_eq!((columns, rows_of_panes), grid, "{n} in {cols}x{rows}");
        }
    }

    #[test]
    fn a_last_row_with_fewer_panes_is_filled() {
        let panes = tile(screen(124, 46), 3, PANE_MIN);
        assert_eq!(panes[2], Rect::new(0, 23, 124, 23));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        #[test]
        fn tiles_cover_the_area_exactly_once(
            (x, y, width, height) in (0u16..300, 0u16..300, 0u16..300, 0u16..300),
            n in 0usize..20,
        ) {
            let area = Rect::new(x, y, width, height);
            let panes = tile(area, n, PANE_MIN);
            prop_assert!(panes.len() <= n.min(PANES_MAX));
            let covered: u32 = panes.iter().map(|pane| pane.area()).sum();
            prop_assert!(panes.is_empty() || covered == area.area());
            for (i, pane) in panes.iter().enumerate() {
                prop_assert_eq!(pane.intersection(area), *pane);
                prop_assert!(pane.width >= PANE_MIN.cols && pane.height >= PANE_MIN.rows);
                prop_assert!(panes[..i].iter().all(|other| !other.intersects(*pane)));
            }
            let fits_one = width >= PANE_MIN.cols && height >= PANE_MIN.rows;
            prop_assert_eq!(panes.is_empty(), n == 0 || !fits_one);
        }

        #[test]
        fn regions_lie_in_the_screen_and_do_not_overlap(
            (cols, rows) in (0u16..300, 0u16..300), sidebar: bool, sidebar_width: u16, alerts: bool,
        ) {
            let options = DeckOptions { sidebar, sidebar_width, alerts };
            let Some(deck) = deck(screen(cols, rows), options) else {
                prop_assert!(cols < SCREEN_MIN.cols || rows < SCREEN_MIN.rows);
                return Ok(());
            };
            let regions: Vec<Rect> = [Some(deck.header), deck.sidebar, deck.strip, Some(deck.panes),
                deck.alerts, Some(deck.hints)].into_iter().flatten().collect();
            for (i, region) in regions.iter().enumerate() {
                prop_assert_eq!(region.intersection(screen(cols, rows)), *region);
                prop_assert!(regions[..i].iter().all(|other| !other.intersects(*region)));
            }
            prop_assert!(deck.panes.height >= PANE_MIN.rows);
        }
    }
}
