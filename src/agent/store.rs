//! The Sessions of an Agent.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::proto::{ErrorCode, SessionId, WireError};

use super::session::Session;

/// Every Session, oldest first.
#[derive(Debug, Default)]
pub struct Store {
    sessions: Mutex<Sessions>,
}

#[derive(Debug, Default)]
struct Sessions {
    list: Vec<Arc<Session>>,
    /// Names of Sessions that are just being started.
    reserved: HashSet<String>,
}

impl Store {
    /// All of them, oldest first.
    pub fn all(&self) -> Vec<Arc<Session>> {
        self.sessions().list.clone()
    }

    /// By id or name.
    ///
    /// # Errors
    /// `SessionNotFound`.
    pub fn get(&self, selector: &str) -> Result<Arc<Session>, WireError> {
        let sessions = self.sessions();
        let id: Option<SessionId> = selector.parse().ok();
        let found = sessions.list.iter().find(|session| match id {
            Some(id) => session.id() == id,
            None => session.name() == selector,
        });
        found.cloned().ok_or_else(|| {
            let sentence = format!("there is no session `{selector}`; `watchdeck ls` lists them");
            WireError::new(ErrorCode::SessionNotFound, sentence)
        })
    }

    /// By id.
    pub fn by_id(&self, id: SessionId) -> Option<Arc<Session>> {
        self.sessions().list.iter().find(|session| session.id() == id).cloned()
    }

    /// Takes over the Sessions of an Agent before, oldest first.
    pub fn restore(&self, sessions: Vec<Arc<Session>>) {
        self.sessions().list = sessions;
    }

    /// The one that was last active.
    pub fn active(&self) -> Option<Arc<Session>> {
        let live = self.all().into_iter().filter(|session| !session.is_over());
        live.max_by_key(|session| session.last_active())
    }

    /// Keeps a name free for a Session that is being started. A `wanted` name must be free; a
    /// `default` one gets a number when it is not.
    ///
    /// # Errors
    /// `InvalidName` when the wanted name is no name or taken, `LimitExceeded` when there are `max`
    /// Sessions.
    pub fn reserve(
        self: &Arc<Self>,
        wanted: Option<&str>,
        default: &str,
        max: usize,
    ) -> Result<Reservation, WireError> {
        let mut sessions = self.sessions();
        if sessions.list.len() + sessions.reserved.len() >= max {
            let sentence = format!(
                "this agent has its most sessions, {max}; remove ended ones with `watchdeck rm`"
            );
            return Err(WireError::new(ErrorCode::LimitExceeded, sentence));
        }
        let name = match wanted {
            Some(name) => {
                sessions.check(name, None)?;
                name.to_owned()
            }
            None => sessions.numbered(default),
        };
        sessions.reserved.insert(name.clone());
        drop(sessions);
        Ok(Reservation { store: self.clone(), name })
    }

    /// Renames a Session if the name is free.
    ///
    /// # Errors
    /// `InvalidName`.
    pub fn rename(&self, session: &Session, name: &str) -> Result<(), WireError> {
        let sessions = self.sessions();
        sessions.check(name, Some(session.id()))?;
        session.rename(name.to_owned());
        Ok(())
    }

    /// Forgets a Session.
    pub fn remove(&self, id: SessionId) {
        self.sessions().list.retain(|session| session.id() != id);
    }

    fn sessions(&self) -> MutexGuard<'_, Sessions> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Sessions {
    fn is_taken(&self, name: &str, except: Option<SessionId>) -> bool {
        self.reserved.contains(name)
            || self
                .list
                .iter()
                .any(|session| Some(session.id()) != except && session.name() == name)
    }

    fn check(&self, name: &str, except: Option<SessionId>) -> Result<(), WireError> {
        crate::proto::validate_name(name)
            .map_err(|error| WireError::new(ErrorCode::InvalidName, error.to_string()))?;
        if name.parse::<SessionId>().is_ok() {
            let sentence = format!("`{name}` looks like a session id; choose another name");
            return Err(WireError::new(ErrorCode::InvalidName, sentence));
        }
        if self.is_taken(name, except) {
            let sentence = format!("a session `{name}` exists already; choose another name");
            return Err(WireError::new(ErrorCode::InvalidName, sentence));
        }
        Ok(())
    }

    /// `name`, or `name-2`, `name-3` … There are fewer Sessions than numbers.
    fn numbered(&self, name: &str) -> String {
        let numbers = (2_u32..).map(|number| format!("{name}-{number}"));
        let mut names = std::iter::once(name.to_owned()).chain(numbers);
        names.find(|name| !self.is_taken(name, None)).unwrap_or_else(|| name.to_owned())
    }
}

/// A name that is kept free until the Session is there or could not be started.
#[derive(Debug)]
pub struct Reservation {
    store: Arc<Store>,
    name: String,
}

impl Reservation {
    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The Session was started.
    pub fn fill(self, session: Arc<Session>) {
        // Dropping gives the name free only after the Session holds it.
        self.store.sessions().list.push(session);
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        self.store.sessions().reserved.remove(&self.name);
    }
}
