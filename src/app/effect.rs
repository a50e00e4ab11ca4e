//! What the dashboard wants done. The runtime does it; state and update only ask.

use bytes::Bytes;

use crate::proto::{InputKind, Offset, Request, Role, Severity};

use super::state::{MachineKey, SessionKey};

/// What a request was asked for; comes back with its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tag {
    /// A pane's attachment.
    Attach(SessionKey),
    /// A new role of a pane's attachment.
    Role(SessionKey, Role),
    /// A page of history.
    Page(SessionKey),
    /// How many rows came since a pane was paused.
    Newer(SessionKey),
    /// A search in a pane.
    Search(SessionKey),
    /// The Alerts to jump among.
    Jump(SessionKey, Jump),
    /// Where a jump's target is.
    Locate(SessionKey, Landing),
    /// The newest Alerts of a machine, for the strip.
    RecentAlerts,
    /// A new Session, which then is shown, focused and typed into.
    Create,
    /// Something whose only answer is that it worked: the words name it in a failure.
    Act(String),
    /// Upkeep whose failure shows in other ways (a lost connection, a closed channel).
    Quiet,
}

/// Which Alert to go to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Jump {
    /// Error or warning.
    pub severity: Severity,
    /// To the newer side, or to the older.
    pub forward: bool,
}

/// Where a view settles once its place is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Landing {
    /// On this Alert, a third down the pane.
    Alert {
        /// Its place in the Agent's alert log.
        sequence: u64,
    },
    /// The row at this offset back at the pane's bottom: the pane's width changed.
    Anchor(Offset),
}

/// One wish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Ask an Agent; the answer comes back as [`super::event::AppEvent::Reply`].
    Request {
        /// Which machine.
        machine: MachineKey,
        /// What.
        request: Request,
        /// What for.
        tag: Tag,
    },
    /// Send bytes to an attachment's program.
    Input {
        /// Whose.
        session: SessionKey,
        /// Which attachment.
        channel: u32,
        /// The focus when they were typed.
        epoch: u32,
        /// What they are.
        kind: InputKind,
        /// The bytes.
        bytes: Bytes,
    },
    /// Tell the machines that the focus moved: what was typed before is not to be applied any more.
    Focus {
        /// Grows with each move.
        epoch: u32,
    },
    /// Tell that an Update was applied.
    Ack {
        /// Which machine.
        machine: MachineKey,
        /// Which attachment.
        channel: u32,
        /// Which Update.
        revision: u64,
    },
    /// Try to connect now.
    Retry(MachineKey),
    /// Put text on the operator's clipboard.
    Copy(String),
    /// Ask the outer terminal for mouse events, or stop.
    Mouse(bool),
    /// Ring the outer terminal's bell.
    Bell,
    /// Draw every cell again.
    Repaint,
    /// Stop like any job; go on when continued.
    Suspend,
    /// Leave. Sessions go on.
    Quit,
}

/// Wishes in the order they came up.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Effects(Vec<Effect>);

impl Effects {
    /// Adds a wish.
    pub fn push(&mut self, effect: Effect) {
        self.0.push(effect);
    }

    /// Adds a request.
    pub fn request(&mut self, machine: MachineKey, request: Request, tag: Tag) {
        self.push(Effect::Request { machine, request, tag });
    }

    /// The wishes so far.
    #[must_use]
    pub fn as_slice(&self) -> &[Effect] {
        &self.0
    }
}

impl IntoIterator for Effects {
    type Item = Effect;
    type IntoIter = std::vec::IntoIter<Effect>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}
