//! Stand-in for the emulator: vt100 behind the interface of `Screen`, without filter or queries.

use std::num::NonZeroU16;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::Modes;
use super::modes::{CursorShape, MouseEncoding, MouseTracking};
use crate::proto::Winsize;

/// Options of a [`Screen`].
#[derive(Debug, Clone, Default)]
pub struct ScreenOptions {
    /// Answer queries.
    pub replies: bool,
    /// The terminal's name.
    pub term_name: String,
    /// Skip what nobody can see.
    pub fast_forward: bool,
}

/// One row that left the top of the primary screen.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ScrolledRow {
    /// Text with SGR only, starting from default attributes and ending with them.
    pub formatted: String,
    /// Text alone.
    pub text: String,
    /// The row goes on in the next one.
    pub wrapped: bool,
}

#[derive(Default)]
struct Events {
    title: String,
    collect: bool,
    rows: Vec<ScrolledRow>,
}

struct FirstChar(Option<char>);

impl std::fmt::Write for FirstChar {
    fn write_str(&mut self, s: &str) -> std::fmt::Result {
        self.0 = s.chars().next();
        Err(std::fmt::Error)
    }
}

impl vt100::Callbacks for Events {
    fn set_window_title(&mut self, _: &mut vt100::Screen, title: &[u8]) {
        self.title = String::from_utf8_lossy(title).chars().filter(|c| !c.is_control()).collect();
    }

    fn on_scroll(&mut self, row: vt100::capture::RowContents<'_>, alternate: bool) {
        if alternate || !self.collect {
            return;
        }
        let mut state = vt100::capture::BasicFormattedCaptureState::new();
        let mut formatted = String::new();
        let _ = row.write_formatted_basic(&mut formatted, &mut state);
        // The crate tells the wrap flag only by the line end it writes before the next row.
        let mut first = FirstChar(None);
        let _ = row.write_formatted_basic(&mut first, &mut state);
        let wrapped = first.0 != Some('\n');
        if formatted.contains('\x1b') {
            formatted.push_str("\x1b[m");
        } else if !wrapped {
            formatted.truncate(formatted.trim_end_matches(' ').len());
        }
        let mut text: String = vt100::capture::basic_formatted_to_plain(&formatted).collect();
        if !wrapped {
            text.truncate(text.trim_end_matches(' ').len());
        }
        self.rows.push(ScrolledRow { formatted, text, wrapped });
    }
}

/// The emulator.
pub struct Screen {
    parser: vt100::Parser<Events>,
    held: Vec<u8>,
    focus: bool,
}

fn parser(size: Winsize) -> vt100::Parser<Events> {
    let size = size.clamped();
    let one = NonZeroU16::MIN;
    vt100::Parser::new_with_callbacks(
        NonZeroU16::new(size.rows).unwrap_or(one),
        NonZeroU16::new(size.cols).unwrap_or(one),
        0,
        Events::default(),
    )
}

impl Screen {
    /// A blank screen.
    pub fn new(size: Winsize, _options: ScreenOptions) -> Self {
        Self { parser: parser(size), held: Vec::new(), focus: false }
    }

    /// Applies output.
    pub fn feed(&mut self, bytes: &[u8]) {
        self.feed_with(bytes, &mut |_| {});
    }

    /// Applies output and hands out the rows that scroll off the primary screen.
    pub fn feed_with(&mut self, bytes: &[u8], on_row: &mut dyn FnMut(ScrolledRow)) {
        self.parser.callbacks_mut().collect = true;
        if bytes.contains(&0xef) || !self.held.is_empty() {
            for &byte in bytes {
                self.feed_byte(byte);
            }
        } else {
            self.process(bytes);
        }
        for row in std::mem::take(&mut self.parser.callbacks_mut().rows) {
            on_row(row);
        }
    }

    fn feed_byte(&mut self, byte: u8) {
        self.held.push(byte);
        const SELECTOR: &[u8] = "\u{fe0f}".as_bytes();
        if SELECTOR == self.held {
            let (row, col) = self.parser.screen().cursor_position();
            let wide = col > 0
                && self.vt().cell(row, col - 1).is_some_and(vt100::Cell::is_wide_continuation);
            if col < self.size().cols && !wide {
                self.process(SELECTOR);
            }
            self.held.clear();
        } else if !SELECTOR.starts_with(&self.held) {
            let held = std::mem::take(&mut self.held);
            self.process(&held);
        }
    }

    fn process(&mut self, bytes: &[u8]) {
        if catch_unwind(AssertUnwindSafe(|| self.parser.process(bytes))).is_err() {
            self.parser = parser(self.size());
        }
        if bytes.ends_with(b"\x1b[?1004h") {
            self.focus = true;
        }
    }

    /// Changes the size.
    pub fn resize(&mut self, size: Winsize) {
        let size = size.clamped();
        let one = NonZeroU16::MIN;
        self.parser.set_size(
            NonZeroU16::new(size.rows).unwrap_or(one),
            NonZeroU16::new(size.cols).unwrap_or(one),
        );
    }

    /// The size.
    pub fn size(&self) -> Winsize {
        let (rows, cols) = self.parser.screen().size();
        Winsize::new(rows.get(), cols.get())
    }

    /// The modes.
    pub fn modes(&self) -> Modes {
        let vt = self.parser.screen();
        Modes {
            alternate: vt.alternate_screen(),
            application_cursor: vt.application_cursor(),
            application_keypad: vt.application_keypad(),
            bracketed_paste: vt.bracketed_paste(),
            focus_events: self.focus,
            mouse: match vt.mouse_protocol_mode() {
                vt100::MouseProtocolMode::None => MouseTracking::Off,
                vt100::MouseProtocolMode::Press => MouseTracking::Press,
                vt100::MouseProtocolMode::PressRelease => MouseTracking::PressRelease,
                vt100::MouseProtocolMode::ButtonMotion => MouseTracking::ButtonMotion,
                vt100::MouseProtocolMode::AnyMotion => MouseTracking::AnyMotion,
            },
            mouse_encoding: match vt.mouse_protocol_encoding() {
                vt100::MouseProtocolEncoding::Default => MouseEncoding::Default,
                vt100::MouseProtocolEncoding::Utf8 => MouseEncoding::Utf8,
                vt100::MouseProtocolEncoding::Sgr => MouseEncoding::Sgr,
            },
            cursor_hidden: vt.hide_cursor(),
            cursor_shape: match vt.cursor_style() {
                vt100::CursorStyle::Default => CursorShape::Default,
                vt100::CursorStyle::BlinkBlock | vt100::CursorStyle::SteadyBlock => {
                    CursorShape::Block
                }
                vt100::CursorStyle::BlinkUnderline | vt100::CursorStyle::SteadyUnderline => {
                    CursorShape::Underline
                }
                _ => CursorShape::Bar,
            },
        }
    }

    /// The title.
    pub fn title(&self) -> &str {
        &self.parser.callbacks().title
    }

    /// The cursor, row before column; the column may be one past the last.
    pub fn cursor(&self) -> (u16, u16) {
        self.parser.screen().cursor_position()
    }

    pub(in crate::term) fn vt(&self) -> &vt100::Screen {
        self.parser.screen()
    }
}
