//! A complaint that points at its place: file, line, column, the line itself and a caret.

use std::fmt;

use unicode_width::UnicodeWidthChar;

use super::{Layer, Source};

/// A position in a layer, both numbers from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Which layer.
    pub layer: Layer,
    /// Line.
    pub line: usize,
    /// Column in characters.
    pub column: usize,
}

/// `FILE:LINE:COLUMN` as editors and compilers write it; other layers by their name alone.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.layer {
            Layer::File(path) => write!(f, "{}:{}:{}", path.display(), self.line, self.column),
            layer => layer.fmt(f),
        }
    }
}

/// What is wrong or doubtful, where, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Where.
    pub place: Place,
    /// What is wrong, in one sentence.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    /// The line of the source.
    line: String,
    /// Columns on screen before the marked part, and its own.
    marked: (usize, usize),
}

impl Diagnostic {
    /// A complaint about the bytes `span` of `source`.
    pub(super) fn new(
        source: &Source,
        span: std::ops::Range<usize>,
        message: impl Into<String>,
        help: Option<String>,
    ) -> Self {
        let text = source.text.as_str();
        let start = floor_char(text, span.start);
        let before = text.get(..start).unwrap_or_default();
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let rest = text.get(line_start..).unwrap_or_default();
        let line = rest.lines().next().unwrap_or_default();
        let lead = before.get(line_start..).unwrap_or_default();
        let end = floor_char(text, span.end.max(start)).min(line_start + line.len()).max(start);
        let place = Place {
            layer: source.layer.clone(),
            line: before.matches('\n').count() + 1,
            column: lead.chars().count() + 1,
        };
        let marked = text.get(start..end).unwrap_or_default();
        Self {
            place,
            message: visible(&message.into()),
            help,
            marked: (width(&visible(lead)), width(&visible(marked)).max(1)),
            line: visible(line),
        }
    }
}

/// The nearest character boundary at or before `at`.
fn floor_char(text: &str, at: usize) -> usize {
    text.floor_char_boundary(at)
}

/// Tabs as one blank and other control characters as a mark, so that a file's text can neither
/// move the caret nor speak to the terminal.
fn visible(text: &str) -> String {
    let shown = |c: char| match c {
        '\t' => ' ',
        c if c.is_control() => char::REPLACEMENT_CHARACTER,
        c => c,
    };
    text.chars().map(shown).collect()
}

fn width(text: &str) -> usize {
    text.chars().filter_map(UnicodeWidthChar::width).sum()
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = self.place.line.to_string();
        let gutter = " ".repeat(number.len());
        let (before, marked) = self.marked;
        writeln!(f, "{}: {}", self.place, self.message)?;
        writeln!(f, "{gutter} |")?;
        writeln!(f, "{number} | {}", self.line)?;
        write!(f, "{gutter} | {}{}", " ".repeat(before), "^".repeat(marked))?;
        match &self.help {
            Some(help) => write!(f, " {}", visible(help)),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, span: std::ops::Range<usize>) -> String {
        Diagnostic::new(&Source::file("a.toml", text), span, "wrong", None).to_string()
    }

    #[test]
    fn points_at_line_and_column() {
        let source = Source::file("a.toml", "one = 1\ntwo = 2\n");
        let diagnostic = Diagnostic::new(&source, 14..15, "wrong", Some("use 3".into()));
        let expected = "a.toml:2:7: wrong\n  |\n2 | two = 2\n  |       ^ use 3";
        assert_eq!(diagnostic.to_string(), expected);
    }

    #[test]
    fn the_caret_follows_wide_characters_and_stays_on_its_line() {
        assert_eq!(shown("漢 = 1", 6..7), "a.toml:1:5: wrong\n  |\n1 | 漢 = 1\n  |      ^");
        assert_eq!(shown("\ta = 1\nb", 1..9), "a.toml:1:2: wrong\n  |\n1 |  a = 1\n  |  ^^^^^");
    }

    #[test]
    fn any_span_is_shown_and_no_control_character() {
        for (start, end) in [(0, 0), (1, 2), (7, 3), (99, 120), (0, 99)] {
            let text = shown("é\x1b]0;x\x07\n", std::ops::Range { start, end });
            assert!(text.chars().all(|c| c == '\n' || !c.is_control()), "{text:?}");
            assert!(text.contains('^'));
        }
        assert_eq!(shown("", 0..0), "a.toml:1:1: wrong\n  |\n1 | \n  | ^");
    }

    #[test]
    fn other_layers_go_by_name() {
        let layer = Layer::Variable("WATCHDECK_FPS");
        let place = Place { layer, line: 1, column: 3 };
        assert_eq!(place.to_string(), "environment variable WATCHDECK_FPS");
    }
}
