//! A [`Terminal`] in a checkpoint.

use super::state::{Saved, ScreenState, State};
use super::strings::{MAX_TITLE, MAX_TITLE_STACK};
use super::terminal::Terminal;
use crate::proto::pack::{Input, Pack, PackError, flags, put_bytes, put_number};
use crate::proto::{CheckpointError, Winsize};
use crate::term::charset::Charsets;
use crate::term::emulator::{Emulator, Tracked};
use crate::term::pen::Pen;
use crate::term::screen::ScreenOptions;
use crate::term::single_line;
use crate::term::tabs::TabStops;

/// Most bytes of a title.
const TITLE_BYTES: usize = 4 * MAX_TITLE;

impl Terminal {
    /// Appends all state but the options, answers and notices. `None` where the parser's state could
    /// not be brought back.
    pub(in crate::term) fn pack(&self, out: &mut Vec<u8>) -> Option<()> {
        put_number(out, u64::from(self.size.rows));
        put_number(out, u64::from(self.size.cols));
        self.state.pack(out);
        put_bytes(out, self.title.as_bytes());
        put_number(out, self.title_stack.len() as u64);
        self.title_stack.iter().for_each(|title| put_bytes(out, title.as_bytes()));
        self.emulator.pack(self.state.tracked(), out)
    }

    /// The terminal that [`Terminal::pack`] wrote.
    pub(in crate::term) fn unpack(
        input: &mut Input<'_>,
        options: ScreenOptions,
    ) -> Result<Self, CheckpointError> {
        let size = Winsize::new(
            input.small("rows", Winsize::MAX.rows)?,
            input.small("columns", Winsize::MAX.cols)?,
        );
        if size != size.clamped() {
            return Err(PackError::OutOfRange("size").into());
        }
        let state = State::unpack(input)?;
        let title = title(input)?;
        let stack = input.small("title stack", MAX_TITLE_STACK as u16)?;
        let title_stack = (0..stack).map(|_| self::title(input)).collect::<Result<_, _>>()?;
        let mut terminal = Self::new(size, options);
        terminal.emulator = Emulator::unpack(size, state.tracked(), input)?;
        (terminal.state, terminal.title, terminal.title_stack) = (state, title, title_stack);
        Ok(terminal)
    }
}

fn title(input: &mut Input<'_>) -> Result<String, PackError> {
    Ok(single_line(input.text("title", TITLE_BYTES)?, MAX_TITLE))
}

impl State {
    /// What the parser's state depends on, of the primary and the alternate screen.
    fn tracked(&self) -> [Tracked; 2] {
        self.screens.each_ref().map(|screen| Tracked {
            region: screen.region,
            origin: screen.origin,
            saved_origin: screen.saved.origin,
        })
    }
}

impl Pack for State {
    fn pack(&self, out: &mut Vec<u8>) {
        out.push(flags([
            self.insert,
            self.no_wrap,
            self.newline,
            self.focus_events,
            self.synchronized,
        ]));
        self.charsets.pack(out);
        self.tabs.pack(out);
        self.screens.iter().for_each(|screen| screen.pack(out));
    }

    fn unpack(input: &mut Input<'_>) -> Result<Self, PackError> {
        let [insert, no_wrap, newline, focus_events, synchronized] = input.flags("modes")?;
        Ok(Self {
            insert,
            no_wrap,
            newline,
            focus_events,
            synchronized,
            charsets: Charsets::unpack(input)?,
            tabs: TabStops::unpack(input)?,
            screens: [ScreenState::unpack(input)?, ScreenState::unpack(input)?],
        })
    }
}

impl Pack for ScreenState {
    fn pack(&self, out: &mut Vec<u8>) {
        out.push(flags([self.origin, self.saved.origin, self.region.is_some()]));
        let (top, bottom) = self.region.unwrap_or_default();
        for number in [top, bottom, self.saved.position.0, self.saved.position.1] {
            put_number(out, u64::from(number));
        }
        self.saved.charsets.pack(out);
        self.saved.pen.pack(out);
    }

    fn unpack(input: &mut Input<'_>) -> Result<Self, PackError> {
        let [origin, saved_origin, has_region] = input.flags("origin mode")?;
        let mut row = |what| input.small(what, Winsize::MAX.rows);
        let region = (row("region")?, row("region")?);
        if has_region && region.0 >= region.1 {
            return Err(PackError::OutOfRange("region"));
        }
        let position = (row("saved row")?, input.small("saved column", Winsize::MAX.cols)?);
        let (charsets, pen) = (Charsets::unpack(input)?, Pen::unpack(input)?);
        let saved = Saved { charsets, origin: saved_origin, position, pen };
        Ok(Self { region: has_region.then_some(region), origin, saved })
    }
}
