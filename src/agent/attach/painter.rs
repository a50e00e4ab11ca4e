//! Draws for one attachment, at its pace, from the newest picture.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use crate::net::{LinkError, Message};
use crate::proto::Frame;
use crate::term::View;
use crate::term::sync::{Base, diff};

use super::super::session::Session;
use super::{IN_FLIGHT_MAX, Route, Wishes};

/// What a painter does next.
enum Plan {
    Draw,
    WaitUntil(Instant),
    Wait,
}

pub(super) struct Painter {
    session: Arc<Session>,
    pictures: watch::Receiver<Option<View>>,
    wishes: watch::Receiver<Wishes>,
    route: Route,
    /// What the client shows once everything sent has arrived.
    sent: Option<View>,
    revision: u64,
    /// No acknowledgement is awaited up to this revision.
    settled: u64,
    sent_at: Instant,
    /// The wishes that were followed already.
    followed: Wishes,
}

impl Painter {
    pub(super) fn new(
        session: Arc<Session>,
        wishes: watch::Receiver<Wishes>,
        route: Route,
    ) -> Self {
        let pictures = session.pictures();
        let followed = *wishes.borrow();
        Self {
            session,
            pictures,
            wishes,
            route,
            sent: None,
            revision: 0,
            settled: 0,
            sent_at: Instant::now(),
            followed,
        }
    }

    pub(super) async fn run(mut self) {
        // The first picture is made now; until here nobody may have been watching.
        if self.session.show().await.is_err() {
            return;
        }
        loop {
            let deadline = match self.plan() {
                Plan::Draw => match self.draw().await {
                    Ok(()) => continue,
                    Err(_) => return,
                },
                Plan::WaitUntil(at) => Some(at),
                Plan::Wait => None,
            };
            let pause = sleep_until(deadline.unwrap_or_else(Instant::now));
            tokio::select! {
                changed = self.pictures.changed() => if changed.is_err() { return },
                changed = self.wishes.changed() => if changed.is_err() { return },
                () = pause, if deadline.is_some() => {}
            }
        }
    }

    fn plan(&mut self) -> Plan {
        let wishes = *self.wishes.borrow_and_update();
        if wishes.refreshed != self.followed.refreshed {
            self.followed.refreshed = wishes.refreshed;
            self.sent = None;
            // Whoever starts over will never acknowledge what came before.
            self.settled = self.revision;
            self.route.budget.forget(self.route.channel);
        }
        if self.revision.saturating_sub(wishes.acked.max(self.settled)) >= IN_FLIGHT_MAX {
            return Plan::Wait;
        }
        let newest = self.pictures.borrow_and_update();
        let (Some(newest), Some(sent)) = (newest.as_ref(), self.sent.as_ref()) else {
            return if newest.is_some() { Plan::Draw } else { Plan::Wait };
        };
        if newest.is_same(sent) {
            return Plan::Wait;
        }
        let due = self.sent_at + Duration::from_secs(1) / u32::from(wishes.fps);
        match wishes.typed != self.followed.typed || due <= Instant::now() {
            true => Plan::Draw,
            false => Plan::WaitUntil(due),
        }
    }

    /// Waits for room first, then makes the Update from what is newest.
    async fn draw(&mut self) -> Result<(), LinkError> {
        let Route { channel, sender, budget } = self.route.clone();
        let typed = self.followed.typed;
        let is_answer = move |wishes: &Wishes| wishes.typed != typed;
        // A keystroke that comes while this waits makes it an answer.
        let answers = async {
            let _ = self.wishes.wait_for(is_answer).await;
        };
        let _turn = tokio::select! {
            biased;
            () = answers => budget.turn(true).await,
            turn = budget.turn(false) => turn,
        };
        let permit = sender.bulk_permit().await?;
        let Some(newest) = self.pictures.borrow_and_update().clone() else { return Ok(()) };
        self.followed.typed = self.wishes.borrow().typed;
        let base = self.sent.as_ref().map(|view| Base { revision: self.revision, view });
        if let Some(update) = diff(base, self.revision + 1, &newest) {
            self.revision += 1;
            self.sent_at = Instant::now();
            let mut bytes = Vec::new();
            update.encode(&mut bytes);
            budget.sent(channel, self.revision, bytes.len());
            let frame = Frame::Update { channel, bytes: bytes.into() };
            permit.send(Message::Frame(frame));
        }
        self.sent = Some(newest);
        Ok(())
    }
}
