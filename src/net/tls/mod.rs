//! TLS 1.2 and 1.3 by rustls. One crypto provider, handed over explicitly.

mod client;
mod fingerprint;
mod server;
mod verifier;

use std::sync::Arc;

use rustls::crypto::CryptoProvider;

pub use client::{FirstUse, Trust};
pub(super) use client::{connect, see};
pub use fingerprint::Fingerprint;
pub use server::{SelfSigned, ServerTls, TlsError};

fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}
