//! Finding the token of an Agent on this machine.

use std::net::SocketAddr;
use std::path::Path;

use crate::net::token_file_name;

/// The token of the local Agent that listens on `at`, if its 0600 file is readable.
#[must_use]
pub fn find_token(runtime_dir: &Path, at: &SocketAddr) -> Option<String> {
    let text = std::fs::read_to_string(runtime_dir.join(token_file_name(at.port()))).ok()?;
    Some(text.trim().to_owned()).filter(|token| !token.is_empty())
}
