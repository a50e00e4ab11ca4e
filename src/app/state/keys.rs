//! Names of machines and Sessions inside the dashboard.

use crate::proto::SessionId;

/// A configured machine, by its place in the configuration. Names may be shown, never compared:
/// an Agent's own idea of its name is foreign text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MachineKey(pub usize);

/// A Session of a machine. The machine is part of the name, so that no Agent can pass a Session
/// of its own off as another machine's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionKey {
    /// Its machine.
    pub machine: MachineKey,
    /// Its identity there.
    pub id: SessionId,
}
