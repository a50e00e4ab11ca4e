//! A [`Screen`] written down, so that it need not be drawn again from a Log that has lost its
//! beginning.
//!
//! ```text
//! form         byte, [`FORM`]
//! size         rows, cols
//! tracked      modes, character sets, tab stops; region, origin and saved cursor of both screens
//! title        text, then the titles on the stack
//! parser       modes, pen, last character; cursors and cells of both screens
//! held         flag, bytes of a begun sequence or character
//! ```
//!
//! Left out are the options, and the answers and notices that wait: whoever writes checkpoints has
//! taken them. A change to what is written needs a new form.

use super::{Filter, Screen, ScreenOptions, Terminal};
use crate::proto::CheckpointError;
use crate::proto::pack::Input;

/// The form that is written and read.
const FORM: u8 = 1;

/// Most bytes of what does not grow with the size of the screen: titles, tab stops, modes.
const BASE_MAX: usize = 16 << 10;
/// Bytes for each cell beyond which nothing is written down. A picture in true colours needs 11.
const CELL_MAX: usize = 12;

impl Screen {
    /// Writes down all that decides what this screen shows and what it will show of further output.
    ///
    /// `None` where that cannot be, so that an earlier checkpoint must do: inside a control string;
    /// where both screens are full of true colours or of piled accents; and in a few states of the
    /// cursor that programs do not leave it in, which the parser cannot be brought back to.
    ///
    /// A screen of 50 by 200 takes some 5 to 10 KiB of text or 110 KiB of a picture, and about a
    /// millisecond: this is for now and then, not for each burst of output.
    #[must_use]
    pub fn checkpoint(&self) -> Option<Vec<u8>> {
        let mut out = vec![FORM];
        self.terminal.pack(&mut out)?;
        self.filter.pack(&mut out)?;
        let size = self.size();
        let cells = usize::from(size.rows) * usize::from(size.cols);
        (out.len() <= BASE_MAX + CELL_MAX * cells).then_some(out)
    }

    /// The screen of a checkpoint. What is fed next is what stood behind the bytes that had been fed
    /// before it; nothing that was announced or asked before it is told or answered again.
    ///
    /// # Errors
    /// [`CheckpointError`] for anything that [`Screen::checkpoint`] of this version does not write.
    /// Allocates no more than a screen of the size it tells, and a small multiple of `bytes`.
    pub fn restore(bytes: &[u8], options: ScreenOptions) -> Result<Self, CheckpointError> {
        let mut input = Input(bytes);
        input.form(FORM)?;
        let terminal = Terminal::unpack(&mut input, options)?;
        let filter = Filter::unpack(&mut input)?;
        input.end()?;
        Ok(Self { filter, terminal })
    }
}
