//! Events for one connection: every Session first, then what changes, gathered so that a flood of
//! changes costs a client a few messages a second.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use tokio::sync::{broadcast, watch};
use tokio::time::sleep;

use crate::net::{Lane, LinkError, LinkSender, Message};
use crate::proto::{Activity, AgentMessage, Event, SessionId};

use super::Agent;
use super::attach::Budget;
use super::hub::Change;

/// Changes are gathered for this long.
const CHANGES_PACE: Duration = Duration::from_millis(20);
/// Counters are sent at most this often.
const ACTIVITY_PACE: Duration = Duration::from_millis(100);
/// The same on a line that carries little: else they would take it from the pictures.
const THIN_PACE: Duration = Duration::from_millis(400);
/// Alerts per message; those beyond are only counted.
const ALERTS_MAX: usize = 20;

/// Sends events until the connection ends.
pub async fn run(
    agent: Arc<Agent>,
    sender: LinkSender,
    budget: Arc<Budget>,
) -> Result<(), LinkError> {
    let changes = agent.hub.changes();
    let activity = agent.hub.activity();
    let last_alert = agent.hub.alerts.last();
    let mut events = Events { agent, sender, budget, sent: BTreeMap::new(), last_alert };
    events.everything().await?;
    events.follow(changes, activity).await
}

struct Events {
    agent: Arc<Agent>,
    sender: LinkSender,
    /// What the connection's line was found to carry.
    budget: Arc<Budget>,
    /// The counters the client knows.
    sent: BTreeMap<SessionId, Activity>,
    last_alert: u64,
}

impl Events {
    async fn follow(
        &mut self,
        mut changes: broadcast::Receiver<Change>,
        mut activity: watch::Receiver<u64>,
    ) -> Result<(), LinkError> {
        loop {
            tokio::select! {
                change = changes.recv() => match change {
                    Ok(change) => {
                        sleep(CHANGES_PACE).await;
                        self.changed(change, &mut changes).await?;
                    }
                    Err(RecvError::Lagged(_)) => self.everything().await?,
                    Err(RecvError::Closed) => return Ok(()),
                },
                moved = activity.changed() => {
                    if moved.is_err() {
                        return Ok(());
                    }
                    self.counters().await?;
                    sleep(if self.budget.is_thin() { THIN_PACE } else { ACTIVITY_PACE }).await;
                }
            }
        }
    }

    async fn everything(&mut self) -> Result<(), LinkError> {
        let sessions: Vec<_> = self.agent.store.all();
        self.sent = sessions.iter().map(|session| (session.id(), session.activity())).collect();
        let sessions = sessions.iter().map(|session| session.info()).collect();
        self.send(Event::Sessions { sessions }).await
    }

    /// Sends `first` and all that was told since, each Session once.
    async fn changed(
        &mut self,
        first: Change,
        changes: &mut broadcast::Receiver<Change>,
    ) -> Result<(), LinkError> {
        let mut touched = BTreeSet::new();
        let mut bells = BTreeSet::new();
        let mut next = Some(first);
        while let Some(change) = next {
            match change {
                Change::Session(id) | Change::Removed(id) => touched.insert(id),
                Change::Bell(id) => bells.insert(id),
            };
            next = match changes.try_recv() {
                Ok(change) => Some(change),
                Err(TryRecvError::Lagged(_)) => return self.everything().await,
                Err(TryRecvError::Empty | TryRecvError::Closed) => None,
            };
        }
        for id in touched {
            self.send_session(id).await?;
        }
        for session_id in bells {
            self.send(Event::Bell { session_id }).await?;
        }
        Ok(())
    }

    async fn send_session(&mut self, session_id: SessionId) -> Result<(), LinkError> {
        match self.agent.store.by_id(session_id) {
            Some(session) => {
                self.sent.insert(session_id, session.activity());
                self.send(Event::Session { session: Box::new(session.info()) }).await
            }
            None => {
                self.sent.remove(&session_id);
                self.send(Event::Removed { session_id }).await
            }
        }
    }

    /// Sends the counters that moved and the newest Alerts.
    async fn counters(&mut self) -> Result<(), LinkError> {
        let mut items = Vec::new();
        for session in self.agent.store.all() {
            let now = session.activity();
            if self.sent.get(&now.session_id) != Some(&now) {
                self.sent.insert(now.session_id, now.clone());
                items.push(now);
            }
        }
        let (alerts, skipped) = self.agent.hub.alerts.after(self.last_alert, None, ALERTS_MAX);
        self.last_alert = self.last_alert.max(alerts.last().map_or(0, |alert| alert.sequence));
        if !items.is_empty() {
            self.send(Event::Activity { items }).await?;
        }
        if !alerts.is_empty() {
            self.send(Event::Alerts { alerts, skipped }).await?;
        }
        Ok(())
    }

    async fn send(&self, event: Event) -> Result<(), LinkError> {
        match serde_json::to_string(&AgentMessage::Event(event)) {
            Ok(text) => self.sender.send(Lane::Control, Message::Text(text)).await,
            Err(error) => {
                tracing::error!(%error, "an event could not be written");
                Ok(())
            }
        }
    }
}
