//! Input on its way to a Session's program.

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
        self.refuse_long_line(&input.bytes)?;
        let full =
            |error| WireError::new(ErrorCode::LimitExceeded, format!("{}: {error}", self.name()));
        let permit =
            self.holder.reserve(input.source, input.seq, input.bytes.len()).map_err(full)?;
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
    /// without a word (reliability, F17). We say it instead.
    fn refuse_long_line(&self, bytes: &[u8]) -> Result<(), WireError> {
        let line = bytes.split(|byte| matches!(byte, b'\r' | b'\n')).map(<[u8]>::len).max();
        let Some(line) = line.filter(|line| *line > LINE_MAX) else { return Ok(()) };
        if !self.holder.gathers_lines() {
            return Ok(());
        }
        let sentence = format!(
            "nothing was sent: {} reads whole lines, of which the kernel keeps {LINE_MAX} bytes, and one line \
             has {line}; send it in shorter lines",
            self.name()
        );
        Err(WireError::new(ErrorCode::InvalidRequest, sentence))
    }
}
