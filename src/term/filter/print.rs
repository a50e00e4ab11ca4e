//! Printing: text that passes as it is, text that needs care, and text under modes the parser lacks.

use std::fmt::Write as _;

use unicode_width::UnicodeWidthChar as _;

use super::scan::{SI, SO};
use super::terminal::Terminal;

/// Makes the character before it an emoji, two columns wide. Behind the last column that widening makes vt100
/// 0.18.1 index outside of its row, sooner or later.
const EMOJI_STYLE: char = '\u{fe0f}';

/// Stands for bytes that are not UTF-8, and for U+FFFD itself: the parser prints neither and would lose the
/// columns that follow.
const REPLACEMENT: char = '?';

impl Terminal {
    /// Writes text and passing sequences, or, where printing is modal, text alone.
    pub(super) fn write(&mut self, bytes: &[u8]) {
        if self.prints_modally() {
            return self.print_modally(bytes);
        }
        match std::str::from_utf8(bytes) {
            Ok(_) if find_special(bytes).is_none() => self.emit(bytes),
            _ => self.print_carefully(bytes),
        }
    }

    /// Performs one C0 control.
    pub(super) fn control(&mut self, control: u8) {
        match control {
            SI => self.state.charsets.invoke(0),
            SO => self.state.charsets.invoke(1),
            _ => self.write(&[control]),
        }
    }

    /// Whether SI or SO changes nothing, so that it may stand in a span: the parser does not know it.
    pub(super) fn ignores_shift(&self, shift: u8) -> bool {
        shift == SI && self.state.charsets.is_invoked(0) && !self.prints_modally()
    }

    /// Whether a designation changes nothing, so that it may stand in a span: the parser does not know it.
    pub(super) fn ignores_designation(&self, intermediate: u8, last: u8) -> bool {
        self.state.charsets.is_designated(intermediate, last) && !self.prints_modally()
    }

    /// Writes bytes that may hold invalid UTF-8, U+FE0F or U+FFFD.
    fn print_carefully(&mut self, bytes: &[u8]) {
        for chunk in bytes.utf8_chunks() {
            let mut rest = chunk.valid();
            while let Some((at, special)) = find_special(rest.as_bytes()) {
                let (before, from) = rest.split_at(at);
                self.emit(before.as_bytes());
                self.print_special(special);
                rest = from.get(special.len_utf8()..).unwrap_or_default();
            }
            self.emit(rest.as_bytes());
            if is_lost(chunk.invalid()) {
                self.print_special(REPLACEMENT);
            }
        }
    }

    fn print_special(&mut self, special: char) {
        match special {
            EMOJI_STYLE if self.wrap_is_pending() || self.follows_wide() => {}
            EMOJI_STYLE => self.emit("\u{fe0f}".as_bytes()),
            _ => self.emit(&[REPLACEMENT as u8]),
        }
    }

    /// Whether the character before the cursor is two columns wide already; the parser would narrow it.
    fn follows_wide(&self) -> bool {
        let (row, col) = self.vt().cursor_position();
        let before = col.checked_sub(1).and_then(|col| self.vt().cell(row, col));
        before.is_some_and(vt100::Cell::is_wide_continuation)
    }

    fn wrap_is_pending(&self) -> bool {
        self.vt().cursor_position().1 >= self.size.cols
    }

    /// Prints text under a character set, IRM, DECAWM reset, LNM or changed tab stops.
    fn print_modally(&mut self, bytes: &[u8]) {
        let mut pending = Pending::default();
        for chunk in bytes.utf8_chunks() {
            for printed in chunk.valid().chars() {
                self.print_one(printed, &mut pending);
            }
            if is_lost(chunk.invalid()) {
                self.print_one(REPLACEMENT, &mut pending);
            }
        }
        self.flush(&mut pending);
    }

    fn print_one(&mut self, printed: char, pending: &mut Pending) {
        match printed {
            '\t' if self.state.tabs.are_changed() => {
                self.flush(pending);
                self.forward(1);
            }
            '\n' | '\x0b' | '\x0c' if self.state.newline => pending.push_control("\r\n"),
            '\u{fffd}' => self.print_graphic(REPLACEMENT, pending),
            EMOJI_STYLE => {
                self.flush(pending);
                self.print_special(EMOJI_STYLE);
            }
            control if control.is_control() => {
                pending.push_control(control.encode_utf8(&mut [0; 4]));
            }
            graphic => self.print_graphic(self.state.charsets.map(graphic), pending),
        }
    }

    /// Prints one graphic character, with respect to the room that is left on the row.
    fn print_graphic(&mut self, graphic: char, pending: &mut Pending) {
        let width = columns(graphic);
        if width == 0 || !(self.state.insert || self.state.no_wrap) {
            pending.text.push(graphic);
            return;
        }
        let mut room = match pending.room {
            Some(room) => room,
            None => {
                self.flush(pending);
                self.size.cols.saturating_sub(self.vt().cursor_position().1)
            }
        };
        if width > room && self.state.no_wrap {
            if width > 1 {
                return;
            }
            let _ = write!(pending.text, "\x1b[{}G", self.size.cols);
            room = 1;
        } else if width > room {
            pending.text.push_str("\r\n");
            room = self.size.cols;
        }
        if self.state.insert {
            let _ = write!(pending.text, "\x1b[{width}@");
        }
        pending.text.push(graphic);
        pending.room = Some(room - width);
    }

    fn flush(&mut self, pending: &mut Pending) {
        let text = std::mem::take(&mut pending.text);
        self.emit(text.as_bytes());
        pending.room = None;
    }
}

/// Text on its way to the parser.
#[derive(Default)]
struct Pending {
    text: String,
    /// Columns left on the row behind the text, where known.
    room: Option<u16>,
}

impl Pending {
    fn push_control(&mut self, control: &str) {
        self.text.push_str(control);
        self.room = None;
    }
}

/// Columns a character takes, as the parser counts them.
fn columns(graphic: char) -> u16 {
    match graphic.width() {
        Some(0) => 0,
        Some(1) | None => 1,
        Some(_) => 2,
    }
}

/// The first U+FE0F or U+FFFD and where it stands.
fn find_special(text: &[u8]) -> Option<(usize, char)> {
    memchr::memchr_iter(0xef, text).find_map(|at| match text.get(at..at + 3)? {
        [_, 0xb8, 0x8f] => Some((at, EMOJI_STYLE)),
        [_, 0xbf, 0xbd] => Some((at, '\u{fffd}')),
        _ => None,
    })
}

/// Whether an invalid part of the text takes a column. Single C1 bytes take none: they are controls.
fn is_lost(invalid: &[u8]) -> bool {
    !matches!(invalid, [] | [0x80..=0x9f])
}
