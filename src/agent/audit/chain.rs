//! The chain of an audit log, without any I/O: each line holds its number, the hash of the line before
//! and its own.
//!
//! A line is one JSON object in ASCII. Its last member is `hash`, the SHA-256 of all that stands before
//! it in the line; `prev`, which is part of that, is the `hash` of the line before.

use std::fmt;

use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

/// Hash of a line.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Hash([u8; 32]);

impl Hash {
    /// What the first line of all has before it.
    pub const ZERO: Self = Self([0; 32]);

    /// SHA-256 of `bytes`.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// From 64 lower-case hexadecimal digits; nothing else is one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.as_bytes();
        if digits.len() != 64 {
            return None;
        }
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = pair.iter().try_fold(0, |value, digit| Some(value << 4 | nibble(*digit)?))?;
        }
        Some(Self(bytes))
    }
}

/// Upper case would be a second spelling of the same line.
fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// How far a chain goes: number and hash of its last line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// Number of the line; 0 before the first.
    pub seq: u64,
    /// Its hash.
    pub hash: Hash,
}

impl Head {
    /// Before the first line.
    pub const START: Self = Self { seq: 0, hash: Hash::ZERO };
}

/// How a line ends, up to its hash.
const HASH_KEY: &str = ",\"hash\":\"";

/// What a line says, in this order.
pub type Fields = Vec<(&'static str, Value)>;

/// The line (without a line end) that says `fields` and follows `after`, and how far the chain goes then.
#[must_use]
pub fn seal(fields: &Fields, after: Head) -> (String, Head) {
    let seq = after.seq + 1;
    let mut line = format!("{{\"seq\":{seq}");
    for (key, value) in fields {
        line.push_str(&format!(",\"{key}\":{}", ascii(&value.to_string())));
    }
    line.push_str(&format!(",\"prev\":\"{}\"", after.hash));
    let hash = Hash::of(line.as_bytes());
    line.push_str(&format!("{HASH_KEY}{hash}\"}}"));
    (line, Head { seq, hash })
}

/// JSON with everything escaped that could do something to a terminal: non-ASCII characters are only
/// in strings.
fn ascii(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for c in json.chars() {
        if matches!(c, ' '..='~') {
            text.push(c);
        } else {
            let mut units = [0; 2];
            c.encode_utf16(&mut units)
                .iter()
                .for_each(|unit| text.push_str(&format!("\\u{unit:04x}")));
        }
    }
    text
}

/// What is wrong with a line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// It is not a line of an audit log.
    #[error("it is not a line of an audit log: {0}")]
    Form(&'static str),
    /// Its text is not what its hash was made of.
    #[error("the line was changed: expected the hash {expected}, found {found}")]
    Changed {
        /// Hash of its text.
        expected: Hash,
        /// What it says.
        found: Hash,
    },
    /// It does not follow the line before by number.
    #[error(
        "lines are missing, doubled or in another order: expected line number {expected}, found {found}"
    )]
    Number {
        /// What would follow.
        expected: u64,
        /// What it says.
        found: u64,
    },
    /// It does not follow the line before by hash.
    #[error(
        "the line before is another one than when this was written: expected prev {expected}, found {found}"
    )]
    Link {
        /// Hash of the line before.
        expected: Hash,
        /// What it says.
        found: Hash,
    },
}

#[derive(Deserialize)]
struct Said {
    seq: u64,
    prev: String,
}

/// A line whose own hash is right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sealed {
    /// Where the chain is with it.
    pub head: Head,
    /// The hash of the line before, as it says.
    pub prev: Hash,
}

impl Sealed {
    /// Reads a line without its line end.
    ///
    /// # Errors
    /// It is no line of an audit log, or was changed.
    pub fn read(line: &[u8]) -> Result<Self, Fault> {
        let text = std::str::from_utf8(line).map_err(|_| Fault::Form("it is not ASCII"))?;
        let (body, end) = text.rsplit_once(HASH_KEY).ok_or(Fault::Form("it has no hash"))?;
        let found = end.strip_suffix("\"}").and_then(Hash::parse);
        let found = found.ok_or(Fault::Form("its hash is no hash"))?;
        let expected = Hash::of(body.as_bytes());
        if expected != found {
            return Err(Fault::Changed { expected, found });
        }
        let said: Said = serde_json::from_str(text).map_err(|_| Fault::Form("it is not JSON"))?;
        let prev = Hash::parse(&said.prev).ok_or(Fault::Form("its prev is no hash"))?;
        Ok(Self { head: Head { seq: said.seq, hash: found }, prev })
    }

    /// Whether it follows `after`.
    ///
    /// # Errors
    /// It does not.
    pub fn follows(&self, after: Head) -> Result<Head, Fault> {
        let expected = after.seq + 1;
        if self.head.seq != expected {
            return Err(Fault::Number { expected, found: self.head.seq });
        }
        if self.prev != after.hash {
            return Err(Fault::Link { expected: after.hash, found: self.prev });
        }
        Ok(self.head)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(text: &str) -> Fields {
        vec![("what", text.into())]
    }

    #[test]
    fn lines_follow_one_another() {
        let (first, head) = seal(&fields("start"), Head::START);
        let (second, after) = seal(&fields("stop"), head);
        assert!(first.starts_with("{\"seq\":1,\"what\":\"start\",\"prev\":\"0000"), "{first}");
        assert_eq!(Sealed::read(first.as_bytes()).unwrap().follows(Head::START), Ok(head));
        let second = Sealed::read(second.as_bytes()).unwrap();
        assert_eq!(second.follows(head), Ok(after));
        assert!(matches!(
            second.follows(Head::START),
            Err(Fault::Number { expected: 1, found: 2 })
        ));
        let other = Head { hash: Hash::of(b"other"), ..head };
        assert!(matches!(second.follows(other), Err(Fault::Link { .. })));
    }

    #[test]
    fn hostile_text_stays_one_line_of_printable_ascii() {
        let hostile = "\u{1b}]0;x\u{7}\r\n\u{9b}31m\u{202e}\u{7f}\u{1f600}\",\"hash\":\"";
        let (line, _) = seal(&fields(hostile), Head::START);
        assert!(line.bytes().all(|byte| (b' '..=b'~').contains(&byte)), "{line}");
        let value: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(value["what"], hostile);
        assert!(Sealed::read(line.as_bytes()).is_ok());
    }

    #[test]
    fn a_hash_has_one_spelling() {
        let hash = Hash::of(b"x");
        assert_eq!(Hash::parse(&hash.to_string()), Some(hash));
        assert_eq!(Hash::parse(&hash.to_string().to_uppercase()), None);
        assert_eq!(Hash::parse("00"), None);
    }
}
