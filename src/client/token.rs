//! Finding the token for an Agent.

use std::path::{Path, PathBuf};

use crate::config::private::{self, PrivateError};
use crate::net::{Address, NotAToken, Secret, token_file_name};

/// Longest token file in bytes.
const FILE_MAX: u64 = 4096;

/// Where a machine's token is looked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TokenPlaces {
    /// A file that was named for this machine: it must be there.
    pub named: Option<PathBuf>,
    /// A token from the environment.
    pub given: Option<Secret>,
    /// The file that `watchdeck token add` would write.
    pub stored: Option<PathBuf>,
    /// Where Agents of this machine leave the tokens of their loopback ports.
    pub runtime_dir: PathBuf,
}

/// Why a token cannot be used. Tells files, never what is in them.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// Others could have read it, or it cannot be read.
    #[error(transparent)]
    File(#[from] PrivateError),
    /// The file that the configuration names is not there.
    #[error("the token_file {} is missing", .0.display())]
    Missing(PathBuf),
    /// It holds something else.
    #[error("{}: {source}", .path.display())]
    NotAToken {
        /// Which file.
        path: PathBuf,
        /// What is wrong.
        source: NotAToken,
    },
}

impl TokenPlaces {
    /// The token for an Agent; `None` where the address needs none, or none is known. Read anew for
    /// each connection, so that a renewed one is used. Blocks on file I/O.
    ///
    /// # Errors
    /// A file with a token is open to others, or holds none.
    pub fn find(&self, address: &Address) -> Result<Option<Secret>, TokenError> {
        let port_file = match address {
            Address::Unix(_) | Address::Ssh(_) => return Ok(None),
            Address::Ws(at) => Some(self.runtime_dir.join(token_file_name(at.port()))),
            Address::Wss(at) if is_loopback(at.host.as_str()) => {
                Some(self.runtime_dir.join(token_file_name(at.port)))
            }
            Address::Wss(_) => None,
        };
        if let Some(named) = &self.named {
            return read(named)?.map(Some).ok_or_else(|| TokenError::Missing(named.clone()));
        }
        if let Some(given) = &self.given {
            return Ok(Some(given.clone()));
        }
        for file in self.stored.iter().chain(&port_file) {
            if let Some(token) = read(file)? {
                return Ok(Some(token));
            }
        }
        Ok(None)
    }
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

fn read(path: &Path) -> Result<Option<Secret>, TokenError> {
    let text = private::read(path, FILE_MAX)?;
    let wrong = |source| TokenError::NotAToken { path: path.to_owned(), source };
    text.map(|text| Secret::new(&text).map_err(wrong)).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn secret(text: &str) -> Option<Secret> {
        Secret::new(text).ok()
    }

    #[test]
    fn the_named_file_goes_first_then_the_environment_then_what_was_stored() {
        let home = tempfile::tempdir().unwrap();
        let file = |name: &str| home.path().join(name);
        let wss: Address = "wss://web-1:7117".parse().unwrap();
        let mut places =
            TokenPlaces { runtime_dir: home.path().to_owned(), ..TokenPlaces::default() };
        assert_eq!(places.find(&wss).unwrap(), None);
        private::replace(&file("stored"), "three\n").unwrap();
        places.stored = Some(file("stored"));
        assert_eq!(places.find(&wss).unwrap(), secret("three"));
        places.given = secret("two");
        assert_eq!(places.find(&wss).unwrap(), secret("two"));
        places.named = Some(file("named"));
        assert!(matches!(places.find(&wss), Err(TokenError::Missing(_))));
        private::replace(&file("named"), "one").unwrap();
        assert_eq!(places.find(&wss).unwrap(), secret("one"));
        std::fs::set_permissions(file("named"), PermissionsExt::from_mode(0o644)).unwrap();
        let error = places.find(&wss).unwrap_err().to_string();
        assert!(error.contains("0644") && !error.contains("one\n"), "{error}");
        assert_eq!(places.find(&"unix:/x".parse().unwrap()).unwrap(), None);
        assert_eq!(places.find(&"ssh://web-1".parse().unwrap()).unwrap(), None);
    }

    #[test]
    fn a_loopback_port_has_its_agents_own_file() {
        let home = tempfile::tempdir().unwrap();
        let runtime_dir = home.path().to_owned();
        private::replace(&runtime_dir.join("port-7117.token"), "own").unwrap();
        let places = TokenPlaces { runtime_dir, ..TokenPlaces::default() };
        for (address, token) in [
            ("ws://127.0.0.1:7117", "own"),
            ("wss://localhost:7117", "own"),
            ("wss://[::1]:7117", "own"),
            ("wss://web-1:7117", ""),
            ("ws://127.0.0.1:7118", ""),
        ] {
            assert_eq!(places.find(&address.parse().unwrap()).unwrap(), secret(token), "{address}");
        }
    }
}
