//! Exit codes: one table that decides, and that `watchdeck --help` prints.

use std::process::ExitCode;

/// How a verb ended, as the shell sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// It was done; something was found.
    Done,
    /// It was not done, or the answer is no.
    Failure,
    /// The command line makes no sense.
    Usage,
    /// No such session or machine, or a name that several machines have.
    NotFound,
    /// A machine could not be reached.
    Unreachable,
    /// The agent did not permit it.
    Denied,
    /// It is not certain that it is the right machine.
    Untrusted,
    /// It did not happen in time, as with timeout(1).
    Timeout,
    /// watchdeck itself broke, as with timeout(1) and env(1).
    Broken,
    /// The reader of the output went away: 128 + SIGPIPE, as for a program that the signal ends.
    PipeClosed,
}

/// Every code with the sentence `--help` shows for it.
pub const TABLE: [(Exit, &str); 10] = [
    (Exit::Done, "done; for grep and wait: found"),
    (Exit::Failure, "not done, or the answer is no (nothing matched, a check failed, refused)"),
    (Exit::Usage, "the command line makes no sense"),
    (Exit::NotFound, "no such session or machine, or the name is ambiguous"),
    (Exit::Unreachable, "a machine could not be reached"),
    (Exit::Denied, "permission denied by the agent"),
    (
        Exit::Untrusted,
        "a machine's certificate or host key is new, wrong or has changed; nothing was sent",
    ),
    (Exit::Timeout, "it did not happen in time"),
    (Exit::Broken, "watchdeck itself broke"),
    (Exit::PipeClosed, "the reader of the output went away"),
];

impl Exit {
    /// The number.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failure => 1,
            Self::Usage => 2,
            Self::NotFound => 3,
            Self::Unreachable => 4,
            Self::Denied => 5,
            Self::Untrusted => 6,
            Self::Timeout => 124,
            Self::Broken => 125,
            Self::PipeClosed => 141,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

/// The table as the last section of `--help`.
#[must_use]
pub fn help() -> String {
    let rows = TABLE.iter().map(|(exit, meaning)| format!("  {:>3}  {meaning}\n", exit.code()));
    format!("Exit codes:\n{}", rows.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_listed_once_and_in_order() {
        assert!(TABLE.windows(2).all(|pair| pair[0].0.code() < pair[1].0.code()));
    }
}
