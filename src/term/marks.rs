//! Marks: which rows of a picture show a line of some severity, and where in the row the reason
//! stands.

use std::ops::Range;

use super::View;
use super::columns::column_range;
use crate::proto::Severity;
use crate::proto::update::{MarkColor, RowMark};

/// The verdict on a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineMark {
    /// How bad the line is.
    pub severity: Severity,
    /// Bytes of the line's text that made it so.
    pub span: Range<usize>,
    /// The colour to show it in, if not the severity's.
    pub color: Option<MarkColor>,
}

/// The marks of `view`, ascending by row, for [`View::with_marks`].
///
/// `classify` is asked once for each logical line, the text of rows that only the right edge
/// divides.
/// Every row of the line gets a mark; its columns are the part of the range on that row, possibly
/// none. Lines that are [`Severity::Other`] get no mark.
///
/// `above` is the part of the first line that stands above the view, empty if there is none or
/// nobody knows; see [`History::text_above`](super::History::text_above). The text is what the grid
/// holds, not made printable: it is for matching, not for showing. The alternate screen has no
/// lines, so no marks.
pub fn mark_lines(
    view: &View,
    above: &str,
    mut classify: impl FnMut(&str) -> Option<LineMark>,
) -> Vec<RowMark> {
    let mut marks = Vec::new();
    if view.modes().alternate {
        return marks;
    }
    let mut line = Line { text: above.to_owned(), rows: Vec::new() };
    for (text, row) in view.picture().grid.rows(0, view.size().cols).zip(0..) {
        line.push(row, &text);
        if !view.row_wrapped(row) {
            line.mark(&mut classify, &mut marks);
            line = Line::default();
        }
    }
    line.mark(&mut classify, &mut marks);
    marks
}

/// A logical line: the texts of its rows, joined.
#[derive(Default)]
struct Line {
    text: String,
    /// Each row of the view with the place of its text.
    rows: Vec<(u16, Range<usize>)>,
}

impl Line {
    fn push(&mut self, row: u16, text: &str) {
        let start = self.text.len();
        self.text.push_str(text);
        self.rows.push((row, start..self.text.len()));
    }

    fn mark(&self, classify: &mut impl FnMut(&str) -> Option<LineMark>, marks: &mut Vec<RowMark>) {
        if self.text.trim_end().is_empty() {
            return;
        }
        let Some(LineMark { severity, span, color }) = classify(&self.text) else { return };
        if severity == Severity::Other {
            return;
        }
        marks.extend(self.rows.iter().map(|(row, place)| {
            let text = self.text.get(place.clone()).unwrap_or_default();
            let start = span.start.saturating_sub(place.start);
            let end = span.end.saturating_sub(place.start).min(text.len());
            let cols = if start < end { column_range(text, start..end) } else { 0..0 };
            RowMark { row: *row, severity, cols, color }
        }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::Winsize;
    use crate::term::{Screen, ScreenOptions};

    fn verdict(severity: Severity, span: Range<usize>) -> Option<LineMark> {
        Some(LineMark { severity, span, color: Some(MarkColor::Indexed(5)) })
    }

    fn error(line: &str) -> Option<LineMark> {
        let at = line.find("ERROR")?;
        verdict(Severity::Error, at..at + "ERROR".len())
    }

    fn marks(cols: u16, output: &str) -> Vec<(u16, Range<u16>)> {
        let mut screen = Screen::new(Winsize::new(6, cols), ScreenOptions::default());
        screen.feed(output.as_bytes());
        let marks = mark_lines(&View::of(&screen, 0), "", error);
        assert!(marks.iter().all(|mark| mark.color == Some(MarkColor::Indexed(5))));
        marks.into_iter().map(|mark| (mark.row, mark.cols)).collect()
    }

    #[test]
    fn lines_are_marked_where_the_match_stands() {
        assert_eq!(marks(20, "fine\r\nan ERROR\r\nfine"), [(1, 3..8)]);
        assert_eq!(marks(20, "\x1b[31man \x1b[1mERR\x1b[0mOR"), [(0, 3..8)]);
        assert_eq!(marks(20, "中文 ERROR"), [(0, 5..10)]);
        assert_eq!(marks(20, "❤\u{fe0f} e\u{301} ERROR"), [(0, 5..10)]);
        assert_eq!(marks(20, "nothing here"), []);
    }

    #[test]
    fn a_wrapped_line_is_marked_on_all_its_rows() {
        assert_eq!(marks(10, "12345678ERROR and more\r\nok"), [(0, 8..10), (1, 0..3), (2, 0..0)]);
        assert_eq!(marks(5, "ERRORERROR"), [(0, 0..5), (1, 0..0)]);
    }

    #[test]
    fn what_stands_above_the_view_belongs_to_its_first_line() {
        let mut screen = Screen::new(Winsize::new(3, 10), ScreenOptions::default());
        screen.feed(b"OR and more\r\nOR");
        let marks = mark_lines(&View::of(&screen, 0), "an ERR", error);
        let places: Vec<_> = marks.into_iter().map(|mark| (mark.row, mark.cols)).collect();
        assert_eq!(places, [(0, 0..2), (1, 0..0)]);
    }

    #[test]
    fn the_alternate_screen_has_no_marks() {
        assert_eq!(marks(20, "\x1b[?1049hERROR"), []);
    }

    #[test]
    fn odd_answers_are_cut_to_the_line() {
        let mut screen = Screen::new(Winsize::new(3, 10), ScreenOptions::default());
        screen.feed("a中b\r\nc".as_bytes());
        let view = View::of(&screen, 0);
        let cols = |span: Range<usize>| {
            let marks = mark_lines(&view, "", |_| verdict(Severity::Warning, span.clone()));
            marks.into_iter().map(|mark| mark.cols).collect::<Vec<_>>()
        };
        assert_eq!(cols(2..900), [1..4, 0..0]);
        assert_eq!(cols(Range { start: 4, end: 1 }), [0..0, 0..0]);
        assert!(mark_lines(&view, "", |_| verdict(Severity::Other, 0..1)).is_empty());
    }
}
