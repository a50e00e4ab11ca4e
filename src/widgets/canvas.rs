//! The only door to the buffer: nothing drawn through a canvas can leave its rectangle.

use ratatui::buffer::{Buffer, CellWidth};
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};

use super::format;

/// A rectangle of a buffer. All coordinates are the buffer's own; what lies outside the
/// rectangle is silently not drawn, and a wide character that its edge would cut is left blank.
pub(super) struct Canvas<'b> {
    buf: &'b mut Buffer,
    clip: Rect,
}

impl<'b> Canvas<'b> {
    /// The part of `area` that lies in the buffer.
    pub(super) fn new(buf: &'b mut Buffer, area: Rect) -> Self {
        let clip = area.intersection(buf.area);
        Self { buf, clip }
    }

    /// The part of `area` that lies in this canvas.
    pub(super) fn within(&mut self, area: Rect) -> Canvas<'_> {
        Canvas { clip: self.clip.intersection(area), buf: self.buf }
    }

    /// The rectangle that can be drawn to.
    pub(super) const fn area(&self) -> Rect {
        self.clip
    }

    /// Blanks a rectangle.
    pub(super) fn fill(&mut self, area: Rect, style: Style) {
        let area = area.intersection(self.clip);
        for y in area.top()..area.bottom() {
            self.uncover(area.x, y);
            for x in area.left()..area.right() {
                self.set(x, y, " ", style);
            }
        }
    }

    /// Adds a style to what is drawn.
    pub(super) fn restyle(&mut self, area: Rect, style: Style) {
        self.buf.set_style(area.intersection(self.clip), style);
    }

    /// Swaps foreground and background of what is drawn, also where they are swapped already.
    pub(super) fn invert(&mut self, area: Rect) {
        for at in area.intersection(self.clip).positions() {
            if let Some(cell) = self.buf.cell_mut(at) {
                cell.modifier.toggle(Modifier::REVERSED);
            }
        }
    }

    /// Draws one of our own glyphs, one column wide.
    pub(super) fn glyph(&mut self, x: u16, y: u16, glyph: char, style: Style) {
        if self.holds(x, y) {
            self.uncover(x, y);
            self.set(x, y, glyph.encode_utf8(&mut [0; 4]), style);
        }
    }

    /// Draws foreign or own text, made safe by [`format::shown`], and returns the column after it.
    pub(super) fn text(&mut self, x: u16, y: u16, text: &str, style: Style) -> u16 {
        let safe = format::shown(text);
        self.uncover(x, y);
        let mut x = x;
        for cluster in Clusters(&safe) {
            if x >= self.clip.right() {
                break;
            }
            x = self.cluster(x, y, cluster, style);
        }
        x
    }

    /// Replaces a cell but for its background, unless `style` has one. `symbol` must be safe to print and take
    /// `width` columns, 1 or 2; if it does not fit, blanks are drawn.
    pub(super) fn put(&mut self, x: u16, y: u16, symbol: &str, width: u16, style: Style) {
        let right = x.saturating_add(1);
        match (self.holds(x, y), width > 1) {
            (true, true) if self.holds(right, y) => {
                self.set(x, y, symbol, style);
                self.set(right, y, " ", style);
            }
            (true, true) => self.set(x, y, " ", style),
            (true, false) => self.set(x, y, symbol, style),
            (false, true) if self.holds(right, y) => self.set(right, y, " ", style),
            (false, _) => {}
        }
    }

    fn cluster(&mut self, x: u16, y: u16, cluster: &str, style: Style) -> u16 {
        let base = cluster.chars().next().map_or(0, char::len_utf8);
        let width = cluster[..base].cell_width();
        let symbol = if cluster.cell_width() == width { cluster } else { &cluster[..base] };
        self.put(x, y, symbol, width, style);
        x.saturating_add(width)
    }

    /// Blanks the wide character whose right half is this cell, as far as this canvas reaches:
    /// else its left half would be drawn over what comes here.
    fn uncover(&mut self, x: u16, y: u16) {
        let Some(left) = x.checked_sub(1).filter(|&left| self.holds(left, y)) else { return };
        if let Some(cell) = self.buf.cell_mut((left, y))
            && cell.symbol().cell_width() > 1
        {
            cell.set_symbol(" ");
        }
    }

    fn holds(&self, x: u16, y: u16) -> bool {
        self.clip.contains((x, y).into())
    }

    /// Replaces a cell. Only its background stays where `style` has none.
    fn set(&mut self, x: u16, y: u16, symbol: &str, style: Style) {
        if let Some(cell) = self.buf.cell_mut((x, y)) {
            let bg = cell.bg;
            cell.reset();
            cell.set_bg(bg).set_symbol(symbol).set_style(style);
        }
    }
}

/// Base characters with their combining marks, of a text that [`format::shown`] made safe.
struct Clusters<'a>(&'a str);

impl<'a> Iterator for Clusters<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let mut chars = self.0.char_indices();
        chars.next()?;
        let next_base = chars.find(|&(_, c)| format::char_width(c) > 0);
        let (cluster, rest) = self.0.split_at(next_base.map_or(self.0.len(), |(at, _)| at));
        self.0 = rest;
        Some(cluster)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(buf: &Buffer, y: u16) -> String {
        (0..buf.area.width).map(|x| buf[(x, y)].symbol()).collect()
    }

    #[test]
    fn text_stays_inside_and_wide_characters_are_never_cut() {
        let mut buf = Buffer::empty(Rect::new(0, 0, 8, 1));
        let mut canvas = Canvas::new(&mut buf, Rect::new(1, 0, 4, 1));
        canvas.text(1, 0, "ab日本", Style::new());
        assert_eq!(row(&buf, 0), " ab日    ");
        let mut canvas = Canvas::new(&mut buf, Rect::new(1, 0, 4, 1));
        canvas.text(1, 0, "abc日本", Style::new());
        assert_eq!(row(&buf, 0), " abc    ");
    }

    #[test]
    fn marks_stay_with_their_base() {
        let mut buf = Buffer::empty(Rect::new(0, 0, 4, 1));
        Canvas::new(&mut buf, Rect::new(0, 0, 4, 1)).text(0, 0, "e\u{301}x", Style::new());
        assert_eq!((buf[(0, 0)].symbol(), buf[(1, 0)].symbol()), ("e\u{301}", "x"));
    }

    #[test]
    fn a_fill_leaves_no_half_of_a_wide_character() {
        let mut buf = Buffer::empty(Rect::new(0, 0, 6, 1));
        let mut canvas = Canvas::new(&mut buf, Rect::new(0, 0, 6, 1));
        canvas.text(0, 0, "日日日", Style::new());
        canvas.fill(Rect::new(3, 0, 2, 1), Style::new());
        assert_eq!(row(&buf, 0), "日     ".to_owned());
    }

    #[test]
    fn nothing_is_drawn_outside_the_buffer() {
        let mut buf = Buffer::empty(Rect::new(2, 2, 3, 3));
        let mut canvas = Canvas::new(&mut buf, Rect::new(0, 0, 9, 9));
        canvas.fill(Rect::new(0, 0, 9, 9), Style::new());
        canvas.glyph(0, 0, '#', Style::new());
        canvas.text(u16::MAX, u16::MAX, "far", Style::new());
        assert_eq!(buf, Buffer::empty(Rect::new(2, 2, 3, 3)));
    }
}
