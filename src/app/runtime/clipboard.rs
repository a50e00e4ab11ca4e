//! The operator's clipboard.
//!
//! Inside tmux, `tmux load-buffer -w` makes a buffer and passes it on to the terminal outside;
//! tmux ignores a bare OSC 52 by default (`set-clipboard external`). Elsewhere OSC 52 (xterm
//! ctlseqs, "Manipulate Selection Data") is sent; no terminal says whether it obeyed.

use std::io::{self, Write};
use std::process::{Command, Stdio};

use crossterm::clipboard::CopyToClipboard;
use crossterm::execute;

/// Puts `text` on its way to the clipboard; what was done, or why it was not, in a sentence.
///
/// # Errors
/// When it could not be sent.
pub fn copy(text: &str) -> Result<String, String> {
    let lines = text.lines().count();
    if std::env::var_os("TMUX").is_some() {
        return match to_tmux(text) {
            Ok(()) => Ok(format!("{lines} lines are in tmux's buffer and were sent on")),
            Err(error) => Err(format!("nothing was copied: tmux load-buffer: {error}")),
        };
    }
    match execute!(io::stdout(), CopyToClipboard::to_clipboard_from(text)) {
        Ok(()) => Ok(format!("{lines} lines were sent to the terminal's clipboard (OSC 52)")),
        Err(error) => Err(format!("nothing was copied: {error}")),
    }
}

fn to_tmux(text: &str) -> io::Result<()> {
    let mut tmux = Command::new("tmux")
        .args(["load-buffer", "-w", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    if let Some(mut stdin) = tmux.stdin.take() {
        stdin.write_all(text.as_bytes())?;
    }
    match tmux.wait()? {
        status if status.success() => Ok(()),
        status => Err(io::Error::other(status.to_string())),
    }
}
