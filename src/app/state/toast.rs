//! Short messages, and the list of those that were.

use std::collections::VecDeque;
use std::time::Duration;

use crate::widgets::Tone;

/// How long a message stays.
pub const TOAST_FOR: Duration = Duration::from_secs(4);
/// Messages kept for `:messages`.
const KEPT: usize = 200;
/// Messages on screen at once.
const ON_SCREEN: usize = 3;

/// One message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// How serious it is.
    pub tone: Tone,
    /// A sentence.
    pub text: String,
    /// Local time, `HH:MM:SS`.
    pub at: String,
    /// Gone from the screen from then on (monotonic).
    pub until: Duration,
}

/// All messages.
#[derive(Debug, Clone, Default)]
pub struct Messages(VecDeque<Message>);

impl Messages {
    /// Adds a message. The same text again only renews the last one, so that a key held down
    /// does not bury what was said before.
    pub fn push(&mut self, message: Message) {
        if let Some(last) = self.0.back_mut()
            && last.text == message.text
        {
            *last = message;
            return;
        }
        if self.0.len() == KEPT {
            self.0.pop_front();
        }
        self.0.push_back(message);
    }

    /// The messages on screen at `now`, oldest first.
    pub fn visible(&self, now: Duration) -> impl Iterator<Item = &Message> {
        let from = self.0.len().saturating_sub(ON_SCREEN);
        self.0.range(from..).filter(move |message| message.until > now)
    }

    /// Every message kept, newest first.
    pub fn newest_first(&self) -> impl Iterator<Item = &Message> {
        self.0.iter().rev()
    }

    /// When the next message leaves the screen.
    #[must_use]
    pub fn next_wake(&self, now: Duration) -> Option<Duration> {
        self.visible(now).map(|message| message.until).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(text: &str, until: u64) -> Message {
        let until = Duration::from_secs(until);
        Message { tone: Tone::Info, text: text.to_owned(), at: String::new(), until }
    }

    #[test]
    fn three_at_most_are_on_screen_and_all_are_kept() {
        let mut messages = Messages::default();
        for (text, until) in [("a", 1), ("b", 2), ("c", 3), ("d", 4), ("d", 5)] {
            messages.push(message(text, until));
        }
        let texts = |at| -> Vec<_> {
            messages.visible(Duration::from_secs(at)).map(|m| m.text.as_str()).collect()
        };
        assert_eq!(texts(0), ["b", "c", "d"]);
        assert_eq!(texts(2), ["c", "d"]);
        assert_eq!(texts(5), Vec::<&str>::new());
        assert_eq!(messages.next_wake(Duration::from_secs(2)), Some(Duration::from_secs(3)));
        assert_eq!(messages.newest_first().count(), 4);
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let mut messages = Messages::default();
        (0..KEPT + 5).for_each(|n| messages.push(message(&n.to_string(), 0)));
        assert_eq!(messages.newest_first().count(), KEPT);
    }
}
