//! What a check found.

use serde::Serialize;

use crate::proto::Severity;

/// How it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// As it should be.
    Ok,
    /// It works, but not as well or as safely as it could.
    Warn,
    /// Something does not work, or is not safe.
    Fail,
}

impl Verdict {
    /// Its word: what one sees without colour and glyphs.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Fail => "fail",
        }
    }

    /// Its sign, one column wide.
    pub const fn glyph(self, plain: bool) -> &'static str {
        match (self, plain) {
            (Self::Ok, false) => "✓",
            (Self::Ok, true) => "+",
            (Self::Warn, _) => "!",
            (Self::Fail, false) => "✗",
            (Self::Fail, true) => "x",
        }
    }

    /// The severity whose colour it has.
    pub const fn severity(self) -> Severity {
        match self {
            Self::Ok => Severity::Info,
            Self::Warn => Severity::Warning,
            Self::Fail => Severity::Error,
        }
    }
}

/// One line of the report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What was looked at.
    pub check: &'static str,
    /// How it is.
    pub verdict: Verdict,
    /// What was found.
    pub says: String,
    /// What to do about it.
    pub advice: Option<String>,
}

impl Finding {
    /// All is well.
    pub fn ok(check: &'static str, says: impl Into<String>) -> Self {
        Self { check, verdict: Verdict::Ok, says: says.into(), advice: None }
    }

    /// It could be better.
    pub fn warn(check: &'static str, says: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { check, verdict: Verdict::Warn, says: says.into(), advice: Some(advice.into()) }
    }

    /// It is wrong.
    pub fn fail(check: &'static str, says: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { check, verdict: Verdict::Fail, says: says.into(), advice: Some(advice.into()) }
    }
}
