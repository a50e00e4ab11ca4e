//! A directory that only this user can read, removed with everything in it.

use std::fs::DirBuilder;
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

/// Longest base directory, so that a socket's path in it stays below the 107 bytes of unix(7).
const BASE_MAX: usize = 60;

/// See the module.
#[derive(Debug)]
pub struct PrivateDir(PathBuf);

impl PrivateDir {
    /// Makes a new 0700 directory `watchdeck-demo-…` in `base`, or in `/tmp` if that path is long.
    ///
    /// # Errors
    /// It cannot be made.
    pub fn create(base: &Path) -> io::Result<Self> {
        let base = if base.as_os_str().len() > BASE_MAX { Path::new("/tmp") } else { base };
        let mut random = [0; 8];
        getrandom::fill(&mut random).map_err(io::Error::other)?;
        let name = format!("watchdeck-demo-{:016x}", u64::from_le_bytes(random));
        let path = base.join(name);
        // Fails if it exists: a directory that somebody else planted is never used.
        DirBuilder::new().mode(0o700).create(&path)?;
        Ok(Self(path))
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for PrivateDir {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.0) {
            tracing::warn!(%error, dir = %self.0.display(), "a directory was left behind");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn it_is_private_and_goes_with_its_contents() {
        let base = tempfile::tempdir().unwrap();
        let dir = PrivateDir::create(base.path()).unwrap();
        let path = dir.path().to_owned();
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o700);
        std::fs::write(path.join("file"), "x").unwrap();
        drop(dir);
        assert!(!path.exists() && base.path().exists());
    }

    #[test]
    fn a_long_base_is_not_used() {
        let dir = PrivateDir::create(Path::new(&"/x".repeat(40))).unwrap();
        assert!(dir.path().starts_with("/tmp"));
    }
}
