//! Pieces of text on one row, at its left and its right end. What has no room is left out,
//! least important first; what may be cut is cut.

use std::borrow::Cow;

use ratatui::layout::Rect;
use ratatui::style::Style;

use super::canvas::Canvas;
use super::{KeyHint, Look, format, hints};

/// Segments of this rank and above are left out before anything else is cut.
const ORNAMENT: u8 = 5;

/// Columns that a piece which may be cut keeps before others are left out for it.
const FLEX_MIN: usize = 12;

#[derive(Clone, Copy, PartialEq)]
enum Cut {
    Never,
    Middle,
    End,
}

struct Piece<'a> {
    text: Cow<'a, str>,
    style: Style,
    cut: Cut,
}

impl Piece<'_> {
    fn least(&self) -> usize {
        let full = format::width(&self.text);
        if self.cut == Cut::Never { full } else { full.min(FLEX_MIN) }
    }

    fn shorten(&mut self, columns: usize, ellipsis: char) {
        // Becomes `Never`, so that its least width is from now on its width.
        let cut = std::mem::replace(&mut self.cut, Cut::Never);
        let short = match cut {
            Cut::Middle => format::middle(&self.text, columns, ellipsis),
            Cut::Never | Cut::End => format::end(&self.text, columns, ellipsis),
        };
        self.text = Cow::Owned(short.into_owned());
    }
}

/// Pieces of text that are shown or left out together.
pub(super) struct Segment<'a> {
    pieces: Vec<Piece<'a>>,
    rank: u8,
}

impl<'a> Segment<'a> {
    /// An empty segment; those with the highest rank are left out first.
    pub(super) fn new(rank: u8) -> Self {
        Self { pieces: Vec::new(), rank }
    }

    /// Adds text that is never cut.
    pub(super) fn text(self, text: impl Into<Cow<'a, str>>, style: Style) -> Self {
        self.piece(text.into(), style, Cut::Never)
    }

    /// Adds a name, cut in its middle where room is short.
    pub(super) fn name(self, text: impl Into<Cow<'a, str>>, style: Style) -> Self {
        self.piece(text.into(), style, Cut::Middle)
    }

    /// Adds a sentence, cut at its end where room is short.
    pub(super) fn sentence(self, text: impl Into<Cow<'a, str>>, style: Style) -> Self {
        self.piece(text.into(), style, Cut::End)
    }

    /// Whether it has no text at all.
    pub(super) fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    fn piece(mut self, text: Cow<'a, str>, style: Style, cut: Cut) -> Self {
        if !text.is_empty() {
            self.pieces.push(Piece { text, style, cut });
        }
        self
    }

    fn least(&self) -> usize {
        self.pieces.iter().map(Piece::least).sum()
    }

    /// Its whole width; of an ornament what it may be cut to.
    fn wanted(&self) -> usize {
        match self.rank {
            ORNAMENT.. => self.least(),
            _ => self.pieces.iter().map(|piece| format::width(&piece.text)).sum(),
        }
    }
}

/// Segments at the left and at the right of a row.
pub(super) struct Rail<'a> {
    ellipsis: char,
    left: Vec<Segment<'a>>,
    right: Vec<Segment<'a>>,
    /// Blanks on both sides of each segment.
    pad: u16,
    /// Columns between segments that stay what they are.
    gap: u16,
}

impl<'a> Rail<'a> {
    /// A rail with `gap` columns between segments and `pad` blanks around each.
    pub(super) fn new(look: &Look, pad: u16, gap: u16) -> Self {
        Self { ellipsis: look.glyphs.ellipsis, left: Vec::new(), right: Vec::new(), pad, gap }
    }

    /// Adds a segment at the left, after those that are there; an empty one is not added.
    pub(super) fn left(&mut self, segment: Segment<'a>) -> &mut Self {
        if !segment.pieces.is_empty() {
            self.left.push(segment);
        }
        self
    }

    /// Adds a segment at the right, after those that are there; an empty one is not added.
    pub(super) fn right(&mut self, segment: Segment<'a>) -> &mut Self {
        if !segment.pieces.is_empty() {
            self.right.push(segment);
        }
        self
    }

    /// Adds keys at the left, most useful first: the last ones are left out first.
    pub(super) fn left_hints(&mut self, look: &Look, keys: &[KeyHint<'a>]) {
        for (i, hint) in keys.iter().enumerate() {
            let rank = u8::try_from(i + 1).unwrap_or(u8::MAX);
            self.left(hints::segment(look, hint, rank));
        }
    }

    /// Draws the rail on the first row of `row`.
    pub(super) fn draw(mut self, canvas: &mut Canvas<'_>, row: Rect) {
        let room = usize::from(row.width);
        while self.wanted() > room && self.highest_rank() >= ORNAMENT {
            self.drop_one();
        }
        while self.least() > room && self.left.len() + self.right.len() > 1 {
            self.drop_one();
        }
        self.stretch(room);
        let mut canvas = canvas.within(Rect { height: row.height.min(1), ..row });
        let right_width =
            u16::try_from(self.group(&self.right, Segment::least)).unwrap_or(u16::MAX);
        let right_x = row.right().saturating_sub(right_width).max(row.x);
        self.draw_group(&mut canvas, &self.left, row.x, row.y);
        self.draw_group(&mut canvas, &self.right, right_x, row.y);
    }

    fn draw_group(&self, canvas: &mut Canvas<'_>, group: &[Segment<'_>], x: u16, y: u16) {
        let mut x = x;
        for segment in group {
            x = self.blank(canvas, x, y);
            for piece in &segment.pieces {
                x = canvas.text(x, y, &piece.text, piece.style);
            }
            x = self.blank(canvas, x, y).saturating_add(self.gap);
        }
    }

    /// Draws the blanks beside a segment and returns the column after them.
    fn blank(&self, canvas: &mut Canvas<'_>, x: u16, y: u16) -> u16 {
        (0..self.pad).fold(x, |x, _| canvas.text(x, y, " ", Style::new()))
    }

    /// Columns of the whole rail with its pads and gaps, for a given width of a segment.
    fn columns(&self, width: fn(&Segment<'a>) -> usize) -> usize {
        let between = !self.left.is_empty() && !self.right.is_empty();
        let gap = if between { usize::from(self.gap) } else { 0 };
        self.group(&self.left, width) + gap + self.group(&self.right, width)
    }

    fn group(&self, group: &[Segment<'a>], width: fn(&Segment<'a>) -> usize) -> usize {
        let pads = group.len() * usize::from(self.pad) * 2;
        let gaps = group.len().saturating_sub(1) * usize::from(self.gap);
        group.iter().map(width).sum::<usize>() + pads + gaps
    }

    fn least(&self) -> usize {
        self.columns(Segment::least)
    }

    fn wanted(&self) -> usize {
        self.columns(Segment::wanted)
    }

    fn highest_rank(&self) -> u8 {
        self.left.iter().chain(&self.right).map(|segment| segment.rank).max().unwrap_or(0)
    }

    /// Leaves out the segment of highest rank, of equals the last one at the left.
    fn drop_one(&mut self) {
        let last = |group: &[Segment<'_>]| {
            let ranked = group.iter().enumerate().map(|(i, segment)| (segment.rank, i));
            ranked.max()
        };
        match (last(&self.left), last(&self.right)) {
            (Some((left, i)), Some((right, _))) if left >= right => drop(self.left.remove(i)),
            (Some((_, i)), None) => drop(self.left.remove(i)),
            (_, Some((_, i))) => drop(self.right.remove(i)),
            (None, None) => {}
        }
    }

    /// Gives what room is left to the pieces that may be cut, in order, and cuts them.
    fn stretch(&mut self, room: usize) {
        let (least, ellipsis) = (self.least(), self.ellipsis);
        let mut spare = room.saturating_sub(least);
        let mut lack = least.saturating_sub(room);
        let pieces = self.left.iter_mut().chain(&mut self.right).flat_map(|s| &mut s.pieces);
        for piece in pieces {
            let (full, min) = (format::width(&piece.text), piece.least());
            let more = spare.min(full - min);
            let less = lack.min(min);
            (spare, lack) = (spare - more, lack - less);
            piece.shorten(min + more - less, ellipsis);
        }
    }
}

#[cfg(test)]
mod tests {
    use ratatui::buffer::Buffer;

    use super::*;

    fn drawn(width: u16) -> String {
        let look = Look::default();
        let plain = Style::new();
        let mut rail = Rail::new(&look, 0, 2);
        rail.left(Segment::new(0).name("machine/session-7", plain));
        rail.left(Segment::new(9).text("ornament", plain));
        rail.right(Segment::new(2).text("second", plain));
        rail.right(Segment::new(1).text("first", plain));
        let area = Rect::new(0, 0, width, 1);
        let mut buf = Buffer::empty(area);
        rail.draw(&mut Canvas::new(&mut buf, area), area);
        (0..width).map(|x| buf[(x, 0)].symbol()).collect()
    }

    #[test]
    fn ornaments_go_first_then_names_are_cut_then_ranks_decide() {
        assert_eq!(drawn(44), "machine/session-7  ornament    second  first");
        assert_eq!(drawn(36), "machine/session-7      second  first");
        assert_eq!(drawn(29), "machine…sion-7  second  first");
        assert_eq!(drawn(24), "machine/session-7  first");
        assert_eq!(drawn(19), "machin…ion-7  first");
        assert_eq!(drawn(9), "mach…on-7");
        assert_eq!(drawn(1), "…");
        assert_eq!(drawn(0), "");
    }
}
