//! The Agent's side: its certificate and key.

use std::sync::Arc;

use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;

use super::{Fingerprint, provider};

/// Why a certificate and key cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// There is none in the text, or it is broken.
    #[error("there is no certificate in PEM form in it")]
    Certificate,
    /// There is none in the text, or it is broken. The text is not repeated.
    #[error("there is no private key in PEM form in it")]
    Key,
    /// They do not belong together, or the algorithm is not supported.
    #[error("certificate and key cannot be used together: {0}")]
    Pair(#[source] rustls::Error),
    /// A self-signed certificate could not be made.
    #[error("a self-signed certificate cannot be made: {0}")]
    Make(#[source] rcgen::Error),
}

/// A certificate and its key, ready to serve.
#[derive(Clone)]
pub struct ServerTls {
    pub(in crate::net) acceptor: TlsAcceptor,
    fingerprint: Fingerprint,
}

impl ServerTls {
    /// From the text of PEM files: the chain with the Agent's own certificate first, and its key.
    ///
    /// # Errors
    /// One of them is missing or broken, or they do not belong together.
    pub fn new(chain: &str, key: &str) -> Result<Self, TlsError> {
        let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(chain.as_bytes()).collect();
        let chain = chain.map_err(|_| TlsError::Certificate)?;
        let fingerprint = Fingerprint::of(chain.first().ok_or(TlsError::Certificate)?);
        let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).map_err(|_| TlsError::Key)?;
        let config = ServerConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .map_err(TlsError::Pair)?
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .map_err(TlsError::Pair)?;
        Ok(Self { acceptor: TlsAcceptor::from(Arc::new(config)), fingerprint })
    }

    /// What clients pin.
    #[must_use]
    pub const fn fingerprint(&self) -> Fingerprint {
        self.fingerprint
    }
}

/// A new self-signed certificate and its key, in PEM form.
pub struct SelfSigned {
    /// The certificate.
    pub cert: String,
    /// The private key.
    pub key: String,
}

impl SelfSigned {
    /// For these host names. Clients that pin it look at no name, others refuse it anyway.
    ///
    /// # Errors
    /// A name no certificate can hold, or no randomness.
    pub fn make(names: Vec<String>) -> Result<Self, TlsError> {
        let made = rcgen::generate_simple_self_signed(names).map_err(TlsError::Make)?;
        Ok(Self { cert: made.cert.pem(), key: made.signing_key.serialize_pem() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn certificate_and_key_must_be_there_and_belong_together() {
        let make = || SelfSigned::make(vec!["web-1".to_owned()]).unwrap();
        let (one, other) = (make(), make());
        assert!(ServerTls::new(&one.cert, &one.key).is_ok());
        assert!(matches!(ServerTls::new(&one.cert, &other.key), Err(TlsError::Pair(_))));
        assert!(matches!(ServerTls::new("", &one.key), Err(TlsError::Certificate)));
        assert!(matches!(ServerTls::new(&one.key, &one.key), Err(TlsError::Certificate)));
        assert!(matches!(ServerTls::new(&one.cert, &one.cert), Err(TlsError::Key)));
    }
}
