//! What the way to a machine needs beside its address.

use std::path::PathBuf;

use crate::net::{Address, FirstUse, LinkOptions, SshOptions, Trust};

use super::{TokenError, TokenPlaces};

/// What the way to a machine needs beside its address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    /// Where its token is looked for.
    pub tokens: TokenPlaces,
    /// How its Agent is verified.
    pub trust: Trust,
    /// How ssh is run.
    pub ssh: SshOptions,
}

impl Way {
    /// To an Agent of this machine and user, which keeps its tokens in `runtime_dir`. Nothing new is
    /// trusted on it.
    #[must_use]
    pub fn local(runtime_dir: PathBuf) -> Self {
        let trust =
            Trust::Pin { known: runtime_dir.join("known_agents"), first_use: FirstUse::Refuse };
        let tokens = TokenPlaces { runtime_dir, ..TokenPlaces::default() };
        Self { tokens, trust, ssh: SshOptions::default() }
    }

    /// Reads what must be read for one connection.
    pub(super) async fn link_options(&self, address: &Address) -> Result<LinkOptions, TokenError> {
        let (tokens, at) = (self.tokens.clone(), address.clone());
        let token = tokio::task::spawn_blocking(move || tokens.find(&at)).await;
        // The task does not panic, and the runtime that ends takes this one with it.
        let token = token.unwrap_or(Ok(None))?;
        Ok(LinkOptions { token, trust: self.trust.clone(), ssh: self.ssh.clone() })
    }
}
