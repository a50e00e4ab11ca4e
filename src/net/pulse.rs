//! Whether the other end of a Link is still there.
//!
//! A peer whose machine or network vanished says nothing, and TCP notices for minutes at best. So
//! whoever heard nothing for a while asks with a WebSocket ping, and gives up when nothing comes.
//! A Unix socket ends with its process and needs none of this, unless what speaks on it is far away.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

/// Silence after which a peer is asked whether it is there.
pub const PING_AFTER: Duration = Duration::from_secs(5);
/// Silence after which a peer is taken for gone.
pub const DEAD_AFTER: Duration = Duration::from_secs(15);
/// Header of a handshake on a Unix socket by which a peer says that it is only bridged there (by
/// `watchdeck proxy`), so that it may vanish without the socket's end.
pub(super) const PULSE_HEADER: &str = "watchdeck-pulse";

/// What the two halves of a Link know together.
#[derive(Debug)]
pub(super) struct Pulse {
    began: Instant,
    /// When something was last heard, in milliseconds after `began`.
    heard: AtomicU64,
    dead: watch::Sender<bool>,
}

impl Pulse {
    /// Of a peer that was heard just now.
    pub(super) fn new() -> Self {
        let (began, heard) = (Instant::now(), AtomicU64::new(0));
        Self { began, heard, dead: watch::Sender::new(false) }
    }

    /// Something was heard.
    pub(super) fn beat(&self) {
        let since = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.heard.store(since, Ordering::Relaxed);
    }

    fn heard(&self) -> Instant {
        self.began + Duration::from_millis(self.heard.load(Ordering::Relaxed))
    }

    /// When the peer is taken for gone, unless it is heard before.
    pub(super) fn dead_at(&self) -> Instant {
        self.heard() + DEAD_AFTER
    }

    /// The peer is gone: whoever still writes to it stops.
    pub(super) fn die(&self) {
        self.dead.send_replace(true);
    }

    /// Waits until the peer is gone.
    pub(super) async fn dead(&self) {
        let mut dead = self.dead.subscribe();
        // The sender is in `self`, so the wait ends only with the value.
        let _ = dead.wait_for(|dead| *dead).await;
    }

    /// Waits until the peer should be asked, not before `earliest`.
    pub(super) async fn ping_due(&self, earliest: Instant) {
        loop {
            let due = earliest.max(self.heard() + PING_AFTER);
            tokio::time::sleep_until(due).await;
            if self.heard() + PING_AFTER <= Instant::now() {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_peer_that_speaks_is_never_asked() {
        let pulse = Pulse::new();
        let began = Instant::now();
        let asked = async {
            pulse.ping_due(began).await;
            began.elapsed()
        };
        let speaks = async {
            for _ in 0..3 {
                tokio::time::sleep(Duration::from_secs(4)).await;
                pulse.beat();
            }
        };
        let (asked, ()) = tokio::join!(asked, speaks);
        assert_eq!(asked, Duration::from_secs(17), "5 s after it was last heard");
        assert_eq!(pulse.dead_at() - began, Duration::from_secs(27));
    }
}
