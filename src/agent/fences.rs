//! One connection at a time for each client that numbers its input: what an older, perhaps half-open
//! one still brings must not be applied after the client was told what was.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

use crate::holder::wire::Source;

/// How long an older connection may take to end. It does nothing that takes long.
const DEADLINE: Duration = Duration::from_secs(5);

/// The present connection of each such client.
#[derive(Debug, Default)]
pub struct Fences(Mutex<HashMap<Source, Present>>);

#[derive(Debug)]
struct Present {
    stop: watch::Sender<bool>,
    done: watch::Receiver<()>,
}

/// Held by a connection while it serves its client.
#[derive(Debug)]
pub struct Fence {
    stop: watch::Receiver<bool>,
    /// Dropping it tells that the connection has ended.
    _done: watch::Sender<()>,
}

impl Fences {
    /// Ends the connection that the client had before, and returns once it did.
    pub async fn enter(&self, source: Source) -> Fence {
        let (stop, stopped) = watch::channel(false);
        let (done, ended) = watch::channel(());
        let present = Present { stop, done: ended };
        let before = (source != 0).then(|| self.replace(source, present)).flatten();
        if let Some(Present { stop, mut done }) = before {
            stop.send_replace(true);
            let _ = tokio::time::timeout(DEADLINE, done.changed()).await;
        }
        Fence { stop: stopped, _done: done }
    }

    fn replace(&self, source: Source, present: Present) -> Option<Present> {
        let mut clients = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Those that have ended need no fence; forgetting them keeps this as small as what is connected.
        clients.retain(|_, present| present.done.has_changed().is_ok());
        clients.insert(source, present)
    }
}

impl Fence {
    /// Waits until a newer connection of the client takes this one's place.
    pub async fn stopped(&mut self) {
        if self.stop.wait_for(|stop| *stop).await.is_err() {
            // Nobody can ask any more.
            std::future::pending::<()>().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_newer_connection_waits_for_the_end_of_the_older_one() {
        let fences = Fences::default();
        let mut old = fences.enter(7).await;
        let _other = fences.enter(8).await;
        let ends = async move {
            old.stopped().await;
            drop(old);
        };
        let (_new, ()) = tokio::join!(fences.enter(7), ends);
        assert_eq!(fences.0.lock().unwrap().len(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn those_without_an_identity_do_not_know_each_other() {
        let fences = Fences::default();
        let (mut one, _two) = (fences.enter(0).await, fences.enter(0).await);
        let never = tokio::time::timeout(DEADLINE, one.stopped());
        assert!(never.await.is_err());
    }
}
