//! The parser's state in a checkpoint.
//!
//! vt100 0.18.1 hands out the cells, wrap flags, cursor, pen and modes of the screen that is shown.
//! The rest is read from a copy by making it show: the other screen by `CSI ? 47`, a saved cursor by
//! `ESC 8`, the character that REP repeats by REP. The scrolling region and origin mode are kept by
//! the filter ([`Tracked`]). What the parser saves of the pen (`ESC 7`) is left out: the filter
//! restores that itself.
//!
//! Reading back is done by sequences too, there is no other way in. Nearly every state can be reached
//! by them. The exception is a cursor that waits behind the last column (a pending wrap) of a row
//! whose last cell is empty again, while another place is saved: then there is no checkpoint.

mod cells;
mod hidden;
mod place;

use super::{Emulator, Outcome};
use crate::proto::pack::{Input, Pack, PackError, flags, put_number};
use crate::proto::{CheckpointError, Winsize};
use crate::term::pen::Pen;
use hidden::Hidden;

/// What the filter knows of a screen and the parser does not tell.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::term) struct Tracked {
    /// Scrolling region, first and last row from 0; `None` is the whole screen.
    pub(in crate::term) region: Option<(u16, u16)>,
    /// Rows are counted from the region's first (DECOM).
    pub(in crate::term) origin: bool,
    /// Origin mode as DECSC saved it.
    pub(in crate::term) saved_origin: bool,
}

/// What one of the two screens keeps for itself, besides its cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Cursors {
    /// Row and column from 0; the column equals the width while a wrap is pending.
    at: (u16, u16),
    /// What DECSC saved.
    saved: (u16, u16),
}

const NOT_REACHED: CheckpointError = CheckpointError::Impossible("no sequences lead to its state");

impl Emulator {
    /// Appends all state; `tracked` is that of the primary and the alternate screen. `None` where
    /// the state could not be brought back.
    pub(in crate::term) fn pack(&self, tracked: [Tracked; 2], out: &mut Vec<u8>) -> Option<()> {
        let screen = self.screen();
        let mut hidden = Hidden::of(screen);
        let last = Hidden::of(screen).last_printed();
        put_number(out, self.resets);
        pack_modes(screen, out);
        Pen::of_screen(screen).pack(out);
        put_number(out, last.map_or(0, |last| u64::from(u32::from(last))));
        for (alternate, tracked) in [false, true].into_iter().zip(tracked) {
            let is_shown = alternate == screen.alternate_screen();
            let mut cursors = hidden.cursors(alternate);
            let screen = hidden.show(alternate);
            if !is_shown && !tracked.origin {
                // The column is of no use: whoever changes to this screen places the cursor there,
                // see `filter::alternate`. The row counts when the terminal is resized.
                cursors.at.1 = 0;
            }
            place::is_reached(screen, cursors, tracked, is_shown.then_some(last))?;
            cursors.pack(out);
            cells::pack(screen, out)?;
        }
        Some(())
    }

    /// The parser of `size` whose state [`Emulator::pack`] wrote.
    pub(in crate::term) fn unpack(
        size: Winsize,
        tracked: [Tracked; 2],
        input: &mut Input<'_>,
    ) -> Result<Self, CheckpointError> {
        let mut emulator = Self::new(size);
        emulator.resets = input.number("panics", u64::MAX >> 1)?;
        let Modes { alternate, mut sequences } = Modes::unpack(input)?;
        let pen = Pen::unpack(input)?;
        let last = character(input)?;
        let [primary, other] = tracked;
        let [primary, other] =
            [Drawn::unpack(input, size, primary)?, Drawn::unpack(input, size, other)?];
        // The screen that is shown comes last: its cursor may depend on what was printed last.
        if alternate {
            emulator.draw(b"\x1b[?47l", &primary, None)?;
            emulator.draw(b"\x1b[?47h", &other, Some(last))?;
        } else {
            emulator.draw(b"\x1b[?47h", &other, None)?;
            emulator.draw(b"\x1b[?47l", &primary, Some(last))?;
        }
        pen.sgr(&mut sequences);
        emulator.reach(&sequences)?;
        Ok(emulator)
    }

    /// Draws one screen behind the sequence that shows it; `last` as for [`place::sequences`].
    fn draw(
        &mut self,
        show: &[u8],
        drawn: &Drawn,
        last: Option<Option<char>>,
    ) -> Result<(), CheckpointError> {
        self.reach(show)?;
        self.reach(&drawn.sequences)?;
        let place = place::sequences(self.screen(), drawn.cursors, drawn.tracked, last);
        self.reach(&place.ok_or(NOT_REACHED)?)
    }

    fn reach(&mut self, bytes: &[u8]) -> Result<(), CheckpointError> {
        match self.process(bytes) {
            Outcome::Kept => Ok(()),
            Outcome::Rebuilt => Err(NOT_REACHED),
        }
    }
}

/// One of the two screens as it was read.
struct Drawn {
    tracked: Tracked,
    cursors: Cursors,
    /// What saves its cursor and draws its cells.
    sequences: Vec<u8>,
}

impl Drawn {
    fn unpack(input: &mut Input<'_>, size: Winsize, tracked: Tracked) -> Result<Self, PackError> {
        let cursors = Cursors::unpack(input, size)?;
        let mut sequences = Vec::new();
        place::save(tracked, cursors, size, &mut sequences);
        cells::unpack(input, size, &mut sequences)?;
        Ok(Self { tracked, cursors, sequences })
    }
}

/// The character that REP repeats; 0 stands for none.
fn character(input: &mut Input<'_>) -> Result<Option<char>, PackError> {
    let what = "last character";
    match input.number(what, u64::from(u32::MAX))? as u32 {
        0 => Ok(None),
        code => {
            let printed = char::from_u32(code).filter(|c| !c.is_control());
            printed.map(Some).ok_or(PackError::OutOfRange(what))
        }
    }
}

impl Cursors {
    fn pack(self, out: &mut Vec<u8>) {
        for number in [self.at.0, self.at.1, self.saved.0, self.saved.1] {
            put_number(out, u64::from(number));
        }
    }

    fn unpack(input: &mut Input<'_>, size: Winsize) -> Result<Self, PackError> {
        let mut position = |what| -> Result<(u16, u16), PackError> {
            Ok((input.small(what, size.rows - 1)?, input.small(what, size.cols)?))
        };
        Ok(Self { at: position("cursor")?, saved: position("saved cursor")? })
    }
}

/// Modes, and the sequences that set them.
struct Modes {
    alternate: bool,
    sequences: Vec<u8>,
}

fn pack_modes(screen: &vt100::Screen, out: &mut Vec<u8>) {
    use vt100::{MouseProtocolEncoding as Encoding, MouseProtocolMode as Mouse};
    out.push(flags([
        screen.alternate_screen(),
        screen.application_cursor(),
        screen.application_keypad(),
        screen.bracketed_paste(),
        screen.hide_cursor(),
    ]));
    out.push(match screen.mouse_protocol_mode() {
        Mouse::None => 0,
        Mouse::Press => 1,
        Mouse::PressRelease => 2,
        Mouse::ButtonMotion => 3,
        Mouse::AnyMotion => 4,
    });
    out.push(match screen.mouse_protocol_encoding() {
        Encoding::Default => 0,
        Encoding::Utf8 => 1,
        Encoding::Sgr => 2,
    });
    out.push(crate::term::query::cursor_style(screen.cursor_style()));
}

impl Modes {
    fn unpack(input: &mut Input<'_>) -> Result<Self, PackError> {
        let [alternate, cursor, keypad, paste, hidden] = input.flags("modes")?;
        let mouse = ["", "\x1b[?9h", "\x1b[?1000h", "\x1b[?1002h", "\x1b[?1003h"];
        let encoding = ["", "\x1b[?1005h", "\x1b[?1006h"];
        let mut choice = |what, choices: &[&'static str]| {
            let index = usize::from(input.byte(what)?);
            choices.get(index).copied().ok_or(PackError::OutOfRange(what))
        };
        let (mouse, encoding) =
            (choice("mouse mode", &mouse)?, choice("mouse encoding", &encoding)?);
        let style = input.small("cursor style", 6)?;
        let on = |on: bool, sequence: &'static str| if on { sequence } else { "" };
        let sequences = [
            on(cursor, "\x1b[?1h"),
            on(keypad, "\x1b="),
            on(paste, "\x1b[?2004h"),
            on(hidden, "\x1b[?25l"),
            mouse,
            encoding,
            &format!("\x1b[{style} q"),
        ];
        Ok(Self { alternate, sequences: sequences.concat().into_bytes() })
    }
}
