//! When to draw: at once after silence and for what answers a key, else at an even pace.

use std::time::Duration;

/// The pace of frames.
#[derive(Debug, Clone, Copy, Default)]
pub struct Pace {
    last: Option<Duration>,
}

impl Pace {
    /// When the next frame may be drawn (monotonic), at `fps` frames a second.
    #[must_use]
    pub fn due(&self, now: Duration, fps: u8, urgent: bool) -> Duration {
        match self.last {
            Some(last) if !urgent => {
                (last + Duration::from_secs(1) / u32::from(fps.max(1))).max(now)
            }
            _ => now,
        }
    }

    /// Notes that a paced frame was drawn. An urgent one is not noted: the echo of a key must
    /// not delay the output that follows it, nor the other way round.
    pub fn drawn(&mut self, now: Duration, urgent: bool) {
        if !urgent {
            self.last = Some(now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn output_after_silence_is_drawn_at_once_then_at_the_pace() {
        let mut pace = Pace::default();
        assert_eq!(pace.due(ms(5), 10, false), ms(5));
        pace.drawn(ms(5), false);
        assert_eq!(pace.due(ms(20), 10, false), ms(105));
        assert_eq!(pace.due(ms(300), 10, false), ms(300));
    }

    #[test]
    fn an_echo_neither_waits_nor_makes_wait() {
        let mut pace = Pace::default();
        pace.drawn(ms(0), false);
        assert_eq!(pace.due(ms(1), 10, true), ms(1));
        pace.drawn(ms(1), true);
        assert_eq!(pace.due(ms(2), 10, false), ms(100));
    }
}
