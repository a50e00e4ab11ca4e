//! A pane: the attachment behind it, its screen, and how the operator looks at it.

use std::time::Duration;

use crate::proto::{Role, Winsize};
use crate::term::{Replica, RowSet, View};
use crate::widgets::Pan;

use super::{History, Search};

/// How long a short answer to a key stays in the pane's frame.
pub const NOTE_FOR: Duration = Duration::from_secs(4);

/// Where a pane's attachment is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Attachment {
    /// Not asked for.
    #[default]
    Off,
    /// Asked for, with this size and pace.
    Waiting {
        /// The view's size, as the Agent was told.
        size: Winsize,
        /// Updates a second, as the Agent was told.
        fps: u8,
    },
    /// Updates come on this channel, and this size and pace were told to the Agent.
    On {
        /// The channel on the machine's present connection.
        channel: u32,
        /// The view's size, as the Agent knows it.
        size: Winsize,
        /// Updates a second, as the Agent knows it.
        fps: u8,
    },
    /// The Agent refused, or closed it; asked for again when the machine reconnects.
    Failed(String),
}

/// The Alert that a view jumped to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AtAlert {
    /// Its place in the Agent's alert log.
    pub sequence: u64,
    /// Its row, counted from the bottom of the rendering.
    pub up: u32,
}

/// A Session's pane. Kept while its Session is on the board, drawn or not.
pub struct Pane {
    /// The role it has, or will ask for.
    pub role: Role,
    /// The role that was wished for before there was an attachment to ask it for.
    pub wish: Option<Role>,
    /// The attachment.
    pub attachment: Attachment,
    /// Applies Updates.
    pub replica: Replica,
    /// The live screen as last drawn by the program; `None` before the first Update.
    pub screen: Option<View>,
    /// RowSet of `screen` that look different since they were last drawn.
    pub stale: RowSet,
    /// Where the operator moved the view of a larger screen; `None` keeps the cursor in sight.
    pub pan: Option<Pan>,
    /// Scrolled back; `None` follows the output.
    pub history: Option<History>,
    /// The last search.
    pub search: Option<Search>,
    /// The Alert that was jumped to.
    pub at_alert: Option<AtAlert>,
    /// A short answer to the last key, and when it goes (monotonic).
    pub note: Option<(String, Duration)>,
}

impl std::fmt::Debug for Pane {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { role, attachment, history, .. } = self;
        let mut pane = f.debug_struct("Pane");
        pane.field("role", role).field("attachment", attachment).field("history", history);
        pane.finish_non_exhaustive()
    }
}

impl Pane {
    /// A pane that nothing is known of yet.
    #[must_use]
    pub fn new(role: Role) -> Self {
        Self {
            role,
            wish: None,
            attachment: Attachment::Off,
            replica: Replica::new(Winsize::default()),
            screen: None,
            stale: RowSet::default(),
            pan: None,
            history: None,
            search: None,
            at_alert: None,
            note: None,
        }
    }

    /// The channel that input and requests go to, once attached.
    #[must_use]
    pub const fn channel(&self) -> Option<u32> {
        match self.attachment {
            Attachment::On { channel, .. } => Some(channel),
            Attachment::Off | Attachment::Waiting { .. } | Attachment::Failed(_) => None,
        }
    }

    /// The connection broke: channels and screens in transit mean nothing any more. The last
    /// screen stays to be looked at.
    pub fn disconnect(&mut self) {
        self.attachment = Attachment::Off;
        self.replica = Replica::new(Winsize::default());
        if let Some(history) = &mut self.history {
            history.forget_questions();
        }
    }

    /// Back to the live screen.
    pub fn follow(&mut self) {
        self.history = None;
        self.at_alert = None;
        if let Some(search) = &mut self.search {
            search.current = None;
        }
    }

    /// The short answer at `now`.
    #[must_use]
    pub fn note_at(&self, now: Duration) -> Option<&str> {
        self.note.as_ref().filter(|(_, until)| *until > now).map(|(text, _)| text.as_str())
    }

    /// Where the view of a screen larger than `content` begins: where the operator moved it, else
    /// so that the cursor is in sight.
    #[must_use]
    pub fn pan_in(&self, content: Winsize) -> Pan {
        let Some(screen) = &self.screen else { return Pan::default() };
        let size = screen.size();
        let most = Pan {
            rows: size.rows.saturating_sub(content.rows),
            cols: size.cols.saturating_sub(content.cols),
        };
        let wanted = self.pan.unwrap_or_else(|| {
            let (row, col) = screen.cursor().unwrap_or((0, 0));
            Pan {
                rows: (row + 1).saturating_sub(content.rows),
                cols: (col + 1).saturating_sub(content.cols),
            }
        });
        Pan { rows: wanted.rows.min(most.rows), cols: wanted.cols.min(most.cols) }
    }
}
