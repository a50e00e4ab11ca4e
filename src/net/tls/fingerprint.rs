//! A certificate, short enough to be compared by a person.

use std::fmt;
use std::str::FromStr;

use rustls::pki_types::CertificateDer;
use sha2::{Digest, Sha256};

/// How a fingerprint is written: this, then 64 hexadecimal digits.
const PREFIX: &str = "sha256:";

/// The SHA-256 of a whole certificate in DER.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// Of a certificate.
    #[must_use]
    pub fn of(certificate: &CertificateDer<'_>) -> Self {
        Self(Sha256::digest(certificate.as_ref()).into())
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(PREFIX)?;
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// A text that is no fingerprint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a fingerprint is sha256: and 64 hexadecimal digits")]
pub struct NotAFingerprint;

impl FromStr for Fingerprint {
    type Err = NotAFingerprint;

    /// Upper case and colons between the bytes, as other programs print them, are read too.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let prefix = text.get(..PREFIX.len()).filter(|start| start.eq_ignore_ascii_case(PREFIX));
        let digits = text.get(prefix.ok_or(NotAFingerprint)?.len()..).unwrap_or_default();
        let digits: Vec<char> = digits.chars().filter(|c| *c != ':').collect();
        let byte = |pair: &[char]| match pair {
            [high, low] => Some((high.to_digit(16)? << 4 | low.to_digit(16)?) as u8),
            _ => None,
        };
        let bytes: Option<Vec<u8>> = digits.chunks(2).map(byte).collect();
        bytes.and_then(|bytes| bytes.try_into().ok()).map(Self).ok_or(NotAFingerprint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fingerprints_are_written_and_read() {
        let fingerprint = Fingerprint::of(&CertificateDer::from(b"abc".to_vec()));
        let written = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(fingerprint.to_string(), written);
        let colons = "SHA256:BA:78:16:BF:8F:01:CF:EA:41:41:40:DE:5D:AE:22:23:\
                      B0:03:61:A3:96:17:7A:9C:B4:10:FF:61:F2:00:15:AD";
        for text in [written, colons] {
            assert_eq!(text.parse(), Ok(fingerprint));
        }
        let long = format!("{written}0");
        for text in ["", "sha256:", "sha256:zz", &written[7..], &written[..70], &long, "sha1:00"] {
            assert!(text.parse::<Fingerprint>().is_err(), "{text}");
        }
    }
}
