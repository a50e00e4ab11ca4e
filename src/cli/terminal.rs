//! The terminal this program runs in.

use std::io::IsTerminal;

use crate::proto::Winsize;

/// Whether somebody can look and type here: standard input and output are a terminal.
#[must_use]
pub fn is_interactive() -> bool {
    std::io::stdin().is_terminal() && std::io::stdout().is_terminal()
}

/// Size of the terminal on standard output; `None` where there is none or it does not tell.
#[must_use]
pub fn size() -> Option<Winsize> {
    let size = rustix::termios::tcgetwinsize(std::io::stdout()).ok()?;
    let size = Winsize::new(size.ws_row, size.ws_col);
    (size.rows > 0 && size.cols > 0).then_some(size)
}
