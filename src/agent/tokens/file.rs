//! The file of tokens: read whole, changed under a lock, replaced at once.

use std::path::{Path, PathBuf};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use subtle::{ConditionallySelectable, ConstantTimeEq};

use crate::config::private::{self, PrivateError};
use crate::net::Secret;
use crate::proto::{Role, validate_name};

use super::{Entry, Hash, Hex};

/// The only form of the file that this version knows.
const VERSION: u32 = 1;
/// Longest file in bytes.
const FILE_MAX: u64 = 1 << 20;
/// Most tokens of one Agent.
const TOKENS_MAX: usize = 1000;
/// Random bytes of a token.
const TOKEN_BYTES: usize = 32;
/// Random bytes of an id.
const ID_BYTES: usize = 4;
/// What every token begins with, so that programs that look for lost secrets know it.
const PREFIX: &str = "wdt_";

/// Why the file cannot be read or changed.
#[derive(Debug, thiserror::Error)]
pub enum TokensError {
    /// It is open to others, or the system refused.
    #[error(transparent)]
    File(#[from] PrivateError),
    /// It holds something that this version does not know. What may be a restriction is not skipped.
    #[error("{}: {reason}", .path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// A new token cannot have this name.
    #[error("{0}")]
    Name(String),
    /// There are as many as there can be.
    #[error("there are {TOKENS_MAX} tokens already; revoke one")]
    Full,
    /// No such token.
    #[error("there is no token `{0}`; `watchdeck token ls` lists them")]
    NotFound(String),
    /// The system has no randomness.
    #[error("there is no randomness to make a token of: {0}")]
    Random(getrandom::Error),
}

/// The tokens of an Agent at one moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tokens(Vec<Entry>);

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    version: u32,
    tokens: Vec<Entry>,
}

impl Tokens {
    /// All of them, oldest first.
    #[must_use]
    pub fn list(&self) -> &[Entry] {
        &self.0
    }

    /// The valid token that `presented` is. Takes the same time whichever it is, or none: it is hashed
    /// once and compared with every one.
    #[must_use]
    pub fn grant(&self, presented: &str, now: DateTime<Utc>) -> Option<&Entry> {
        let hash = Hash::of(presented);
        let mut found = u32::MAX;
        for (index, entry) in (0_u32..).zip(&self.0) {
            let valid = u8::from(entry.is_valid(now)).ct_eq(&1);
            found.conditional_assign(&index, entry.sha256.is(&hash) & valid);
        }
        self.0.get(usize::try_from(found).ok()?)
    }

    /// By its id.
    #[must_use]
    pub fn by_id(&self, id: &str) -> Option<&Entry> {
        self.0.iter().find(|entry| entry.id == id)
    }

    /// How many have not ended.
    #[must_use]
    pub fn valid(&self, now: DateTime<Utc>) -> usize {
        self.0.iter().filter(|entry| entry.is_valid(now)).count()
    }
}

/// The file of tokens in an Agent's state directory. All calls block on file I/O.
#[derive(Debug, Clone)]
pub struct TokensFile {
    path: PathBuf,
}

impl TokensFile {
    /// Its name in the state directory.
    pub const NAME: &str = "tokens.json";

    /// The file in `state_dir`; neither need exist.
    #[must_use]
    pub fn in_dir(state_dir: &Path) -> Self {
        Self { path: state_dir.join(Self::NAME) }
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The tokens in it; none when it is missing.
    ///
    /// # Errors
    /// It is open to others, or holds what this version does not know.
    pub fn read(&self) -> Result<Tokens, TokensError> {
        match private::read(&self.path, FILE_MAX)? {
            None => Ok(Tokens::default()),
            Some(text) => parse(&text).map_err(|reason| self.unreadable(reason)),
        }
    }

    fn unreadable(&self, reason: String) -> TokensError {
        TokensError::Unreadable { path: self.path.clone(), reason }
    }

    /// Makes a token. The text is not kept: what is lost must be made anew.
    ///
    /// # Errors
    /// The name is no name or taken, there are too many, or the file cannot be changed.
    pub fn add(
        &self,
        name: &str,
        role: Role,
        life: Option<Duration>,
        now: DateTime<Utc>,
    ) -> Result<(Entry, Secret), TokensError> {
        validate_name(name).map_err(|error| TokensError::Name(error.to_string()))?;
        let (token, secret) = new_token()?;
        // A life beyond what a date can hold is one without an end.
        let expires_at =
            life.and_then(|life| now.checked_add_signed(chrono::Duration::from_std(life).ok()?));
        self.change(|tokens| {
            if tokens.iter().any(|entry| entry.name == name) {
                let sentence =
                    format!("there is a token `{name}` already; revoke it, or choose another name");
                return Err(TokensError::Name(sentence));
            }
            if tokens.len() >= TOKENS_MAX {
                return Err(TokensError::Full);
            }
            let entry = Entry {
                id: new_id(tokens)?,
                name: name.to_owned(),
                role,
                sha256: Hash::of(&token),
                created_at: now,
                expires_at,
            };
            tokens.push(entry.clone());
            Ok((entry, secret))
        })
    }

    /// Forgets the token with this name or id.
    ///
    /// # Errors
    /// There is none, or the file cannot be changed.
    pub fn revoke(&self, selector: &str) -> Result<Entry, TokensError> {
        self.change(|tokens| {
            let is_it = |entry: &Entry| entry.name == selector || entry.id == selector;
            let at = tokens.iter().position(is_it);
            let at = at.ok_or_else(|| TokensError::NotFound(selector.to_owned()))?;
            Ok(tokens.remove(at))
        })
    }

    fn change<T>(
        &self,
        change: impl FnOnce(&mut Vec<Entry>) -> Result<T, TokensError>,
    ) -> Result<T, TokensError> {
        if let Some(dir) = self.path.parent() {
            private::dir(dir)?;
        }
        let _locked = private::lock(&self.path)?;
        let mut tokens = self.read()?.0;
        let changed = change(&mut tokens)?;
        let written = Written { version: VERSION, tokens };
        let text = serde_json::to_string_pretty(&written);
        let text = text.map_err(|error| self.unreadable(error.to_string()))?;
        private::replace(&self.path, &(text + "\n"))?;
        Ok(changed)
    }
}

fn parse(text: &str) -> Result<Tokens, String> {
    let written: Written = serde_json::from_str(text).map_err(|error| error.to_string())?;
    match written.version {
        VERSION => Ok(Tokens(written.tokens)),
        other => Err(format!("version {other} of this file is not known; update watchdeck")),
    }
}

fn new_token() -> Result<(String, Secret), TokensError> {
    let mut bytes = [0; TOKEN_BYTES];
    getrandom::fill(&mut bytes).map_err(TokensError::Random)?;
    let token = format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes));
    let secret = Secret::new(&token).map_err(|error| TokensError::Name(error.to_string()))?;
    Ok((token, secret))
}

fn new_id(tokens: &[Entry]) -> Result<String, TokensError> {
    loop {
        let mut bytes = [0; ID_BYTES];
        getrandom::fill(&mut bytes).map_err(TokensError::Random)?;
        let id = Hex(&bytes).to_string();
        // An id that is also a name would revoke either.
        if !tokens.iter().any(|entry| entry.id == id || entry.name == id) {
            return Ok(id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::os::unix::fs::PermissionsExt;

    const DAY: Duration = Duration::from_secs(86_400);

    #[test]
    fn a_token_is_shown_once_and_kept_hashed() {
        let home = tempfile::tempdir().unwrap();
        let file = TokensFile::in_dir(&home.path().join("state"));
        assert_eq!(file.read().unwrap(), Tokens::default());
        let now = Utc::now();
        let (entry, secret) = file.add("ci-bot", Role::Operator, Some(30 * DAY), now).unwrap();
        assert_eq!(secret.reveal().len(), PREFIX.len() + 43);
        let text = std::fs::read_to_string(file.path()).unwrap();
        assert!(text.contains("ci-bot") && !text.contains(secret.reveal()));
        let mode = std::fs::metadata(file.path()).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let tokens = file.read().unwrap();
        assert_eq!(tokens.grant(secret.reveal(), now), Some(&entry));
        assert_eq!(tokens.grant(secret.reveal(), now + 30 * DAY), None, "it has ended");
        assert_eq!((tokens.valid(now), tokens.valid(now + 30 * DAY)), (1, 0));
        for wrong in ["", "wdt_", &secret.reveal()[1..], &secret.reveal().to_uppercase()] {
            assert_eq!(tokens.grant(wrong, now), None);
        }
        assert!(!format!("{tokens:?} {secret:?}").contains(secret.reveal()));
    }

    #[test]
    fn each_token_is_its_own_and_revoked_by_name_or_id() {
        let home = tempfile::tempdir().unwrap();
        let file = TokensFile::in_dir(home.path());
        let now = Utc::now();
        let (one, first) = file.add("one", Role::Observer, None, now).unwrap();
        let (two, second) = file.add("two", Role::Admin, None, now).unwrap();
        assert!(matches!(file.add("one", Role::Admin, None, now), Err(TokensError::Name(_))));
        assert!(matches!(file.add("../x", Role::Admin, None, now), Err(TokensError::Name(_))));
        let tokens = file.read().unwrap();
        assert_eq!(tokens.grant(first.reveal(), now), Some(&one));
        assert_eq!(tokens.grant(second.reveal(), now), Some(&two));
        file.revoke("one").unwrap();
        file.revoke(&two.id).unwrap();
        assert!(matches!(file.revoke("one"), Err(TokensError::NotFound(_))));
        assert_eq!(file.read().unwrap().grant(first.reveal(), now), None);
    }

    #[test]
    fn what_is_not_understood_or_not_private_is_refused() {
        let home = tempfile::tempdir().unwrap();
        let file = TokensFile::in_dir(home.path());
        file.add("one", Role::Observer, None, Utc::now()).unwrap();
        let good = std::fs::read_to_string(file.path()).unwrap();
        for bad in [
            "".to_owned(),
            "[]".to_owned(),
            good.replace("\"version\": 1", "\"version\": 2"),
            good.replace("\"name\"", "\"only_from\": \"10.0.0.0/8\", \"name\""),
            good.replace("observer", "root"),
            good.replace("\"sha256\": \"", "\"sha256\": \"0"),
        ] {
            private::replace(file.path(), &bad).unwrap();
            assert!(matches!(file.read(), Err(TokensError::Unreadable { .. })), "{bad}");
            assert!(file.add("two", Role::Admin, None, Utc::now()).is_err(), "{bad}");
        }
        private::replace(file.path(), &good).unwrap();
        std::fs::set_permissions(file.path(), PermissionsExt::from_mode(0o604)).unwrap();
        assert!(matches!(file.read(), Err(TokensError::File(_))));
    }

    #[test]
    fn many_at_once_lose_nothing() {
        let home = tempfile::tempdir().unwrap();
        let file = TokensFile::in_dir(home.path());
        std::thread::scope(|scope| {
            for number in 0..8 {
                let file = &file;
                let name = format!("t{number}");
                scope.spawn(move || file.add(&name, Role::Observer, None, Utc::now()).unwrap());
            }
        });
        assert_eq!(file.read().unwrap().list().len(), 8);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,200}") {
            let _ = parse(&text);
            let _ = parse(&format!("{{\"version\":1,\"tokens\":[{text}]}}"));
        }
    }
}
