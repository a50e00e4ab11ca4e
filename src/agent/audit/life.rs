//! What the Agent itself has to tell: that it starts and stops, and who was not let in.

use std::net::SocketAddr;
use std::sync::Arc;

use super::{By, Entry, tokens};
use crate::agent::Agent;

/// The Agent starts to serve. Follows its tokens from now on.
pub fn begin(agent: &Arc<Agent>) {
    let entry = Entry::now("agent_start")
        .with("version", env!("CARGO_PKG_VERSION"))
        .with("pid", std::process::id())
        .with("uid", rustix::process::getuid().as_raw())
        .with("machine", &agent.options.machine)
        .with("boot", &agent.boot_id)
        .with("listening", &agent.listening)
        .with("sessions", agent.store.all().len());
    let Some(live) = &agent.tokens else { return agent.audit.tell(entry) };
    let changes = live.changes();
    // What was changed while no agent ran is told by the difference from the start before.
    let valid: Vec<String> = changes.borrow().list().iter().map(tokens::describe).collect();
    agent.audit.tell(entry.with("tokens", valid));
    tokio::spawn(tokens::follow(agent.audit.clone(), changes));
}

/// The Agent stops. Whoever comes next may take the files; a successor waits for them.
pub async fn end(agent: &Agent, why: &str) {
    agent.audit.tell(Entry::now("agent_stop").with("pid", std::process::id()).with("why", why));
    if !agent.audit.close().await {
        tracing::error!("the end of the audit log could not be written");
    }
}

/// Somebody presented no valid token.
#[must_use]
pub fn refused(from: SocketAddr) -> Entry {
    Entry::now("refused").by(&By::stranger(from)).with("why", "no valid token was presented")
}
