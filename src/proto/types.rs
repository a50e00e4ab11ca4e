//! Small value types that every room shares.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Position in a Session's Log: bytes of program output since the Session began.
pub type Offset = u64;

/// Size of a terminal in character cells, rows before cols.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Winsize {
    /// Height in rows.
    pub rows: u16,
    /// Width in columns.
    pub cols: u16,
}

impl Winsize {
    /// Smallest size the emulator is ever given; below it vt100 has panicked.
    pub const MIN: Self = Self { rows: 2, cols: 5 };
    /// Largest size the emulator is ever given; bounds its memory.
    pub const MAX: Self = Self { rows: 500, cols: 1000 };

    /// A size of `rows` by `cols`, as given.
    #[must_use]
    pub const fn new(rows: u16, cols: u16) -> Self {
        Self { rows, cols }
    }

    /// The nearest size inside [`Winsize::MIN`]..=[`Winsize::MAX`].
    #[must_use]
    pub fn clamped(self) -> Self {
        Self {
            rows: self.rows.clamp(Self::MIN.rows, Self::MAX.rows),
            cols: self.cols.clamp(Self::MIN.cols, Self::MAX.cols),
        }
    }
}

impl Default for Winsize {
    fn default() -> Self {
        Self { rows: 24, cols: 80 }
    }
}

/// Written the way users write sizes: `COLSxROWS`.
impl fmt::Display for Winsize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}x{}", self.cols, self.rows)
    }
}

impl FromStr for Winsize {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || format!("`{text}` is not a size; write COLSxROWS, for example 80x24");
        let (cols, rows) = text.split_once(['x', 'X']).ok_or_else(wrong)?;
        let number = |s: &str| s.trim().parse::<u16>().map_err(|_| wrong());
        Ok(Self { rows: number(rows)?, cols: number(cols)? })
    }
}

/// How bad an event is. Ordered: `Other < Debug < Info < Warning < Error`.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// No severity could be told, or a rule said to ignore the line.
    #[default]
    Other,
    /// Debug and trace.
    Debug,
    /// Information and notice.
    Info,
    /// Warning.
    Warning,
    /// Error, critical, alert, emergency, fatal.
    Error,
}

impl Severity {
    /// The word used on the wire, in config and by `watchdeck severity`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Other => "other",
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }

    /// The letter shown in gutters and counters; blank where nothing is marked.
    #[must_use]
    pub const fn letter(self) -> char {
        match self {
            Self::Error => 'E',
            Self::Warning => 'W',
            Self::Other | Self::Debug | Self::Info => ' ',
        }
    }

    /// Whether the event is counted (errors and warnings are).
    #[must_use]
    pub const fn counts(self) -> bool {
        matches!(self, Self::Error | Self::Warning)
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// Errors and warnings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Counts {
    /// Events of [`Severity::Error`].
    pub errors: u64,
    /// Events of [`Severity::Warning`].
    pub warnings: u64,
}

impl Counts {
    /// Counts one event; severities that are not counted change nothing.
    pub fn add(&mut self, severity: Severity) {
        match severity {
            Severity::Error => self.errors += 1,
            Severity::Warning => self.warnings += 1,
            Severity::Other | Severity::Debug | Severity::Info => {}
        }
    }

    /// What `self` has beyond `earlier`, never below zero.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Self {
        Self {
            errors: self.errors.saturating_sub(earlier.errors),
            warnings: self.warnings.saturating_sub(earlier.warnings),
        }
    }
}

impl std::ops::AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.errors += other.errors;
        self.warnings += other.warnings;
    }
}

/// What a client may do. The Agent alone enforces it. Ordered: `Observer < Operator < Admin`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// May look: list, attach, scroll, search.
    Observer,
    /// May also act on Sessions: create, type, resize, signal, kill, rename.
    Operator,
    /// May also change the Agent itself: end it, have it read its configuration.
    Admin,
}

impl Role {
    /// The role on one Session: there is nothing on it that an operator may not do.
    #[must_use]
    pub fn on_session(self) -> Self {
        self.min(Self::Operator)
    }

    /// The word used on the wire, in config and on the command line.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Observer => "observer",
            Self::Operator => "operator",
            Self::Admin => "admin",
        }
    }

    /// The badge in pane frames.
    #[must_use]
    pub const fn badge(self) -> &'static str {
        match self {
            Self::Observer => "OBS",
            Self::Operator => "OPR",
            Self::Admin => "ADM",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_role_may_what_those_below_it_may() {
        assert!(Role::Observer < Role::Operator && Role::Operator < Role::Admin);
        assert_eq!(Role::Admin.min(Role::Observer), Role::Observer);
        assert_eq!(Role::Admin.on_session(), Role::Operator);
        assert_eq!(Role::Observer.on_session(), Role::Observer);
    }
}
