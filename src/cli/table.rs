//! Aligned columns of text.

use anstyle::Style;
use unicode_width::UnicodeWidthStr;

use super::error::CliError;
use super::output::{Output, harmless};

/// Blanks between columns.
const GAP: usize = 2;

/// One cell.
#[derive(Debug, Clone, Default)]
pub struct Cell {
    text: String,
    style: Style,
}

impl Cell {
    /// Text that may come from anywhere; what could act on the terminal is replaced.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self { text: harmless(text), style: Style::new() }
    }

    /// The same in `style`.
    #[must_use]
    pub const fn styled(mut self, style: Style) -> Self {
        self.style = style;
        self
    }
}

/// A table under a line of headings. Columns whose heading begins with `>` are aligned right.
#[derive(Debug)]
pub struct Table<const N: usize> {
    headings: [&'static str; N],
    rows: Vec<[Cell; N]>,
}

impl<const N: usize> Table<N> {
    /// An empty table.
    #[must_use]
    pub const fn new(headings: [&'static str; N]) -> Self {
        Self { headings, rows: Vec::new() }
    }

    /// Adds a row.
    pub fn push(&mut self, row: [Cell; N]) {
        self.rows.push(row);
    }

    /// Writes the headings and the rows; trailing blanks are left out.
    ///
    /// # Errors
    /// Standard output failed.
    pub fn write(&self, out: &mut Output) -> Result<(), CliError> {
        let headings = self.headings.map(|text| Cell::new(text.trim_start_matches('>')));
        let widths = self.widths(&headings);
        let bold = headings.map(|cell| cell.styled(Style::new().bold()));
        for row in std::iter::once(&bold).chain(&self.rows) {
            let line = self.line(row, widths, out);
            out.line(line.trim_end())?;
        }
        Ok(())
    }

    fn widths(&self, headings: &[Cell; N]) -> [usize; N] {
        std::array::from_fn(|column| {
            let cells = std::iter::once(headings).chain(&self.rows);
            cells.map(|row| row[column].text.width()).max().unwrap_or(0)
        })
    }

    fn line(&self, row: &[Cell; N], widths: [usize; N], out: &Output) -> String {
        let mut line = String::new();
        for (column, cell) in row.iter().enumerate() {
            let blanks = " ".repeat(widths[column] - cell.text.width());
            let text = out.paint(cell.style, &cell.text);
            let (before, after) = if self.headings[column].starts_with('>') {
                (blanks, String::new())
            } else {
                (String::new(), blanks)
            };
            line.push_str(&before);
            line.push_str(&text);
            line.push_str(&after);
            line.push_str(&" ".repeat(GAP));
        }
        line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned_by_display_width() {
        let mut table = Table::new(["NAME", ">E"]);
        table.push([Cell::new("日本"), Cell::new("12")]);
        table.push([Cell::new("a"), Cell::new("3")]);
        let headings = table.headings.map(Cell::new);
        let widths = table.widths(&headings);
        assert_eq!(widths, [4, 2]);
        let lines: Vec<_> =
            table.rows.iter().map(|row| table.line(row, widths, &Output::new(false))).collect();
        assert_eq!(lines, ["日本  12  ", "a      3  "]);
    }
}
