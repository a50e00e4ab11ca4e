//! What a program told the terminal beside its screen.

use std::collections::VecDeque;
use std::mem::discriminant;

use serde::{Deserialize, Serialize};

/// Something a program announced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Notice {
    /// The bell rang, at least once since the notices were last taken.
    Bell,
    /// The title is now this (OSC 0, OSC 2, `ESC k`).
    Title(String),
    /// The working directory is now this absolute path (OSC 7).
    Cwd(String),
    /// This text is meant for the clipboard (OSC 52).
    Clipboard(String),
    /// The shell passed a point of its prompt cycle (OSC 133).
    Prompt(PromptMark),
    /// A message for the user's attention (OSC 9, OSC 777).
    Notification(String),
}

/// Points of a shell's prompt cycle (FinalTerm semantic prompts, OSC 133).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PromptMark {
    /// `A`: the prompt begins.
    PromptStart,
    /// `B`: the prompt ended, the user's command line begins.
    CommandStart,
    /// `C`: the command runs, its output begins.
    OutputStart,
    /// `D`: the command ended, with its exit code where the shell gave one.
    CommandEnd(Option<i32>),
}

impl Notice {
    /// Whether only the last of its kind matters.
    const fn supersedes(&self) -> bool {
        matches!(self, Self::Bell | Self::Title(_) | Self::Cwd(_) | Self::Clipboard(_))
    }
}

/// Notices that wait to be taken, oldest first; beyond [`Notices::MAX`] the oldest are lost.
#[derive(Debug, Default)]
pub(super) struct Notices {
    waiting: VecDeque<Notice>,
}

impl Notices {
    const MAX: usize = 64;

    /// Adds a notice; one that supersedes replaces the earlier one of its kind.
    pub(super) fn push(&mut self, notice: Notice) {
        if notice.supersedes() {
            let kind = discriminant(&notice);
            self.waiting.retain(|earlier| discriminant(earlier) != kind);
        }
        if self.waiting.len() == Self::MAX {
            self.waiting.pop_front();
        }
        self.waiting.push_back(notice);
    }

    /// Takes all that wait.
    pub(super) fn take(&mut self) -> Vec<Notice> {
        self.waiting.drain(..).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_titles_replace_earlier_ones_and_prompts_keep_their_order() {
        let mut notices = Notices::default();
        notices.push(Notice::Title("a".into()));
        notices.push(Notice::Prompt(PromptMark::PromptStart));
        notices.push(Notice::Bell);
        notices.push(Notice::Bell);
        notices.push(Notice::Prompt(PromptMark::CommandEnd(Some(1))));
        notices.push(Notice::Title("b".into()));
        assert_eq!(
            notices.take(),
            [
                Notice::Prompt(PromptMark::PromptStart),
                Notice::Bell,
                Notice::Prompt(PromptMark::CommandEnd(Some(1))),
                Notice::Title("b".into()),
            ]
        );
        assert!(notices.take().is_empty());
    }

    #[test]
    fn waiting_notices_are_bounded() {
        let mut notices = Notices::default();
        for code in 0..1000 {
            notices.push(Notice::Prompt(PromptMark::CommandEnd(Some(code))));
        }
        let taken = notices.take();
        assert_eq!(taken.len(), Notices::MAX);
        assert_eq!(taken.last(), Some(&Notice::Prompt(PromptMark::CommandEnd(Some(999)))));
    }
}
