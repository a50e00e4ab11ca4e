//! From layers to a configuration, with the place of every value.

use std::collections::BTreeMap;
use std::io;
use std::ops::Range;
use std::path::PathBuf;

use serde::Deserialize;
use serde_spanned::Spanned;
use toml::de::DeTable;

use super::diagnostic::{Diagnostic, Place};
use super::explain::explain;
use super::tree::{self, Spans};
use super::{Config, Source, Sources, check};

/// Why there is no configuration.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A file could not be read.
    #[error("cannot read the configuration {}: {source}", .path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file is longer than [`super::MAX_FILE_BYTES`].
    #[error("the configuration {} is longer than 1 MiB; is it the right file?", .path.display())]
    TooLong {
        /// Which.
        path: PathBuf,
    },
    /// A file is not UTF-8.
    #[error("{}:{line}: not UTF-8; save the file as UTF-8", .path.display())]
    NotUtf8 {
        /// Which.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
    },
    /// A layer says something that cannot be.
    #[error("{0}")]
    Invalid(Box<Diagnostic>),
}

impl From<Diagnostic> for ConfigError {
    fn from(diagnostic: Diagnostic) -> Self {
        Self::Invalid(Box::new(diagnostic))
    }
}

/// A configuration, and where it came from.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The merged configuration.
    pub config: Config,
    /// What is doubtful in it.
    pub warnings: Vec<Diagnostic>,
    /// Where each value stands.
    pub origins: Origins,
    merged: toml::Table,
}

impl Loaded {
    /// The merged configuration as TOML without comments.
    #[must_use]
    pub fn to_toml(&self) -> String {
        toml::to_string_pretty(&self.merged).unwrap_or_default()
    }
}

/// Where each value of a configuration stands, by path: `agent.name`, `alerts[0].regex`.
#[derive(Debug, Clone)]
pub struct Origins {
    texts: Texts,
    spans: BTreeMap<String, Spans>,
}

impl Origins {
    /// The place of the value at `path`, if a layer sets it.
    #[must_use]
    pub fn place(&self, path: &str) -> Option<Place> {
        self.spans.get(path).map(|spans| self.texts.diagnostic(spans.value.clone(), "", None).place)
    }

    /// The paths that have a value, sorted.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.spans.keys().map(String::as_str)
    }

    /// A complaint about the value at `path`, or where that is not set about what it would stand
    /// in: for those who can judge it only later, as the alert engine judges `alerts[3].regex`.
    #[must_use]
    pub fn complain(&self, path: &str, message: &str, help: Option<String>) -> Diagnostic {
        let span = self.nearest(path).map_or(0..0, |spans| spans.value.clone());
        self.texts.diagnostic(span, message, help)
    }

    /// A complaint about the key at `path` itself: an unknown command in `[keys]`.
    #[must_use]
    pub fn complain_of_key(&self, path: &str, message: &str, help: Option<String>) -> Diagnostic {
        let span = self.nearest(path).map_or(0..0, |spans| spans.key.clone());
        self.texts.diagnostic(span, message, help)
    }

    /// The spans at `path`, else at the closest setting around it.
    fn nearest(&self, mut path: &str) -> Option<&Spans> {
        loop {
            if let Some(spans) = self.spans.get(path) {
                return Some(spans);
            }
            path = path.rsplit_once(['.', '['])?.0;
        }
    }
}

impl Config {
    /// Merges the layers and reads the result. Pure.
    ///
    /// # Errors
    /// The first thing that is wrong, with its place: syntax, an unknown key, a value of the wrong
    /// type or out of range, a name given twice, an unusable leader.
    pub fn load(sources: Sources) -> Result<Loaded, ConfigError> {
        let texts = Texts::new(sources.into_vec());
        let tree = texts.merged()?;
        let spans = tree::spans(&tree);
        let config = texts.read(tree.clone())?;
        let merged = texts.read(tree)?;
        let origins = Origins { texts: texts.clone(), spans };
        let warnings = check::check(&config, &origins)?;
        Ok(Loaded { config, warnings, origins, merged })
    }
}

/// The layers' texts, laid end to end: a position in them names a layer and a place in it.
#[derive(Debug, Clone)]
struct Texts {
    sources: Vec<(usize, Source)>,
}

impl Texts {
    fn new(sources: Vec<Source>) -> Self {
        let mut base = 0;
        let sources = sources.into_iter().map(|source| {
            let begin = base;
            // One more, so that the end of a text is not the begin of the next.
            base += source.text.len() + 1;
            (begin, source)
        });
        Self { sources: sources.collect() }
    }

    fn merged(&self) -> Result<DeTable<'_>, ConfigError> {
        let mut merged = DeTable::new();
        for (base, source) in &self.sources {
            let layer = tree::parse(&source.text, *base).map_err(|error| {
                let span = error.span().unwrap_or_default();
                self.explained(span.start + base..span.end + base, error.message())
            })?;
            merged = tree::merge(merged, layer);
        }
        Ok(merged)
    }

    fn read<'t, T: Deserialize<'t>>(&'t self, tree: DeTable<'t>) -> Result<T, ConfigError> {
        let deserializer = toml::de::Deserializer::from(Spanned::new(0..0, tree));
        T::deserialize(deserializer)
            .map_err(|error| self.explained(error.span().unwrap_or_default(), error.message()))
    }

    fn explained(&self, span: Range<usize>, message: &str) -> ConfigError {
        let explanation = explain(message);
        self.diagnostic(span, &explanation.message, explanation.help).into()
    }

    fn diagnostic(&self, span: Range<usize>, message: &str, help: Option<String>) -> Diagnostic {
        let holder = self.sources.iter().rev().find(|(base, _)| *base <= span.start);
        match holder {
            Some((base, source)) => {
                let local = span.start - base..span.end.max(span.start) - base;
                Diagnostic::new(source, local, message, help)
            }
            None => Diagnostic::new(&Source::file("", ""), 0..0, message, help),
        }
    }
}
