//! The output rate of the last seconds, in five bars.

use std::time::Duration;

/// Bars of a sparkline.
pub const BARS: usize = 5;
/// Seconds that one bar stands for.
const BAR_SECONDS: u64 = 2;

/// Bytes of output in the last five spans of two seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Spark {
    /// Index of the newest span since the dashboard began.
    newest: u64,
    /// Oldest first.
    bytes: [u64; BARS],
}

impl Spark {
    /// Counts `bytes` that came at `now` (monotonic).
    pub fn add(&mut self, now: Duration, bytes: u64) {
        *self = self.at(now);
        if let Some(last) = self.bytes.last_mut() {
            *last = last.saturating_add(bytes);
        }
    }

    /// The bars at `now`, oldest first, 0 (silent) to 8. Each step is four times the step before,
    /// so that a whisper and a flood are both told from silence.
    #[must_use]
    pub fn levels(&self, now: Duration) -> [u8; BARS] {
        self.at(now).bytes.map(level)
    }

    fn at(&self, now: Duration) -> Self {
        let span = now.as_secs() / BAR_SECONDS;
        let passed = usize::try_from(span.saturating_sub(self.newest)).unwrap_or(BARS).min(BARS);
        let mut bytes = [0; BARS];
        bytes[..BARS - passed].copy_from_slice(&self.bytes[passed..]);
        Self { newest: span.max(self.newest), bytes }
    }
}

fn level(bytes: u64) -> u8 {
    match bytes.checked_ilog2() {
        None => 0,
        Some(log) => u8::try_from(log.saturating_sub(4) / 2).unwrap_or(8).clamp(1, 8),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn bars_move_left_with_time_and_end_in_silence() {
        let mut spark = Spark::default();
        spark.add(at(2), 100);
        spark.add(at(3), 100);
        assert_eq!(spark.levels(at(3)), [0, 0, 0, 0, 1]);
        spark.add(at(4), 1 << 20);
        assert_eq!(spark.levels(at(5)), [0, 0, 0, 1, 8]);
        assert_eq!(spark.levels(at(11)), [1, 8, 0, 0, 0]);
        assert_eq!(spark.levels(at(1000)), [0; BARS]);
    }

    #[test]
    fn one_byte_is_not_silence() {
        assert_eq!((level(0), level(1), level(u64::MAX)), (0, 1, 8));
    }
}
