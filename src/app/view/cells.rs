//! A terminal's picture as the cells that widgets draw.

use ratatui::style::Color as Paint;

use crate::proto::{MarkColor, Winsize};
use crate::term::{Color, View};
use crate::widgets::{CellView, Cells, RowMark};

/// A picture to be drawn.
pub(in crate::app) struct Picture<'a> {
    pub(in crate::app) view: &'a View,
    /// The program may still move its cursor; one that cannot has none.
    pub(in crate::app) cursor: bool,
}

impl Cells for Picture<'_> {
    fn size(&self) -> Winsize {
        self.view.size()
    }

    fn cell(&self, row: u16, col: u16) -> CellView<'_> {
        let cell = self.view.cell(row, col);
        CellView {
            text: cell.text,
            width: cell.width,
            fg: paint(cell.fg),
            bg: paint(cell.bg),
            bold: cell.bold,
            dim: cell.dim,
            italic: cell.italic,
            underline: cell.underline,
            inverse: cell.inverse,
        }
    }

    fn cursor(&self) -> Option<(u16, u16)> {
        self.view.cursor().filter(|_| self.cursor)
    }
}

const fn paint(color: Color) -> Paint {
    match color {
        Color::Default => Paint::Reset,
        Color::Indexed(index) => Paint::Indexed(index),
        Color::Rgb(r, g, b) => Paint::Rgb(r, g, b),
    }
}

const fn tint(color: MarkColor) -> Paint {
    match color {
        MarkColor::Indexed(index) => Paint::Indexed(index),
        MarkColor::Rgb(r, g, b) => Paint::Rgb(r, g, b),
    }
}

/// The marks of a picture's rows.
pub(super) fn marks(view: &View) -> Vec<RowMark> {
    let mark = |mark: &crate::proto::RowMark| RowMark {
        row: mark.row,
        severity: mark.severity,
        span: mark.cols.clone(),
        color: mark.color.map(tint),
    };
    view.marks().iter().map(mark).collect()
}
