//! Taking the terminal over, and giving it back whatever happens.

use std::io::{self, IsTerminal, Write};
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};

use crossterm::terminal;

use crate::term::contains_panics;

/// What to say when there is no terminal.
const NO_TERMINAL: &str =
    "watchdeck needs a terminal; in scripts use its verbs, for example `watchdeck ls --json`";

/// Alternate screen (`?1049`), bracketed paste (`?2004`), focus events (`?1004`), cursor hidden
/// (`?25`): xterm ctlseqs, "Functions using CSI", DECSET.
const ENTER: &str = "\x1b[?1049h\x1b[?2004h\x1b[?1004h\x1b[?25l";
/// All of it back: attributes (SGR 0), the cursor's shape (DECSCUSR 0), synchronized output
/// (`?2026`) in case a frame was cut, then [`ENTER`] in reverse.
const LEAVE: &str = "\x1b[?2026l\x1b[?1006l\x1b[?1002l\x1b[?1000l\x1b[m\x1b[0 q\x1b[?25h\x1b[?1004l\x1b[?2004l\x1b[?1049l";
/// Presses, releases and drags (`?1000`, `?1002`) in SGR form (`?1006`). Bare motion (`?1003`)
/// is not asked for: over a slow line each move of the hand would cost.
const MOUSE_ON: &str = "\x1b[?1000h\x1b[?1002h\x1b[?1006h";
const MOUSE_OFF: &str = "\x1b[?1006l\x1b[?1002l\x1b[?1000l";

/// Whether the terminal is ours now; read by the panic hook, which knows nothing else.
static TAKEN: AtomicBool = AtomicBool::new(false);
static HOOK: Once = Once::new();

/// The terminal as it is while it is not ours.
#[derive(Debug)]
pub struct Outside;

impl Outside {
    /// Whether there is a terminal to take over.
    ///
    /// # Errors
    /// When input or output is something else.
    pub fn check() -> io::Result<Self> {
        match io::stdin().is_terminal() && io::stdout().is_terminal() {
            true => Ok(Self),
            false => Err(io::Error::new(io::ErrorKind::Unsupported, NO_TERMINAL)),
        }
    }
}

/// The taken-over terminal; given back when dropped, on a panic before its message is printed.
#[derive(Debug)]
pub struct Guard {
    mouse: bool,
}

impl Guard {
    /// Takes the terminal over.
    ///
    /// # Errors
    /// When it cannot be set to raw mode or written to.
    pub fn enter(_: Outside, mouse: bool) -> io::Result<Self> {
        HOOK.call_once(|| {
            let print = std::panic::take_hook();
            std::panic::set_hook(Box::new(move |panic| {
                // A contained fault costs one pane its picture; the dashboard goes on.
                if !contains_panics() {
                    give_back();
                    print(panic);
                }
            }));
        });
        let guard = Self { mouse };
        guard.resume()?;
        Ok(guard)
    }

    /// Takes the terminal over again, after a stop.
    ///
    /// # Errors
    /// See [`Guard::enter`].
    pub fn resume(&self) -> io::Result<()> {
        terminal::enable_raw_mode()?;
        TAKEN.store(true, Ordering::SeqCst);
        write(ENTER)?;
        if self.mouse { write(MOUSE_ON) } else { Ok(()) }
    }

    /// Gives the terminal back for a while.
    pub fn pause(&self) {
        give_back();
    }

    /// Asks for mouse events, or stops.
    ///
    /// # Errors
    /// When the terminal cannot be written to.
    pub fn set_mouse(&mut self, on: bool) -> io::Result<()> {
        self.mouse = on;
        write(if on { MOUSE_ON } else { MOUSE_OFF })
    }

    /// Rings the bell.
    ///
    /// # Errors
    /// When the terminal cannot be written to.
    pub fn ring(&self) -> io::Result<()> {
        write("\x07")
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        give_back();
    }
}

/// Gives the terminal back, once. Errors have nobody to go to: the terminal itself is gone.
fn give_back() {
    if TAKEN.swap(false, Ordering::SeqCst) {
        let _ = write(LEAVE);
        let _ = terminal::disable_raw_mode();
    }
}

fn write(sequences: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(sequences.as_bytes())?;
    out.flush()
}
