//! Who is attached to a Session, and whose size it has.

use crate::proto::{AttachedClient, Role, Winsize};

use super::{AttachmentId, Session};

impl Session {
    /// Notes a client. An operator gets the size if nobody else has it.
    pub fn attach(&self, id: AttachmentId, client: AttachedClient) {
        let mut facts = self.facts();
        let takes = client.role == Role::Operator && facts.size_owner.is_none();
        let size = client.size;
        facts.clients.insert(id, client);
        drop(facts);
        if let (true, Some(size)) = (takes, size) {
            self.own_size(id, size);
        }
        self.changed();
    }

    /// Forgets a client.
    pub fn detach(&self, id: AttachmentId) {
        let mut facts = self.facts();
        facts.clients.remove(&id);
        if facts.size_owner == Some(id) {
            facts.size_owner = None;
        }
        drop(facts);
        self.changed();
    }

    /// A client's role changed.
    pub fn set_role(&self, id: AttachmentId, role: Role) {
        let mut facts = self.facts();
        if let Some(client) = facts.clients.get_mut(&id) {
            client.role = role;
        }
        if role == Role::Observer && facts.size_owner == Some(id) {
            facts.size_owner = None;
        }
        drop(facts);
        self.changed();
    }

    /// A client's view has another size; the terminal follows if the size is this client's.
    pub fn set_viewport(&self, id: AttachmentId, size: Winsize) {
        let mut facts = self.facts();
        let Some(client) = facts.clients.get_mut(&id) else { return };
        client.size = Some(size);
        let operates = client.role == Role::Operator;
        let owns = facts.size_owner == Some(id) || (operates && facts.size_owner.is_none());
        drop(facts);
        match owns {
            true => self.own_size(id, size),
            false => self.changed(),
        }
    }

    /// An operator typed: the size follows whoever typed last.
    pub fn typed_by(&self, id: AttachmentId) {
        let facts = self.facts();
        if facts.size_owner == Some(id) {
            return;
        }
        let Some(size) = facts.clients.get(&id).and_then(|client| client.size) else { return };
        drop(facts);
        self.own_size(id, size);
    }

    fn own_size(&self, id: AttachmentId, size: Winsize) {
        let size = size.clamped();
        let mut facts = self.facts();
        facts.size_owner = Some(id);
        facts.size = size;
        drop(facts);
        self.holder.resize(size);
        self.changed();
    }

    /// Sets the size by wish; it no longer follows anybody until somebody types.
    pub fn resize(&self, size: Winsize) {
        let size = size.clamped();
        let mut facts = self.facts();
        facts.size = size;
        facts.size_owner = None;
        drop(facts);
        self.holder.resize(size);
        self.changed();
    }
}
