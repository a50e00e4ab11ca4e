//! The performing half of the filter: the parser, what is tracked beside it, answers and notices.

use super::state::State;
use crate::proto::Winsize;
use crate::term::emulator::{Emulator, Outcome};
use crate::term::fast_forward;
use crate::term::notice::{Notice, Notices};
use crate::term::query::Replies;
use crate::term::screen::ScreenOptions;
use crate::term::scrolled_row::ScrolledRow;
use crate::term::{CursorShape, Modes, MouseEncoding, MouseTracking, Palette};

/// A terminal that is told whole sequences.
pub(in crate::term) struct Terminal {
    pub(super) emulator: Emulator,
    pub(super) size: Winsize,
    pub(super) options: ScreenOptions,
    pub(super) state: State,
    pub(super) title: String,
    pub(super) title_stack: Vec<String>,
    pub(super) replies: Replies,
    pub(super) notices: Notices,
    collecting: bool,
}

impl Terminal {
    /// An empty terminal; `size` is already within bounds.
    pub(in crate::term) fn new(size: Winsize, options: ScreenOptions) -> Self {
        Self {
            emulator: Emulator::new(size),
            size,
            options,
            state: State::default(),
            title: String::new(),
            title_stack: Vec::new(),
            replies: Replies::default(),
            notices: Notices::default(),
            collecting: false,
        }
    }

    /// Whether printed text needs to be looked at character by character.
    pub(super) fn prints_modally(&self) -> bool {
        self.state.prints_modally()
    }

    /// Gives bytes to the parser as they are. They begin and end in its ground state.
    pub(super) fn emit(&mut self, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        let outcome = self.emulator.process(bytes);
        self.after(outcome);
    }

    /// Writes a run, skipping what nobody can see. See [`fast_forward`].
    pub(super) fn write_run(&mut self, run: &[u8]) {
        let cut = if self.may_skip() { fast_forward::cut(run, self.size.rows) } else { None };
        let Some((skipped, rest)) = cut.and_then(|at| run.split_at_checked(at)) else {
            return self.write(run);
        };
        self.emit(&fast_forward::pen(skipped));
        self.emit(format!("\x1b[{};1H\n", self.size.rows).as_bytes());
        if memchr::memchr(super::scan::BEL, skipped).is_some() {
            self.notices.push(Notice::Bell);
        }
        self.write(rest);
    }

    /// Whether a line feed on the last row scrolls the whole screen and nobody wants the rows.
    fn may_skip(&self) -> bool {
        let screen = self.state.screen(self.is_alternate());
        self.options.fast_forward
            && !self.collecting
            && !self.prints_modally()
            && screen.region.is_none()
            && !screen.origin
    }

    /// Changes the size, which is already within bounds.
    pub(in crate::term) fn resize(&mut self, size: Winsize) {
        if size == self.size {
            return;
        }
        self.size = size;
        self.state.forget_regions();
        let outcome = self.emulator.resize(size);
        self.after(outcome);
    }

    fn after(&mut self, outcome: Outcome) {
        if self.emulator.take_bell() {
            self.notices.push(Notice::Bell);
        }
        if outcome == Outcome::Rebuilt {
            let focus_events = self.state.focus_events;
            self.state = State::default();
            self.state.focus_events = focus_events;
            let outcome = self.emulator.resize(self.size);
            debug_assert_eq!(outcome, Outcome::Kept);
        }
    }

    /// Changes the colours that are answered from now on.
    pub(in crate::term) fn set_palette(&mut self, palette: Palette) {
        self.options.palette = palette;
    }

    /// Starts or stops keeping rows that scroll off the primary screen.
    pub(in crate::term) fn collect_rows(&mut self, collect: bool) {
        self.collecting = collect;
        self.emulator.collect_rows(collect);
    }

    /// Rows that scrolled off since the last call.
    pub(in crate::term) fn take_rows(&mut self) -> Vec<ScrolledRow> {
        self.emulator.take_rows()
    }

    /// Bytes to be written to the program, in stream order.
    pub(in crate::term) fn take_replies(&mut self) -> Vec<u8> {
        self.replies.take()
    }

    /// Announcements since the last call.
    pub(in crate::term) fn take_notices(&mut self) -> Vec<Notice> {
        self.notices.take()
    }

    /// The title, sanitised.
    pub(in crate::term) fn title(&self) -> &str {
        &self.title
    }

    /// Whether the program is in the middle of a frame (`?2026`).
    pub(in crate::term) const fn synchronized(&self) -> bool {
        self.state.synchronized
    }

    /// How often the parser panicked.
    pub(in crate::term) const fn resets(&self) -> u64 {
        self.emulator.resets()
    }

    /// The size in force.
    pub(in crate::term) const fn size(&self) -> Winsize {
        self.size
    }

    /// The parser's screen.
    pub(in crate::term) fn vt(&self) -> &vt100::Screen {
        self.emulator.screen()
    }

    /// Whether the alternate screen is shown.
    pub(super) fn is_alternate(&self) -> bool {
        self.vt().alternate_screen()
    }

    /// Row and column from 0; the column is at most the last one, also while a wrap is pending.
    pub(super) fn position(&self) -> (u16, u16) {
        let (row, col) = self.vt().cursor_position();
        (row, col.min(self.size.cols - 1))
    }

    /// The modes that others have to honour.
    pub(in crate::term) fn modes(&self) -> Modes {
        let vt = self.vt();
        Modes {
            alternate: vt.alternate_screen(),
            application_cursor: vt.application_cursor(),
            application_keypad: vt.application_keypad(),
            bracketed_paste: vt.bracketed_paste(),
            focus_events: self.state.focus_events,
            mouse: tracking(vt.mouse_protocol_mode()),
            mouse_encoding: encoding(vt.mouse_protocol_encoding()),
            cursor_hidden: vt.hide_cursor(),
            cursor_shape: shape(vt.cursor_style()),
        }
    }
}

const fn tracking(mode: vt100::MouseProtocolMode) -> MouseTracking {
    match mode {
        vt100::MouseProtocolMode::None => MouseTracking::Off,
        vt100::MouseProtocolMode::Press => MouseTracking::Press,
        vt100::MouseProtocolMode::PressRelease => MouseTracking::PressRelease,
        vt100::MouseProtocolMode::ButtonMotion => MouseTracking::ButtonMotion,
        vt100::MouseProtocolMode::AnyMotion => MouseTracking::AnyMotion,
    }
}

const fn encoding(encoding: vt100::MouseProtocolEncoding) -> MouseEncoding {
    match encoding {
        vt100::MouseProtocolEncoding::Default => MouseEncoding::Default,
        vt100::MouseProtocolEncoding::Utf8 => MouseEncoding::Utf8,
        vt100::MouseProtocolEncoding::Sgr => MouseEncoding::Sgr,
    }
}

const fn shape(style: vt100::CursorStyle) -> CursorShape {
    match style {
        vt100::CursorStyle::Default => CursorShape::Default,
        vt100::CursorStyle::BlinkBlock | vt100::CursorStyle::SteadyBlock => CursorShape::Block,
        vt100::CursorStyle::BlinkUnderline | vt100::CursorStyle::SteadyUnderline => {
            CursorShape::Underline
        }
        vt100::CursorStyle::BlinkVerticalBar | vt100::CursorStyle::SteadyVerticalBar => {
            CursorShape::Bar
        }
    }
}
