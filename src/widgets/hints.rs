//! The deck's last line: the mode and the keys that work now.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};

use super::Look;
use super::canvas::Canvas;
use super::rail::{Rail, Segment};

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
    /// Said before the keys; may be empty. Left out as a whole where room is short, so what must
    /// be seen, such as the leader, belongs into the keys: `C-] Esc leave`.
    pub lead: &'a str,
    /// The keys, most useful first; those without room are left out from the right.
    pub keys: &'a [KeyHint<'a>],
}

/// The sentence goes after the fourth key has gone, and before the third.
const LEAD_RANK: u8 = 3;

impl Hints<'_> {
    /// Draws the first row of `area`.
    pub fn draw(&self, look: &Look, area: Rect, buf: &mut Buffer) {
        let area = area.intersection(buf.area);
        let row = Rect { height: area.height.min(1), ..area };
        let mut canvas = Canvas::new(buf, row);
        canvas.fill(row, look.theme.base());
        let mut rail = Rail::new(look, 0, 3);
        rail.left(self.mode(look));
        rail.left(Segment::new(LEAD_RANK).text(self.lead, look.theme.second()));
        rail.left_hints(look, self.keys);
        rail.draw(&mut canvas, row);
    }

    fn mode(&self, look: &Look) -> Segment<'_> {
        let style = mode_style(look, self.kind);
        let word = format!(" {} ", self.mode);
        let segment = Segment::new(0).text(word, look.theme.block(style));
        match self.subject {
            "" => segment,
            subject => segment.name(format!(" {subject}"), style),
        }
    }
}

/// The colour of a mode's word.
pub(super) fn mode_style(look: &Look, kind: ModeKind) -> Style {
    match kind {
        ModeKind::Deck => look.theme.focus(),
        ModeKind::Program => look.theme.operator(),
        ModeKind::Input => look.theme.hit().remove_modifier(Modifier::UNDERLINED),
    }
}

/// `key doc`, as a segment of the given rank.
pub(super) fn segment<'a>(look: &Look, hint: &KeyHint<'a>, rank: u8) -> Segment<'a> {
    Segment::new(rank)
        .text(hint.key, look.theme.focus())
        .text(format!(" {}", hint.doc), look.theme.second())
}

/// All of `keys` in one segment, shown or left out together.
pub(super) fn segments<'a>(look: &Look, keys: &[KeyHint<'a>], rank: u8) -> Segment<'a> {
    keys.iter().enumerate().fold(Segment::new(rank), |all, (i, hint)| {
        all.text(if i == 0 { "" } else { "  " }, look.theme.second())
            .text(hint.key, look.theme.focus())
            .text(format!(" {}", hint.doc), look.theme.second())
    })
}
