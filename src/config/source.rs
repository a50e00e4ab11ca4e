//! The layers as texts, and the one place that reads files.

use std::ffi::OsString;
use std::fmt;
use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};

use super::{BUILT_IN, ConfigError, Paths, env};

/// Longest configuration file in bytes.
pub const MAX_FILE_BYTES: u64 = 1 << 20;

/// Where a layer comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Layer {
    /// Shipped with the program.
    BuiltIn,
    /// A file.
    File(PathBuf),
    /// An environment variable.
    Variable(&'static str),
}

impl fmt::Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BuiltIn => f.write_str("built-in config.toml"),
            Self::File(path) => path.display().fmt(f),
            Self::Variable(name) => write!(f, "environment variable {name}"),
        }
    }
}

/// One layer's TOML text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Where it comes from.
    pub layer: Layer,
    /// TOML.
    pub text: String,
}

impl Source {
    /// The text of a file.
    pub fn file(path: impl Into<PathBuf>, text: impl Into<String>) -> Self {
        Self { layer: Layer::File(path.into()), text: text.into() }
    }
}

/// Every layer, the lowest first; the built-in one is always there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sources(Vec<Source>);

impl Sources {
    /// The built-in layer, and `upper` over it, the lowest first.
    #[must_use]
    pub fn new(upper: impl IntoIterator<Item = Source>) -> Self {
        let built_in = Source { layer: Layer::BuiltIn, text: BUILT_IN.to_owned() };
        Self(std::iter::once(built_in).chain(upper).collect())
    }

    /// Reads the system's and the user's file where they exist, then `explicit` (`--config`),
    /// which must exist, then the `WATCHDECK_*` variables. Blocks on file I/O.
    ///
    /// # Errors
    /// A file that exists but cannot be read, is longer than [`MAX_FILE_BYTES`], or is not UTF-8.
    pub fn read(
        paths: &Paths,
        explicit: Option<&Path>,
        variable: impl Fn(&str) -> Option<OsString>,
    ) -> Result<Self, ConfigError> {
        let mut upper = Vec::new();
        for path in [Some(&paths.system_config), paths.user_config.as_ref()].into_iter().flatten() {
            match read_file(path) {
                Err(ConfigError::Read { source, .. }) if is_absent(&source) => {}
                read => upper.push(read?),
            }
        }
        if let Some(path) = explicit {
            upper.push(read_file(path)?);
        }
        upper.extend(env::sources(variable));
        Ok(Self::new(upper))
    }

    pub(super) fn into_vec(self) -> Vec<Source> {
        self.0
    }
}

fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

fn read_file(path: &Path) -> Result<Source, ConfigError> {
    let failed = |source| ConfigError::Read { path: path.to_owned(), source };
    let file = File::open(path).map_err(failed)?;
    let mut bytes = Vec::new();
    file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(ConfigError::TooLong { path: path.to_owned() });
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let valid = error.as_bytes().iter().take(error.utf8_error().valid_up_to());
        let line = valid.filter(|b| **b == b'\n').count() + 1;
        ConfigError::NotUtf8 { path: path.to_owned(), line }
    })?;
    Ok(Source::file(path, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(dir: &Path) -> Paths {
        Paths {
            system_config: dir.join("etc.toml"),
            user_config: Some(dir.join("none/user.toml")),
            runtime_dir: dir.to_owned(),
            state_dir: None,
        }
    }

    #[test]
    fn absent_files_are_no_layers_but_an_explicit_one_must_exist() {
        let dir = tempfile::tempdir().unwrap();
        let paths = paths(dir.path());
        assert_eq!(Sources::read(&paths, None, |_| None).unwrap(), Sources::new([]));
        let gone = dir.path().join("gone.toml");
        let error = Sources::read(&paths, Some(&gone), |_| None).unwrap_err();
        assert!(matches!(&error, ConfigError::Read { path, .. } if *path == gone));
        assert!(error.to_string().contains("gone.toml"), "{error}");
    }

    #[test]
    fn layers_come_in_their_order() {
        let dir = tempfile::tempdir().unwrap();
        let (paths, explicit) = (paths(dir.path()), dir.path().join("explicit.toml"));
        std::fs::write(&paths.system_config, "# system").unwrap();
        std::fs::write(&explicit, "# explicit").unwrap();
        let fps = |name: &str| (name == "WATCHDECK_FPS").then(|| "20".into());
        let sources = Sources::read(&paths, Some(&explicit), fps).unwrap().into_vec();
        let texts: Vec<_> = sources.iter().skip(1).map(|s| s.text.as_str()).collect();
        assert_eq!(texts, ["# system", "# explicit", "dashboard.fps = 20"]);
    }

    #[test]
    fn files_that_are_no_text_are_refused() {
        let dir = tempfile::tempdir().unwrap();
        let paths = paths(dir.path());
        std::fs::write(&paths.system_config, b"# one\n# two \xff").unwrap();
        let message = Sources::read(&paths, None, |_| None).unwrap_err().to_string();
        assert!(message.contains("etc.toml:2: not UTF-8"), "{message}");
        std::fs::write(&paths.system_config, vec![b'#'; 1 << 20 | 1]).unwrap();
        let message = Sources::read(&paths, None, |_| None).unwrap_err().to_string();
        assert!(message.contains("longer than 1 MiB"), "{message}");
        let message = Sources::read(&paths, Some(dir.path()), |_| None).unwrap_err().to_string();
        assert!(message.contains("longer than 1 MiB"), "{message}");
    }
}
