//! The Agent's certificate: from the files that are configured, else self-signed and kept.

use std::path::{Path, PathBuf};

use crate::config::TlsFiles;
use crate::config::private::{self, PrivateError};
use crate::net::{SelfSigned, ServerTls, TlsError};

/// Longest file of a certificate chain or key, in bytes.
const FILE_MAX: u64 = 1 << 20;

/// Why there is no certificate.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// A file cannot be read or written, or the key is open to others.
    #[error(transparent)]
    File(#[from] PrivateError),
    /// A file is not there.
    #[error("{} is missing", .0.display())]
    Missing(PathBuf),
    /// A file holds something else.
    #[error("{} and {}: {source}", .files.cert.display(), .files.key.display())]
    Tls {
        /// The certificate's and the key's.
        files: Box<TlsFiles>,
        /// What is wrong.
        source: Box<TlsError>,
    },
}

/// The configured certificate and key.
///
/// # Errors
/// A file is missing, the key is open to others, or they do not belong together.
pub fn configured(files: &TlsFiles) -> Result<ServerTls, CertificateError> {
    let chain = std::fs::read_to_string(&files.cert);
    let failed = |source| PrivateError::Io { path: files.cert.clone(), source };
    let chain = chain.map_err(failed)?;
    // Programs that renew certificates put links in place; what counts is who can read the file.
    let path = std::fs::canonicalize(&files.key).unwrap_or_else(|_| files.key.clone());
    let key = private::read(&path, FILE_MAX)?;
    let key = key.ok_or_else(|| CertificateError::Missing(files.key.clone()))?;
    pair(&chain, &key, files)
}

/// The self-signed ones in `dir`, made at the first need for these host names.
///
/// # Errors
/// One of the two is gone, or they cannot be read or made.
pub fn self_signed(dir: &Path, names: Vec<String>) -> Result<ServerTls, CertificateError> {
    let files = TlsFiles { cert: dir.join("cert.pem"), key: dir.join("key.pem") };
    private::dir(dir)?;
    let _locked = private::lock(&files.key)?;
    match (private::read(&files.cert, FILE_MAX)?, private::read(&files.key, FILE_MAX)?) {
        (Some(chain), Some(key)) => pair(&chain, &key, &files),
        // Clients have pinned the pair: half of it must not silently become another one.
        (None, Some(_)) => Err(CertificateError::Missing(files.cert)),
        (Some(_), None) => Err(CertificateError::Missing(files.key)),
        (None, None) => {
            let made = SelfSigned::make(names).map_err(|source| wrong(&files, source))?;
            private::replace(&files.key, &made.key)?;
            private::replace(&files.cert, &made.cert)?;
            pair(&made.cert, &made.key, &files)
        }
    }
}

fn pair(chain: &str, key: &str, files: &TlsFiles) -> Result<ServerTls, CertificateError> {
    ServerTls::new(chain, key).map_err(|source| wrong(files, source))
}

fn wrong(files: &TlsFiles, source: TlsError) -> CertificateError {
    CertificateError::Tls { files: Box::new(files.clone()), source: Box::new(source) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_self_signed_pair_is_made_once_and_never_half() {
        let home = tempfile::tempdir().unwrap();
        let dir = home.path().join("state/tls");
        let load = || self_signed(&dir, vec!["web-1".to_owned()]);
        let first = load().unwrap().fingerprint();
        assert_eq!(load().unwrap().fingerprint(), first);
        let mode = std::fs::metadata(dir.join("key.pem")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        std::fs::remove_file(dir.join("cert.pem")).unwrap();
        assert!(matches!(load(), Err(CertificateError::Missing(_))));
    }

    #[test]
    fn a_configured_key_must_be_private_but_may_be_a_link() {
        let home = tempfile::tempdir().unwrap();
        let path = |name: &str| home.path().join(name);
        let made = SelfSigned::make(vec!["web-1".to_owned()]).unwrap();
        std::fs::write(path("cert.pem"), &made.cert).unwrap();
        private::replace(&path("real.pem"), &made.key).unwrap();
        std::os::unix::fs::symlink("real.pem", path("key.pem")).unwrap();
        let files = TlsFiles { cert: path("cert.pem"), key: path("key.pem") };
        assert!(configured(&files).is_ok());
        std::fs::set_permissions(path("real.pem"), PermissionsExt::from_mode(0o640)).unwrap();
        let error = configured(&files).map(|_| ()).unwrap_err().to_string();
        assert!(error.contains("0640"), "{error}");
        let files = TlsFiles { key: path("none.pem"), ..files };
        assert!(matches!(configured(&files), Err(CertificateError::Missing(_))));
    }
}
