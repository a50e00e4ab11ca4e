//! Where files live: the XDG base directories (specification 0.8), with our own fallbacks.
//!
//! Pure: the environment comes in as a function. Making directories, and checking who owns them,
//! is for those who use them.

use std::ffi::OsString;
use std::path::PathBuf;

/// The file that the machine's administrator owns.
pub const SYSTEM_CONFIG: &str = "/etc/watchdeck/config.toml";
/// Where the system's service manager makes the runtime directories of agents that it keeps, one for
/// each user (`packaging/systemd/watchdeck@.service`).
pub const SERVICES_RUNTIME_DIR: &str = "/run/watchdeck";

/// The paths of one user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paths {
    /// [`SYSTEM_CONFIG`].
    pub system_config: PathBuf,
    /// `$XDG_CONFIG_HOME/watchdeck/config.toml`, else `~/.config/watchdeck/config.toml`; `None`
    /// without a home.
    pub user_config: Option<PathBuf>,
    /// Sockets and tokens: `$WATCHDECK_RUNTIME_DIR`, else the user's own below
    /// [`SERVICES_RUNTIME_DIR`] (found by the command line), else `$XDG_RUNTIME_DIR/watchdeck`, else
    /// `/tmp/watchdeck-UID`. Must be 0700 and ours before it is used.
    pub runtime_dir: PathBuf,
    /// What outlives a reboot: `$WATCHDECK_STATE_DIR`, else `$XDG_STATE_HOME/watchdeck`, else
    /// `~/.local/state/watchdeck`; `None` without a home. Must be 0700 and ours before it is used.
    pub state_dir: Option<PathBuf>,
}

/// An override that cannot be followed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PathsError {
    /// A relative directory would be another one for every program that reads it.
    #[error("{variable} is `{}`; it must be an absolute path", .path.display())]
    Relative {
        /// Which one.
        variable: &'static str,
        /// What it is.
        path: PathBuf,
    },
}

impl Paths {
    /// The paths of the user `uid` in the environment `variable`. Empty variables count as unset,
    /// and relative XDG directories are ignored, as the specification asks.
    ///
    /// # Errors
    /// A relative `WATCHDECK_RUNTIME_DIR` or `WATCHDECK_STATE_DIR`.
    pub fn new(variable: impl Fn(&str) -> Option<OsString>, uid: u32) -> Result<Self, PathsError> {
        let set = |name| variable(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let absolute = |name| set(name).filter(|path| path.is_absolute());
        let under_home =
            |name, fallback| absolute(name).or_else(|| absolute("HOME").map(|h| h.join(fallback)));
        let own = |variable| match set(variable) {
            Some(path) if !path.is_absolute() => Err(PathsError::Relative { variable, path }),
            path => Ok(path),
        };
        let runtime_dir = own("WATCHDECK_RUNTIME_DIR")?.unwrap_or_else(|| {
            absolute("XDG_RUNTIME_DIR").map_or_else(
                || PathBuf::from(format!("/tmp/watchdeck-{uid}")),
                |dir| dir.join("watchdeck"),
            )
        });
        let state_dir = own("WATCHDECK_STATE_DIR")?;
        Ok(Self {
            system_config: PathBuf::from(SYSTEM_CONFIG),
            user_config: under_home("XDG_CONFIG_HOME", ".config")
                .map(|dir| dir.join("watchdeck/config.toml")),
            runtime_dir,
            state_dir: state_dir.or_else(|| {
                under_home("XDG_STATE_HOME", ".local/state").map(|dir| dir.join("watchdeck"))
            }),
        })
    }

    /// The agent's socket, unless the configuration names another.
    #[must_use]
    pub fn socket(&self) -> PathBuf {
        self.runtime_dir.join("agent.sock")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(variables: &[(&str, &str)]) -> Result<Paths, PathsError> {
        let find = |name: &str| variables.iter().find(|(n, _)| *n == name);
        Paths::new(|name| find(name).map(|(_, value)| value.into()), 1000)
    }

    #[test]
    fn xdg_directories_are_followed() {
        let paths = paths(&[
            ("HOME", "/home/ada"),
            ("XDG_CONFIG_HOME", "/c"),
            ("XDG_RUNTIME_DIR", "/run/user/1000"),
            ("XDG_STATE_HOME", "/s"),
        ])
        .unwrap();
        assert_eq!(paths.system_config, PathBuf::from("/etc/watchdeck/config.toml"));
        assert_eq!(paths.user_config, Some("/c/watchdeck/config.toml".into()));
        assert_eq!(paths.runtime_dir, PathBuf::from("/run/user/1000/watchdeck"));
        assert_eq!(paths.state_dir, Some("/s/watchdeck".into()));
        assert_eq!(paths.socket(), PathBuf::from("/run/user/1000/watchdeck/agent.sock"));
    }

    #[test]
    fn without_them_home_and_tmp_serve() {
        let only_home = paths(&[("HOME", "/home/ada"), ("XDG_CONFIG_HOME", "")]).unwrap();
        assert_eq!(only_home.user_config, Some("/home/ada/.config/watchdeck/config.toml".into()));
        assert_eq!(only_home.state_dir, Some("/home/ada/.local/state/watchdeck".into()));
        assert_eq!(only_home.runtime_dir, PathBuf::from("/tmp/watchdeck-1000"));
        let nothing = paths(&[]).unwrap();
        assert_eq!((nothing.user_config, nothing.state_dir), (None, None));
    }

    #[test]
    fn relative_directories_are_ignored_or_refused() {
        let ignored = paths(&[("XDG_RUNTIME_DIR", "run"), ("XDG_CONFIG_HOME", "c")]).unwrap();
        assert_eq!(ignored.runtime_dir, PathBuf::from("/tmp/watchdeck-1000"));
        assert_eq!(ignored.user_config, None);
        let refused = paths(&[("WATCHDECK_RUNTIME_DIR", "run")]).unwrap_err();
        assert!(refused.to_string().contains("must be an absolute path"));
        let wins = [("WATCHDECK_RUNTIME_DIR", "/w"), ("XDG_RUNTIME_DIR", "/r")];
        assert_eq!(paths(&wins).unwrap().runtime_dir, PathBuf::from("/w"));
        let wins = [("WATCHDECK_STATE_DIR", "/w"), ("XDG_STATE_HOME", "/s")];
        assert_eq!(paths(&wins).unwrap().state_dir, Some("/w".into()));
        assert!(paths(&[("WATCHDECK_STATE_DIR", "w")]).is_err());
    }
}
