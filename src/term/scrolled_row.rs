//! A row that scrolled off the top of the screen.

use std::fmt;

use vt100::capture::{BasicFormattedCaptureState, RowContents, basic_formatted_to_plain};

/// One row that left the primary screen for good.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ScrolledRow {
    /// Text with SGR sequences: starts from default attributes and ends with them.
    pub formatted: String,
    /// Text alone, without trailing blanks.
    pub text: String,
    /// Whether the text goes on in the next row without a line end between.
    pub wrapped: bool,
}

impl ScrolledRow {
    /// Reads a row out of the parser's callback.
    pub(super) fn capture(row: &RowContents<'_>) -> Self {
        let mut state = BasicFormattedCaptureState::new();
        let mut formatted = String::new();
        // Writing to a String cannot fail.
        let _ = row.write_formatted_basic(&mut formatted, &mut state);
        let wrapped = !ends_line(row, &mut state);
        if formatted.contains('\x1b') {
            formatted.push_str("\x1b[m");
        } else if !wrapped {
            formatted.truncate(formatted.trim_end_matches(' ').len());
        }
        let mut text: String = basic_formatted_to_plain(&formatted).collect();
        if !wrapped {
            text.truncate(text.trim_end_matches(' ').len());
        }
        Self { formatted, text, wrapped }
    }
}

/// Whether the crate would separate the captured row from its successor. It tells this only by what it
/// writes first for the next row, so one is offered to a writer that stops after a single character.
fn ends_line(row: &RowContents<'_>, state: &mut BasicFormattedCaptureState) -> bool {
    let mut first = FirstChar(None);
    let _ = row.write_formatted_basic(&mut first, state);
    first.0 == Some('\n')
}

/// Takes one character and refuses the rest.
struct FirstChar(Option<char>);

impl fmt::Write for FirstChar {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0 = self.0.or_else(|| text.chars().next());
        if self.0.is_some() { Err(fmt::Error) } else { Ok(()) }
    }
}
