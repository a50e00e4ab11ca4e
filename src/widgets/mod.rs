//! Widgets: plain values in, cells of a ratatui [`Buffer`](ratatui::buffer::Buffer) out.
//!
//! A widget is a struct of borrowed values with one method
//! `draw(&self, look: &Look, area: Rect, buf: &mut Buffer)`. It knows no application state, no
//! network and no clock: ages and countdowns come in as [`Duration`](std::time::Duration)s.
//! Three things hold for every widget and every `area`, however small or far outside the buffer:
//! it never panics, it changes no cell outside `area`, and no text it was given can leave its
//! place (control, bidi and zero-width characters are shown as [`format::PLACEHOLDER`]).
//!
//! | what | where |
//! |---|---|
//! | colours, glyphs | [`Theme`], [`Glyphs`], together a [`Look`] |
//! | numbers, ages, cut names, safe text | [`mod@format`] |
//! | where things go | [`layout`] |
//! | the deck | [`Header`], [`Sidebar`], [`Strip`], [`Pane`], [`AlertStrip`], [`Hints`] |
//! | one screen without a frame | [`Screenful`] |
//! | above the deck | [`Overlay`], [`Help`], [`Form`], [`Prompt`], [`Confirm`], [`Toasts`] |
//! | instead of the deck | [`TooSmall`], [`Welcome`] |
//! | pictures | [`svg()`] |

mod alerts;
mod bars;
mod canvas;
mod cells;
mod confirm;
mod counters;
mod field;
mod form;
pub mod format;
mod frame;
mod glyphs;
mod header;
mod help;
mod hints;
pub mod layout;
mod list;
mod overlay;
mod pane;
mod prompt;
mod rail;
mod replay;
mod screenful;
mod sidebar;
mod strip;
mod svg;
mod theme;
mod toast;
mod too_small;
mod welcome;

#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;

pub use alerts::{AlertRow, AlertStrip};
pub use cells::{CellView, Cells, Highlight, HighlightKind, Pan, RowMark};
pub use confirm::Confirm;
pub use form::{Field, FieldValue, Form};
pub use glyphs::{FrameGlyphs, Glyphs, Look};
pub use header::{Header, Notice};
pub use help::{Help, HelpRow};
pub use hints::{Hints, KeyHint, ModeKind};
pub use list::ListView;
pub use overlay::Overlay;
pub use pane::{Attention, Follow, Pane, PaneState, PaneView, SearchStatus, Taping};
pub use prompt::Prompt;
pub use replay::ReplayLine;
pub use screenful::Screenful;
pub use sidebar::{Filter, LinkState, MachineRow, SessionRow, Sidebar, SidebarRow};
pub use strip::{Strip, StripItem};
pub use svg::{SvgOptions, svg};
pub use theme::{ColorDepth, Ground, Scheme, Theme, Tone};
pub use toast::{Toast, Toasts};
pub use too_small::TooSmall;
pub use welcome::Welcome;
