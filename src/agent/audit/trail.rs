//! What one connection did. Single things get a line at once; what comes in numbers (input, looking,
//! being denied again) is counted and written when it ends, and once a minute while it goes on.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio::time::{Instant, sleep_until};

use super::account::{Account, How};
use super::{Audit, By, Entry, On};
use crate::agent::peer::Peer;
use crate::agent::requests;
use crate::agent::store::Store;
use crate::proto::{ErrorCode, Reply, Request, Role, WireError};

/// How long counts may wait.
const INTERVAL: Duration = Duration::from_secs(60);

/// The trail of one connection; ends with this value.
#[derive(Debug)]
pub struct Trail {
    audit: Arc<Audit>,
    by: Arc<By>,
    channels: BTreeMap<u32, Channel>,
    /// Typed without an attachment.
    sent: BTreeMap<On, Typed>,
    looks: BTreeMap<(Option<On>, &'static str), u64>,
    denied: BTreeMap<(Option<On>, &'static str), u64>,
    /// When counts are written.
    due: Option<Instant>,
}

/// An attachment or a tail.
#[derive(Debug)]
struct Channel {
    on: Option<On>,
    /// `None` of a tail.
    role: Option<Role>,
    /// Since the last line.
    typed: Typed,
    total: Typed,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Typed {
    inputs: u64,
    bytes: u64,
}

impl Typed {
    fn add(&mut self, bytes: u64) {
        self.inputs += 1;
        self.bytes = self.bytes.saturating_add(bytes);
    }

    fn tell(self, entry: Entry) -> Entry {
        entry.with("inputs", self.inputs).with("bytes", self.bytes)
    }
}

/// What is to be written of one request; may be done by another task than the connection's.
#[derive(Debug)]
pub struct Note {
    audit: Arc<Audit>,
    by: Arc<By>,
    account: Account,
    on: Option<On>,
}

impl Note {
    /// It was done, or not. Only for what gets a line of its own.
    pub fn done(self, result: &Result<Reply, WireError>) {
        if self.account.how != How::Each {
            return;
        }
        let made = match result {
            Ok(Reply::Session { session }) if self.on.is_none() => {
                Some(On { id: session.session_id, name: session.name.clone() })
            }
            _ => None,
        };
        let on = self.on.as_ref().or(made.as_ref());
        let entry = self.entry(self.account.name).on(on);
        let entry =
            self.account.details.iter().fold(entry, |entry, (key, value)| entry.with(key, value));
        self.audit.tell(entry.with("result", outcome(result)));
    }

    fn entry(&self, what: &str) -> Entry {
        Entry::now(what).by(&self.by)
    }
}

fn outcome(result: &Result<Reply, WireError>) -> Value {
    match result {
        Ok(_) => "done".into(),
        Err(error) => serde_json::to_value(error.code).unwrap_or_default(),
    }
}

impl Trail {
    /// Nothing was done yet.
    #[must_use]
    pub fn new(audit: Arc<Audit>, peer: &Peer, client: &str) -> Self {
        let by = Arc::new(By::peer(peer, client));
        let (channels, sent) = (BTreeMap::new(), BTreeMap::new());
        Self {
            audit,
            by,
            channels,
            sent,
            looks: BTreeMap::new(),
            denied: BTreeMap::new(),
            due: None,
        }
    }

    /// What a request is about, before it is decided.
    #[must_use]
    pub fn note(&self, store: &Store, request: &Request) -> Note {
        let session = requests::selector(request).and_then(|selector| store.get(selector).ok());
        let on = session.map(|session| On::session(&session));
        let account = Account::of(request);
        Note { audit: self.audit.clone(), by: self.by.clone(), account, on }
    }

    /// The request was denied: the first time a line, then counted.
    pub fn denied(&mut self, note: Note, error: &WireError) {
        if error.code == ErrorCode::PermissionDenied {
            self.deny(note.on, note.account.name);
        }
    }

    /// The request was allowed, and is about to be answered.
    pub fn allowed(&mut self, note: &Note) {
        if note.account.how == How::Look {
            *self.looks.entry((note.on.clone(), note.account.name)).or_default() += 1;
            self.counted();
        }
    }

    /// The request was answered by the connection itself.
    pub fn done(&mut self, note: Note, result: &Result<Reply, WireError>) {
        match (note.account.how, result) {
            (How::Input(bytes), Ok(_)) => {
                if let Some(on) = note.on {
                    self.sent.entry(on).or_default().add(bytes);
                    self.counted();
                }
            }
            (How::Channel, Ok(reply)) => self.channel(note, reply),
            _ => note.done(result),
        }
    }

    fn channel(&mut self, note: Note, reply: &Reply) {
        let opened = match reply {
            Reply::Attached { channel, role, .. } => Some((*channel, Some(*role))),
            Reply::Tailing { channel, .. } => Some((*channel, None)),
            _ => None,
        };
        if let Some((channel, role)) = opened {
            let entry = note.entry(note.account.name).on(note.on.as_ref()).with("channel", channel);
            self.audit.tell(match role {
                Some(role) => entry.with("role", role),
                None => entry,
            });
            let (typed, total) = Default::default();
            self.channels.insert(channel, Channel { on: note.on, role, typed, total });
            return;
        }
        let Some(channel) = note.account.channel else { return };
        match note.account.role {
            None => self.closed(channel),
            Some(role) => {
                if let Some(open) = self.channels.get_mut(&channel) {
                    open.role = Some(role.on_session());
                    let entry = note.entry("set_role").on(open.on.as_ref());
                    self.audit.tell(entry.with("channel", channel).with("role", open.role));
                }
            }
        }
    }

    fn closed(&mut self, channel: u32) {
        let Some(open) = self.channels.remove(&channel) else { return };
        let what = if open.role.is_some() { "detach" } else { "tail_end" };
        let entry = Entry::now(what).by(&self.by).on(open.on.as_ref()).with("channel", channel);
        self.audit.tell(match open.role {
            Some(role) => open.total.tell(entry.with("role", role)),
            None => entry,
        });
    }

    /// Input for an attachment was taken or not.
    pub fn input(&mut self, channel: u32, bytes: usize, result: &Result<(), WireError>) {
        match result {
            Ok(()) => {
                let Some(open) = self.channels.get_mut(&channel) else { return };
                let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
                open.typed.add(bytes);
                open.total.add(bytes);
                self.counted();
            }
            Err(error) if error.code == ErrorCode::PermissionDenied => {
                let on = self.channels.get(&channel).and_then(|open| open.on.clone());
                self.deny(on, "input");
            }
            Err(_) => {}
        }
    }

    fn deny(&mut self, on: Option<On>, what: &'static str) {
        let key = (on, what);
        if let Some(count) = self.denied.get_mut(&key) {
            *count += 1;
            return self.counted();
        }
        let entry = Entry::now("denied").by(&self.by).on(key.0.as_ref());
        self.audit.tell(entry.with("request", what).with("count", 1));
        self.denied.insert(key, 0);
    }

    fn counted(&mut self) {
        self.due.get_or_insert_with(|| Instant::now() + INTERVAL);
    }

    /// Waits until counts are to be written; for ever while there are none.
    pub async fn due(&self) {
        match self.due {
            Some(due) => sleep_until(due).await,
            None => std::future::pending().await,
        }
    }

    /// Writes what was counted.
    pub fn write(&mut self) {
        self.due = None;
        let begin = |what, on: Option<&On>| Entry::now(what).by(&self.by).on(on);
        for (channel, open) in &mut self.channels {
            let typed = std::mem::take(&mut open.typed);
            if typed.inputs > 0 {
                let entry = begin("input", open.on.as_ref()).with("channel", channel);
                self.audit.tell(typed.tell(entry));
            }
        }
        for (on, typed) in std::mem::take(&mut self.sent) {
            self.audit.tell(typed.tell(begin("input", Some(&on))));
        }
        for ((on, what), count) in std::mem::take(&mut self.looks) {
            let entry = begin("look", on.as_ref()).with("request", what);
            self.audit.tell(entry.with("count", count));
        }
        for ((on, what), count) in &mut self.denied {
            let count = std::mem::take(count);
            if count > 0 {
                let entry = begin("denied", on.as_ref()).with("request", what);
                self.audit.tell(entry.with("count", count));
            }
        }
    }
}

impl Drop for Trail {
    fn drop(&mut self) {
        self.write();
        let open: Vec<u32> = self.channels.keys().copied().collect();
        open.into_iter().for_each(|channel| self.closed(channel));
    }
}
