//! The file of known agents: which certificate each `HOST:PORT` showed first. Made like ssh's
//! known_hosts to be read and edited by hand.

use std::path::{Path, PathBuf};

use crate::config::HostPort;
use crate::config::private::{self, PrivateError};

use super::Fingerprint;

/// Longest such file in bytes; some ten thousand agents.
const FILE_MAX: u64 = 1 << 20;
/// What a new file begins with.
const HEADING: &str =
    "# Agents and the certificate each showed first: HOST:PORT sha256:FINGERPRINT\n";

/// Why a pin cannot be known or noted.
#[derive(Debug, thiserror::Error)]
pub enum PinError {
    /// The file cannot be used.
    #[error(transparent)]
    File(#[from] PrivateError),
    /// A line cannot be read. Skipping it might skip the pin in question.
    #[error("{}:{line}: this is not HOST:PORT sha256:FINGERPRINT; mend or remove the line", .path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
    },
    /// There is another pin already.
    #[error("{}:{line} has another certificate for {at}", .path.display())]
    Other {
        /// The file.
        path: PathBuf,
        /// Where.
        line: usize,
        /// For which agent.
        at: HostPort,
    },
}

/// One agent's pin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pin {
    /// Of the certificate it must show.
    pub fingerprint: Fingerprint,
    /// Where it stands in the file, from 1.
    pub line: usize,
}

/// The file. All calls block on file I/O.
#[derive(Debug, Clone)]
pub struct KnownAgents {
    path: PathBuf,
}

impl KnownAgents {
    /// The file at `path`, which need not exist.
    #[must_use]
    pub fn new(path: &Path) -> Self {
        Self { path: path.to_owned() }
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The pin of an agent.
    ///
    /// # Errors
    /// The file is open to others or cannot be read.
    pub fn get(&self, at: &HostPort) -> Result<Option<Pin>, PinError> {
        let pins = self.parse(&self.text()?)?;
        Ok(pins.into_iter().find(|(host, _)| host == at).map(|(_, pin)| pin))
    }

    /// Notes an agent's pin.
    ///
    /// # Errors
    /// There is another one, or the file cannot be read or written.
    pub fn add(&self, at: &HostPort, fingerprint: Fingerprint) -> Result<(), PinError> {
        self.change(|pins, mut text| match pins.iter().find(|(host, _)| host == at) {
            Some((_, pin)) if pin.fingerprint == fingerprint => Ok(None),
            Some((host, Pin { line, .. })) => {
                Err(PinError::Other { path: self.path.clone(), line: *line, at: host.clone() })
            }
            None => {
                if text.is_empty() {
                    text.push_str(HEADING);
                } else if !text.ends_with('\n') {
                    text.push('\n');
                }
                Ok(Some(format!("{text}{at} {fingerprint}\n")))
            }
        })
        .map(|_| ())
    }

    /// Forgets an agent's pin; whether there was one.
    ///
    /// # Errors
    /// The file cannot be read or written.
    pub fn remove(&self, at: &HostPort) -> Result<bool, PinError> {
        self.change(|pins, text| {
            let is_its =
                |line: usize| pins.iter().any(|(host, pin)| host == at && pin.line == line);
            let kept = text.split_inclusive('\n').enumerate().filter(|(i, _)| !is_its(i + 1));
            let kept: String = kept.map(|(_, line)| line).collect();
            Ok((kept != text).then_some(kept))
        })
    }

    /// Rewrites the file under its lock if `change` gives another text; whether it did.
    fn change(
        &self,
        change: impl FnOnce(&[(HostPort, Pin)], String) -> Result<Option<String>, PinError>,
    ) -> Result<bool, PinError> {
        if let Some(dir) = self.path.parent() {
            private::dir(dir)?;
        }
        let _locked = private::lock(&self.path)?;
        let text = self.text()?;
        let Some(new) = change(&self.parse(&text)?, text)? else { return Ok(false) };
        private::replace(&self.path, &new)?;
        Ok(true)
    }

    fn text(&self) -> Result<String, PinError> {
        Ok(private::read(&self.path, FILE_MAX)?.unwrap_or_default())
    }

    fn parse(&self, text: &str) -> Result<Vec<(HostPort, Pin)>, PinError> {
        parse(text).map_err(|line| PinError::Line { path: self.path.clone(), line })
    }
}

/// The pins in a text, or the first line, from 1, that is none.
fn parse(text: &str) -> Result<Vec<(HostPort, Pin)>, usize> {
    let mut pins = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let said = line.split('#').next().unwrap_or_default();
        let words: Vec<&str> = said.split_whitespace().collect();
        let number = index + 1;
        match words.as_slice() {
            [] => {}
            [at, fingerprint] => {
                let fingerprint = fingerprint.parse().map_err(|_| number)?;
                pins.push((at.parse().map_err(|_| number)?, Pin { fingerprint, line: number }));
            }
            _ => return Err(number),
        }
    }
    Ok(pins)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn fingerprint(digit: char) -> Fingerprint {
        format!("sha256:{}", digit.to_string().repeat(64)).parse().unwrap()
    }

    #[test]
    fn a_pin_is_noted_once_kept_and_forgotten() {
        let home = tempfile::tempdir().unwrap();
        let known = KnownAgents::new(&home.path().join("state/known_agents"));
        let (web, db) = ("web-1:1".parse().unwrap(), "db-1:1".parse().unwrap());
        assert_eq!(known.get(&web).unwrap(), None);
        known.add(&web, fingerprint('a')).unwrap();
        known.add(&web, fingerprint('a')).unwrap();
        known.add(&db, fingerprint('b')).unwrap();
        assert!(matches!(known.add(&web, fingerprint('c')), Err(PinError::Other { line: 2, .. })));
        let pin = known.get(&db).unwrap().unwrap();
        assert_eq!(pin, Pin { fingerprint: fingerprint('b'), line: 3 });
        assert!(known.remove(&web).unwrap());
        assert!(!known.remove(&web).unwrap());
        let text = std::fs::read_to_string(known.path()).unwrap();
        assert_eq!(text, format!("{HEADING}db-1:1 {}\n", fingerprint('b')));
    }

    #[test]
    fn a_line_that_cannot_be_read_hides_no_pin() {
        let good = format!("web-1:1 {}  # from the wiki", fingerprint('a'));
        assert_eq!(parse(&format!("# a comment\n\n{good}")).unwrap().len(), 1);
        for bad in ["web-1:1", "web-1 sha256:00", "web-1:1 sha256:00", "x", "<<<<<<< HEAD"] {
            assert_eq!(parse(&format!("{good}\n{bad}\n")), Err(2), "{bad}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn any_text_is_read_or_refused(text in "[ -~\n\t#:]{0,200}") {
            if let Ok(pins) = parse(&text) {
                let lines = text.lines().count();
                prop_assert!(pins.iter().all(|(_, pin)| (1..=lines).contains(&pin.line)));
            }
        }
    }
}
