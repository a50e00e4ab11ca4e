//! The Sessions that an Agent before left: their holders are found again, and those whose holder is
//! gone are told as lost.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use futures_util::future::join_all;

use crate::alert::{Engine, Scanner};
use crate::proto::{Alert, Offset, SessionId};
use crate::term::Screen;

use super::Agent;
use super::holder::{Found, Holder, Remembered, adopt, remove_leftover, sockets};
use super::recording::RECORDING;
use super::session::{
    ALERTS, RECORD, Record, Resumed, SCANNER, SCREEN, Session, alert_lines, alerts, screen_options,
    split_offset,
};

/// Finds every Session again. To be called before the first client.
pub async fn recover(agent: &Arc<Agent>) {
    let found = join_all(sockets(&agent.holders).into_iter().map(find)).await;
    let mut sessions = Vec::new();
    let mut known_alerts = Vec::new();
    for (record, holder, remembered) in found.into_iter().flatten() {
        let (session, alerts) = resume(agent, &record, holder, &remembered);
        tracing::info!(session = record.name, id = %record.identity.id, "goes on");
        sessions.push(session);
        known_alerts.extend(alerts);
    }
    agent.hub.alerts.restore(known_alerts);
    for record in agent.around.registry.records(&agent.options.socket) {
        if !sessions.iter().any(|session| session.id() == record.identity.id) {
            sessions.push(lost(agent, &record));
        }
    }
    sessions.sort_by_key(|session| session.info().created_at);
    agent.store.restore(sessions);
    // Whoever connects must not see counters that are still being brought up to date.
    agent.checkpoint().await;
}

/// The holder behind a socket.
async fn find(socket: PathBuf) -> Option<(Record, Holder, Remembered)> {
    match adopt(socket.clone()).await {
        Found::Alive(found) => {
            let (holder, remembered) = *found;
            let Some(record) = record(&remembered) else {
                tracing::error!(socket = %socket.display(), "a holder does not know whose it is");
                return None;
            };
            Some((record, holder, remembered))
        }
        Found::Gone => {
            remove_leftover(&socket);
            None
        }
        Found::Silent(reason) => {
            tracing::error!(socket = %socket.display(), %reason, "a holder cannot be used");
            None
        }
    }
}

fn record(remembered: &Remembered) -> Option<Record> {
    serde_json::from_slice(remembered.slots.get(&RECORD)?).ok()
}

/// Takes a Session up where the Agent before had come to.
fn resume(
    agent: &Agent,
    record: &Record,
    holder: Holder,
    remembered: &Remembered,
) -> (Arc<Session>, Vec<Alert>) {
    let rules = agent.rules();
    let engine = Engine::new(rules.clone(), &record.identity.scope(&record.name));
    let (scanner, scanned) = scanner(engine, remembered);
    let (screen, shown) = screen(record, remembered, &holder);
    let lines = remembered.slots.get(&ALERTS).map(Vec::as_slice).unwrap_or_default();
    let alerts = alerts(lines, scanned);
    // Those that are found once more must not be there twice for the Agent after this one.
    holder.store(ALERTS, alert_lines(&alerts));
    let resumed = Resumed { scanner, scanned, screen, shown, answered: remembered.answered };
    let identity = record.identity.clone();
    let around = agent.around.clone();
    let recording = remembered.slots.get(&RECORDING);
    let recording = recording.and_then(|json| serde_json::from_slice(json).ok());
    let facts = record.facts();
    let session = Session::start(identity, facts, holder, around, &rules, Some(resumed), recording);
    (session, alerts)
}

/// The Scanner as it was; a new one where it cannot be read, which then counts from what is kept.
fn scanner(engine: Engine, remembered: &Remembered) -> (Scanner, Offset) {
    let saved = remembered.slots.get(&SCANNER).and_then(|bytes| split_offset(bytes));
    if let Some((offset, bytes)) = saved {
        match Scanner::restore(engine.clone(), bytes) {
            Ok(scanner) => return (scanner, offset),
            Err(error) => tracing::error!(%error, "counting starts anew"),
        }
    }
    (Scanner::new(engine), 0)
}

/// The Screen as it was; a blank one where it is not known, which then is fed with what is kept.
fn screen(record: &Record, remembered: &Remembered, holder: &Holder) -> (Screen, Offset) {
    let options = screen_options(&record.identity.term);
    let saved = remembered.slots.get(&SCREEN).and_then(|bytes| split_offset(bytes));
    if let Some((offset, bytes)) = saved.filter(|(_, bytes)| !bytes.is_empty()) {
        match Screen::restore(bytes, options.clone()) {
            Ok(screen) => return (screen, offset),
            Err(error) => tracing::warn!(%error, "a screen is drawn anew"),
        }
    }
    let (start, _) = holder.log().range();
    let from = saved.map_or(start, |(offset, _)| offset.max(start));
    (Screen::new(holder.log().size_at(from), options), from)
}

/// A Session of which only its file tells.
fn lost(agent: &Agent, record: &Record) -> Arc<Session> {
    let why = if record.boot == agent.around.boot { "holder" } else { "reboot" };
    let mut facts = record.facts();
    if facts.exit_status.is_none() {
        facts.lost = Some(why.to_owned());
    }
    let holder = Holder::lost(record.pid, record.log_end);
    let (identity, around) = (record.identity.clone(), agent.around.clone());
    Session::start(identity, facts, holder, around, &agent.rules(), None, None)
}

/// Where holders of the Agent with this socket have theirs.
#[must_use]
pub fn holders_dir(socket: &Path) -> PathBuf {
    socket.with_extension("sessions")
}

/// The socket of a Session's holder; short, because such paths are limited to 107 bytes (unix(7)).
#[must_use]
pub fn holder_socket(dir: &Path, id: SessionId) -> PathBuf {
    dir.join(format!("{}.sock", id.0.simple()))
}
