//! How fast one connection may ask.

use tokio::time::Instant;

/// Requests a second that one connection may go on sending.
pub const PER_SECOND: u32 = 500;
/// Requests that may come at once after a pause.
const BURST: u32 = 1000;

/// A bucket that fills at [`PER_SECOND`] up to [`BURST`]; each request takes one out.
#[derive(Debug)]
pub struct Bucket {
    left: f64,
    at: Instant,
}

impl Default for Bucket {
    fn default() -> Self {
        Self { left: f64::from(BURST), at: Instant::now() }
    }
}

impl Bucket {
    /// Takes one out; whether there was one.
    pub fn take(&mut self) -> bool {
        let now = Instant::now();
        let came = now.duration_since(self.at).as_secs_f64() * f64::from(PER_SECOND);
        self.at = now;
        self.left = (self.left + came).min(f64::from(BURST));
        let there = self.left >= 1.0;
        if there {
            self.left -= 1.0;
        }
        there
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[tokio::test(start_paused = true)]
    async fn a_burst_is_fine_and_then_five_hundred_a_second() {
        let mut bucket = Bucket::default();
        assert_eq!((0..5000).filter(|_| bucket.take()).count(), 1000);
        tokio::time::advance(Duration::from_millis(200)).await;
        assert_eq!((0..5000).filter(|_| bucket.take()).count(), 100);
        tokio::time::advance(Duration::from_secs(3600)).await;
        assert_eq!((0..5000).filter(|_| bucket.take()).count(), 1000, "no more than a burst");
    }
}
