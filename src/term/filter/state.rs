//! What the filter tracks because the parser does not have it or does not export it.

use crate::term::charset::Charsets;
use crate::term::pen::Pen;
use crate::term::tabs::TabStops;

/// State beside the parser's. A hard reset returns all of it to its default.
#[derive(Debug, Clone, Default)]
pub(super) struct State {
    /// Designated and invoked character sets.
    pub(super) charsets: Charsets,
    /// Tab stops.
    pub(super) tabs: TabStops,
    /// Printing moves the rest of the row right (IRM).
    pub(super) insert: bool,
    /// Printing behind the last column stays on it (DECAWM reset).
    pub(super) no_wrap: bool,
    /// A line feed also returns the carriage (LNM).
    pub(super) newline: bool,
    /// Focus changes are reported (`?1004`).
    pub(super) focus_events: bool,
    /// The program is in the middle of a frame (`?2026`).
    pub(super) synchronized: bool,
    /// What the primary and the alternate screen have each for themselves.
    pub(super) screens: [ScreenState; 2],
}

/// State of one of the two screens, mirroring what the parser keeps per grid.
#[derive(Debug, Clone, Default)]
pub(super) struct ScreenState {
    /// Scrolling region, first and last row from 0; `None` is the whole screen.
    pub(super) region: Option<(u16, u16)>,
    /// Rows are counted from the region's first (DECOM).
    pub(super) origin: bool,
    /// What DECSC saved beside the position.
    pub(super) saved: Saved,
}

/// The part of a saved cursor that the parser does not keep, or keeps only once for both screens.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Saved {
    pub(super) charsets: Charsets,
    pub(super) origin: bool,
    /// Row and column from 0.
    pub(super) position: (u16, u16),
    pub(super) pen: Pen,
}

impl State {
    /// State of the primary or the alternate screen.
    pub(super) fn screen(&self, alternate: bool) -> &ScreenState {
        &self.screens[usize::from(alternate)]
    }

    /// State of the primary or the alternate screen, to change it.
    pub(super) fn screen_mut(&mut self, alternate: bool) -> &mut ScreenState {
        &mut self.screens[usize::from(alternate)]
    }

    /// A resize makes both regions the whole screen again.
    pub(super) fn forget_regions(&mut self) {
        for screen in &mut self.screens {
            screen.region = None;
        }
    }

    /// Whether text cannot go to the parser as it is.
    pub(super) fn prints_modally(&self) -> bool {
        self.insert
            || self.no_wrap
            || self.newline
            || self.tabs.are_changed()
            || !self.charsets.is_ascii()
    }
}
