//! Changes of the tokens, as a running Agent notices them.

use std::sync::Arc;

use tokio::sync::watch;

use super::{Audit, Entry};
use crate::agent::tokens::{Entry as Token, Tokens};

/// Tells of every change until the Agent no longer follows the tokens.
pub async fn follow(audit: Arc<Audit>, mut tokens: watch::Receiver<Tokens>) {
    let mut known = tokens.borrow_and_update().clone();
    while tokens.changed().await.is_ok() {
        let now = tokens.borrow_and_update().clone();
        changes(&known, &now).for_each(|entry| audit.tell(entry));
        known = now;
    }
}

/// By id: a name may be used again.
fn changes<'a>(old: &'a Tokens, new: &'a Tokens) -> impl Iterator<Item = Entry> + 'a {
    let gone = old.list().iter().filter(|token| new.by_id(&token.id).is_none());
    let gone = gone.map(|token| entry("token_revoked", token));
    let come = new.list().iter().filter_map(|token| match old.by_id(&token.id) {
        None => Some(entry("token_new", token)),
        Some(before) if before != token => Some(entry("token_changed", token)),
        Some(_) => None,
    });
    gone.chain(come)
}

/// A token, in a list of them.
#[must_use]
pub fn describe(token: &Token) -> String {
    format!("{} {} {}", token.id, token.name, token.role)
}

fn entry(what: &'static str, token: &Token) -> Entry {
    let entry = Entry::now(what).with("token", &token.name).with("token_id", &token.id);
    let entry = entry.with("role", token.role);
    match token.expires_at {
        Some(end) => entry.with("expires_at", end),
        None => entry,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agent::tokens::TokensFile;
    use crate::proto::Role;

    #[test]
    fn a_new_and_a_revoked_token_are_told_without_their_hash() {
        let home = tempfile::tempdir().unwrap();
        let file = TokensFile::in_dir(home.path());
        let none = Tokens::default();
        file.add("ci", Role::Operator, None, chrono::Utc::now()).unwrap();
        let one = file.read().unwrap();
        for (old, new, what) in [(&none, &one, "token_new"), (&one, &none, "token_revoked")] {
            let told: Vec<_> = changes(old, new).collect();
            let text = format!("{told:?}");
            assert!(told.len() == 1 && text.contains(what) && text.contains("\"ci\""), "{text}");
            assert!(!text.contains("sha256"), "{text}");
        }
        assert_eq!(changes(&one, &one).count(), 0);
    }
}
