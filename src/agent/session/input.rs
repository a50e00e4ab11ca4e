//! Input on its way to a Session's program.

use std::sync::atomic::Ordering;

use chrono::Utc;

use crate::proto::{ErrorCode, WireError};

use super::super::holder::Life;
use super::super::recording;
use super::{Command, Input, Session};

/// Bytes of a line that the kernel keeps for a program that reads whole lines (N_TTY_BUF_SIZE, less one).
const LINE_MAX: usize = 4095;

impl Session {
    /// Queues input for the program, whole or not at all.
    ///
    /// # Errors
    /// When the program is over, or does not read and its queue is full, or would get only part of it.
    pub async fn write(&self, input: Input) -> Result<(), WireError> {
        if *self.holder.life().borrow() != Life::Running {
            let sentence = format!("the program of {} has ended", self.name());
            return Err(WireError::new(ErrorCode::SessionEnded, sentence));
        }
        recording::permit(self.facts().recording.as_ref())?;
        let begun = self.refuse_long_line(&input.bytes)?;
        let full =
            |error| WireError::new(ErrorCode::LimitExceeded, format!("{}: {error}", self.name()));
        let permit =
            self.holder.reserve(input.source, input.seq, input.bytes.len()).map_err(full)?;
        // Only now: input that finds no room begins no line.
        self.line.store(begun, Ordering::Relaxed);
        let echoes = self.holder.echoes();
        if echoes {
            self.echoes.typed(self.log().range().1, &input.bytes);
        }
        self.facts().last_input_at = Some(Utc::now());
        // By way of the task that counts: it must know what was typed before the echo can come.
        let sent = self.commands.send(Command::Typed { input, echoes, permit }).await;
        sent.map_err(|_| WireError::new(ErrorCode::SessionNotFound, "the session was removed"))
    }

    /// The kernel keeps 4095 bytes of a line for a program that reads whole lines, and drops the rest
    /// without a word (reliability, F17). We say it instead, also when a line comes in several pieces.
    /// Returns how long the line is that is begun after these bytes.
    fn refuse_long_line(&self, bytes: &[u8]) -> Result<usize, WireError> {
        if !self.holder.gathers_lines() {
            return Ok(0);
        }
        let (begun, longest) = gathered(self.line.load(Ordering::Relaxed), bytes);
        if longest <= LINE_MAX {
            return Ok(begun);
        }
        let sentence = format!(
            "it was not sent: {} reads whole lines, of which the kernel keeps {LINE_MAX} bytes, and one line \
             has {longest}; send it in shorter lines",
            self.name()
        );
        Err(WireError::new(ErrorCode::InvalidRequest, sentence))
    }
}

/// How long the line is that is begun after `bytes` come to one of length `begun`, and the longest one
/// that there is meanwhile (termios(3), ICANON with the usual control characters).
fn gathered(begun: usize, bytes: &[u8]) -> (usize, usize) {
    bytes.iter().fold((begun, begun), |(line, longest), byte| {
        let line = match byte {
            // Ended (CR, LF, Ctrl-D) or thrown away (Ctrl-C, Ctrl-U, Ctrl-Z, Ctrl-\).
            b'\r' | b'\n' | 0x04 | 0x03 | 0x15 | 0x1a | 0x1c => 0,
            0x08 | 0x7f => line.saturating_sub(1),
            _ => line + 1,
        };
        (line, longest.max(line))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_followed_over_pieces() {
        for (begun, bytes, expected) in [
            (0, &b"abc"[..], (3, 3)),
            (3, b"de\rf", (1, 5)),
            (4090, b"123456", (4096, 4096)),
            (4090, b"\x15123", (3, 4090)),
            (1, b"\x7f\x7fa", (1, 1)),
            (7, b"", (7, 7)),
        ] {
            assert_eq!(gathered(begun, bytes), expected, "{bytes:?}");
        }
    }
}
