//! A grid of terminal cells drawn into a rectangle, cropped and panned.

use std::ops::Range;

use ratatui::buffer::{Buffer, CellWidth};
use ratatui::layout::{Position, Rect};
use ratatui::style::{Color, Modifier, Style};

use super::canvas::Canvas;
use super::cells::{CellView, Cells, Highlight, HighlightKind, Pan, RowMark};
use super::{Look, Theme, format};
use crate::term::RowSet;

/// [`format::PLACEHOLDER`] as a cell's text.
const PLACEHOLDER: &str = "\u{FFFD}";

/// A screen with everything that is shown on top of it. Draws no frame and no gutter: a
/// borderless attach uses it as it is, [`Pane`](super::Pane) puts a frame around it.
#[derive(Clone, Copy)]
pub struct Screenful<'a> {
    /// The program's screen.
    pub cells: &'a dyn Cells,
    /// Where the view of a larger screen starts.
    pub pan: Pan,
    /// RowSet with a severity, in any order.
    pub marks: &'a [RowMark],
    /// Search hits and the selection, in any order; later ones win.
    pub highlights: &'a [Highlight],
    /// Draw one step dimmer: stale, or another pane is being typed into.
    pub dim: bool,
    /// Draw the cursor as an inverse cell, for a screen that does not own the real cursor.
    pub soft_cursor: bool,
}

impl Screenful<'_> {
    /// Draws the screen and returns where its cursor is inside `area`, if it is visible there.
    pub fn draw(&self, look: &Look, area: Rect, buf: &mut Buffer) -> Option<Position> {
        let area = area.intersection(buf.area);
        self.draw_on(look, area, &mut Canvas::new(buf, area))
    }

    pub(super) fn draw_on(
        &self,
        look: &Look,
        area: Rect,
        canvas: &mut Canvas<'_>,
    ) -> Option<Position> {
        self.redraw_on(look, area, &RowSet::ALL, canvas)
    }

    /// Draws only these rows of the screen, over what a former picture left there.
    pub fn redraw(
        &self,
        look: &Look,
        area: Rect,
        rows: &RowSet,
        buf: &mut Buffer,
    ) -> Option<Position> {
        let area = area.intersection(buf.area);
        self.redraw_on(look, area, rows, &mut Canvas::new(buf, area))
    }

    pub(super) fn redraw_on(
        &self,
        look: &Look,
        area: Rect,
        rows: &RowSet,
        canvas: &mut Canvas<'_>,
    ) -> Option<Position> {
        let mut canvas = canvas.within(area);
        let mut ink = Ink::new(&look.theme, self.dim);
        let last = self.cells.size().rows.saturating_sub(self.pan.rows);
        for y in (0..area.height).filter(|y| rows.contains(self.pan.rows.saturating_add(*y))) {
            canvas.fill(row_of(area, y), look.theme.base());
            if y < last {
                self.draw_row(y, area, &mut ink, &mut canvas);
            }
        }
        self.draw_marks(look, area, rows, &mut canvas);
        self.draw_highlights(look, area, rows, &mut canvas);
        self.draw_cursor(area, rows, &mut canvas)
    }

    /// Draws the row of the screen that is `y` below the top of `area`. A cell that a wide one
    /// before it has covered is not asked for, whatever it says of itself.
    fn draw_row(&self, y: u16, area: Rect, ink: &mut Ink<'_>, canvas: &mut Canvas<'_>) {
        let cols = area.width.min(self.cells.size().cols.saturating_sub(self.pan.cols));
        let mut x = 0;
        while x < cols {
            let cell = self.cells.cell(self.pan.rows + y, self.pan.cols + x);
            let at = (area.x.saturating_add(x), area.y.saturating_add(y));
            x += draw_cell(canvas, at, &cell, ink.style(&cell));
        }
    }

    /// The rows of the screen that show in `height` rows and have a severity worth a mark, as
    /// rows below the top of the rectangle.
    pub(super) fn marked_rows(&self, height: u16) -> impl Iterator<Item = (u16, &RowMark)> {
        self.marks.iter().filter_map(move |mark| {
            let row = mark.row.checked_sub(self.pan.rows)?;
            (row < height && mark.severity.counts()).then_some((row, mark))
        })
    }

    /// Whether a row has text in these columns.
    pub(super) fn has_text(&self, row: u16, mut cols: Range<u16>) -> bool {
        cols.any(|col| !matches!(self.cells.cell(row, col).text, "" | " "))
    }

    fn draw_marks(&self, look: &Look, area: Rect, rows: &RowSet, canvas: &mut Canvas<'_>) {
        let marks = self.marked_rows(area.height).map(|(_, mark)| mark);
        for mark in marks.filter(|mark| rows.contains(mark.row)) {
            let style = mark.style(look).add_modifier(Modifier::UNDERLINED);
            canvas.restyle(self.place(area, mark.row, &mark.span), style);
        }
    }

    fn draw_highlights(&self, look: &Look, area: Rect, rows: &RowSet, canvas: &mut Canvas<'_>) {
        for highlight in self.highlights.iter().filter(|light| rows.contains(light.row)) {
            let span = self.place(area, highlight.row, &highlight.cols);
            match highlight.kind {
                HighlightKind::Match => canvas.restyle(span, look.theme.hit()),
                HighlightKind::Current => canvas.restyle(span, look.theme.current_hit()),
                HighlightKind::Selected => canvas.invert(span),
            }
        }
    }

    /// Where columns of a row of the screen are in `area`; empty when they are not visible.
    fn place(&self, area: Rect, row: u16, cols: &Range<u16>) -> Rect {
        let Some(row) = row.checked_sub(self.pan.rows).filter(|&row| row < area.height) else {
            return Rect::ZERO;
        };
        let start = cols.start.saturating_sub(self.pan.cols).min(area.width);
        let end = cols.end.saturating_sub(self.pan.cols).min(area.width);
        Rect {
            x: area.x.saturating_add(start),
            y: area.y.saturating_add(row),
            width: end.saturating_sub(start),
            height: 1,
        }
    }

    fn draw_cursor(&self, area: Rect, rows: &RowSet, canvas: &mut Canvas<'_>) -> Option<Position> {
        let (row, col) = self.cells.cursor()?;
        let x = area.x.saturating_add(col.checked_sub(self.pan.cols)?);
        let y = area.y.saturating_add(row.checked_sub(self.pan.rows)?);
        let at = Position { x, y };
        if !canvas.area().contains(at) {
            return None;
        }
        if self.soft_cursor && rows.contains(row) {
            canvas.invert(Rect { x, y, width: 1, height: 1 });
        }
        Some(at)
    }
}

/// The row that is `y` below the top of `area`.
fn row_of(area: Rect, y: u16) -> Rect {
    Rect { y: area.y.saturating_add(y), height: 1, ..area }
}

impl RowMark {
    /// The colour of the mark.
    pub(super) fn style(&self, look: &Look) -> Style {
        match self.color {
            Some(color) => look.theme.custom(color),
            None => look.theme.severity(self.severity),
        }
    }
}

/// Draws a cell and returns the columns it took, 1 or 2.
fn draw_cell(
    canvas: &mut Canvas<'_>,
    (x, y): (u16, u16),
    cell: &CellView<'_>,
    style: Style,
) -> u16 {
    let width = u16::from(cell.width.clamp(1, 2));
    match cell.text {
        // An erased cell keeps the attributes of the pen in vt100, but a terminal shows none.
        "" => {
            canvas.put(x, y, " ", 1, Style { add_modifier: Modifier::empty(), ..style });
            return 1;
        }
        text if takes(text, cell.width) => canvas.put(x, y, text, width, style),
        _ => canvas.put(x, y, PLACEHOLDER, width, style),
    }
    width
}

/// Whether `text` is one base character with marks that both we and the terminal take to be
/// `width` columns wide. The program's emulator has already cut its output into cells; this is
/// the last check before a cell can move everything to its right.
fn takes(text: &str, width: u8) -> bool {
    if let [b' '..=b'~'] = text.as_bytes() {
        return width == 1;
    }
    let hidden = |c| format::is_hidden(c) && c != '\u{FE0F}';
    let mut chars = text.chars();
    let base = chars.next().map_or(0, format::char_width);
    base > 0
        && !text.contains(hidden)
        && chars.all(|c| format::char_width(c) == 0)
        && text.cell_width() == u16::from(width)
}

/// Turns the colours and attributes of cells into styles; remembers the last colours, because
/// finding the nearest of 240 colours for every cell would cost more than all the rest.
struct Ink<'a> {
    theme: &'a Theme,
    dim: bool,
    fg: (Color, Color),
    bg: (Color, Color),
}

impl<'a> Ink<'a> {
    fn new(theme: &'a Theme, dim: bool) -> Self {
        let fg = (Color::Reset, theme.cell_fg(Color::Reset));
        let bg = (Color::Reset, theme.cell_bg(Color::Reset));
        Self { theme, dim, fg, bg }
    }

    fn style(&mut self, cell: &CellView<'_>) -> Style {
        if self.fg.0 != cell.fg {
            self.fg = (cell.fg, self.theme.cell_fg(cell.fg));
        }
        if self.bg.0 != cell.bg {
            self.bg = (cell.bg, self.theme.cell_bg(cell.bg));
        }
        Style::new().fg(self.fg.1).bg(self.bg.1).add_modifier(self.modifiers(cell))
    }

    fn modifiers(&self, cell: &CellView<'_>) -> Modifier {
        let attributes = [
            (cell.bold, Modifier::BOLD),
            (cell.dim || self.dim, Modifier::DIM),
            (cell.italic, Modifier::ITALIC),
            (cell.underline, Modifier::UNDERLINED),
            (cell.inverse, Modifier::REVERSED),
        ];
        attributes.into_iter().filter(|(on, _)| *on).map(|(_, modifier)| modifier).collect()
    }
}
