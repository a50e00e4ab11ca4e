//! What a client sends in frames: input, its focus, and how much it can take.

use crate::net::LinkError;
use crate::proto::{ErrorCode, Frame, InputKind, WireError};
use crate::term::answer_shaped;

use super::super::authorize::Wish;
use super::{Connection, no_channel, respond};

impl Connection {
    pub(super) async fn frame(&mut self, frame: Frame) -> Result<(), LinkError> {
        match frame {
            Frame::Input { channel, id, seq, epoch, kind, bytes } => {
                let length = bytes.len();
                let result = match self.focused(epoch).and(self.whole(channel, seq, kind)) {
                    Ok(()) => self.input(channel, seq, kind, bytes).await,
                    Err(error) => Err(error),
                };
                self.trail.input(channel, length, &result);
                self.torn = match (&result, kind) {
                    (Err(error), InputKind::Paste) => Some((channel, seq, error.clone())),
                    _ => None,
                };
                match result {
                    Ok(()) => Ok(()),
                    // Not taken, and not refused: the client sends it again to the Agent after this one.
                    Err(_) if self.agent.goodbye.borrow().is_some() => Ok(()),
                    Err(error) => {
                        if let Some(attachment) = self.attachments.get(&channel) {
                            attachment.refused(seq);
                        }
                        respond(&self.sender, id, Err(error)).await
                    }
                }
            }
            Frame::Focus { epoch, .. } => {
                self.epoch = self.epoch.max(epoch);
                Ok(())
            }
            Frame::Ack { channel, revision } => {
                if let Some(attachment) = self.attachments.get(&channel) {
                    attachment.acknowledge(revision);
                }
                Ok(())
            }
            Frame::Credit { channel, bytes } => {
                if let Some(tail) = self.tails.get(&channel) {
                    tail.credit(bytes);
                }
                Ok(())
            }
            // Kinds that only an Agent sends.
            Frame::Update { .. }
            | Frame::Output { .. }
            | Frame::Gap { .. }
            | Frame::Applied { .. }
            | Frame::Timed { .. }
            | Frame::Resized { .. } => Ok(()),
        }
    }

    /// What was typed before the focus moved must not be applied after it (reliability, T9 and T33).
    pub(super) fn focused(&mut self, epoch: u32) -> Result<(), WireError> {
        if epoch < self.epoch {
            let sentence = "it was typed before the focus moved, and is not applied after it";
            return Err(WireError::new(ErrorCode::InvalidRequest, sentence));
        }
        self.epoch = epoch;
        Ok(())
    }

    /// Of a paste that comes in pieces, nothing follows a piece that was refused: a program must not get
    /// just the end of it.
    fn whole(&self, channel: u32, seq: u64, kind: InputKind) -> Result<(), WireError> {
        match &self.torn {
            Some((of, before, why))
                if kind == InputKind::Paste && *of == channel && before + 1 == seq =>
            {
                Err(why.clone())
            }
            _ => Ok(()),
        }
    }

    pub(super) async fn input(
        &self,
        channel: u32,
        seq: u64,
        kind: InputKind,
        bytes: bytes::Bytes,
    ) -> Result<(), WireError> {
        let attachment = self.attachments.get(&channel).ok_or_else(|| no_channel(channel))?;
        self.decide(Some(attachment.role()), Wish::Input(kind))?;
        if kind == InputKind::Keys && answer_shaped(&bytes) {
            // A terminal's late answer, not something a person typed.
            return Err(WireError::new(
                ErrorCode::InvalidRequest,
                "what reads like a terminal's answer is never sent to a program",
            ));
        }
        attachment.write(seq, bytes).await
    }
}
