//! Acknowledgements on their way to an Agent. An Agent with two Updates unacknowledged waits, so
//! none may be lost; and since the newest one of a channel says it all, few ever wait.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::mpsc;

use crate::client::Client;

/// The newest revision of each channel that was not sent yet. An Agent has at most 256 channels.
#[derive(Debug, Clone, Default)]
struct Newest(Arc<Mutex<BTreeMap<u32, u64>>>);

impl Newest {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<u32, u64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes a connection's acknowledgements, without ever waiting. Its [`Unsent`] ends with it.
#[derive(Debug)]
pub struct Acks {
    newest: Newest,
    wake: mpsc::Sender<()>,
}

/// Gives them out again, to be sent.
#[derive(Debug)]
pub struct Unsent {
    newest: Newest,
    woken: mpsc::Receiver<()>,
}

/// The two ends of a connection's acknowledgements.
pub fn acks() -> (Acks, Unsent) {
    let newest = Newest::default();
    let (wake, woken) = mpsc::channel(1);
    (Acks { newest: newest.clone(), wake }, Unsent { newest, woken })
}

impl Acks {
    /// This Update and all before it on its channel were applied.
    pub fn add(&self, channel: u32, revision: u64) {
        let mut newest = self.newest.lock();
        let known = newest.entry(channel).or_insert(revision);
        *known = revision.max(*known);
        drop(newest);
        // When a wake-up waits already, whoever takes it finds this revision, too.
        let _ = self.wake.try_send(());
    }
}

impl Unsent {
    /// Waits for acknowledgements and takes all there are; `None` when no more can come.
    async fn take(&mut self) -> Option<BTreeMap<u32, u64>> {
        self.woken.recv().await?;
        Some(std::mem::take(&mut *self.newest.lock()))
    }

    /// Sends them until the connection is over, at the pace of the connection.
    pub async fn send(mut self, client: Client) {
        while let Some(revisions) = self.take().await {
            for (channel, revision) in revisions {
                if client.ack(channel, revision).await.is_err() {
                    return;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn however_many_wait_the_newest_of_each_channel_is_sent() {
        let (acks, mut unsent) = acks();
        for revision in 1..=10_000 {
            acks.add(1, revision);
            acks.add(2, revision * 2);
        }
        acks.add(2, 7);
        assert_eq!(unsent.take().await, Some([(1, 10_000), (2, 20_000)].into()));
        acks.add(2, 20_001);
        assert_eq!(unsent.take().await, Some([(2, 20_001)].into()));
    }

    #[tokio::test]
    async fn what_was_added_last_is_sent_before_the_end() {
        let (acks, mut unsent) = acks();
        acks.add(3, 1);
        drop(acks);
        assert_eq!(unsent.take().await, Some([(3, 1)].into()));
        assert_eq!(unsent.take().await, None);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn none_is_lost_between_a_fast_and_a_slow_end() {
        let (acks, mut unsent) = acks();
        let adding = tokio::task::spawn_blocking(move || {
            (1..=50_000).for_each(|revision| acks.add(1, revision));
        });
        let mut last = 0;
        while let Some(revisions) = unsent.take().await {
            last = revisions.get(&1).copied().unwrap_or(last).max(last);
        }
        adding.await.unwrap();
        assert_eq!(last, 50_000);
    }
}
