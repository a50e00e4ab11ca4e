//! The deck's last line: the mode and the keys that work now.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::Look;

/// A key and what it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyHint<'a> {
    /// The key's name, for example `C-]` or `Enter`.
    pub key: &'a str,
    /// One or two words.
    pub doc: &'a str,
}

/// Which colour the mode word has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ModeKind {
    /// The deck has the keys (NAV, COPY, an overlay).
    #[default]
    Deck,
    /// A program has the keys (TYPE).
    Program,
    /// An input line has the keys (SEARCH, FILTER).
    Input,
}

/// Mode word, what it acts on, a sentence, keys; one row.
#[derive(Debug, Clone, Copy)]
pub struct Hints<'a> {
    /// The mode's word, for example `NAV`.
    pub mode: &'a str,
    /// Its colour.
    pub kind: ModeKind,
    /// What the mode acts on, for example `web-1/shell`; may be empty.
    pub subject: &'a str,
    /// Said before the keys; may be empty.
    pub lead: &'a str,
    /// The keys, most useful first; those without room are left out from the right.
    pub keys: &'a [KeyHint<'a>],
}

impl Hints<'_> {
    /// Draws the first row of `area`.
    pub fn draw(&self, look: &Look, area: Rect, buf: &mut Buffer) {
        let _ = (look, area, buf);
    }
}
