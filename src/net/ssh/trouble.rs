//! Why ssh did not get us there: told apart by what it says, so that only what a human must settle
//! waits for one. The sentences are OpenSSH's own, which it never translates.

use std::io;
use std::process::ExitStatus;

use crate::config::SshHost;
use crate::net::error::{LinkError, NeedKind};

use super::child::describe;
use super::{Preamble, Progress, ssh_command_line, unreachable};

/// What a shell and env(1) say of a program that is not there.
const NOT_FOUND: i32 = 127;
/// Longest sentence of ssh that is repeated, in characters.
const SENTENCE_MAX: usize = 300;

/// What is known of an ssh that ended without the proxy's greeting.
pub(super) struct Trouble<'a> {
    pub(super) host: &'a SshHost,
    pub(super) exit: Option<ExitStatus>,
    pub(super) said: &'a str,
    pub(super) preamble: &'a Preamble,
    /// The remote command is the user's own.
    pub(super) custom: bool,
}

/// Parts of sentences, the first that is found decides.
const KNOWN: &[(&str, Cause)] = &[
    ("REMOTE HOST IDENTIFICATION HAS CHANGED", Cause::KeyChanged),
    ("host key is known for", Cause::KeyUnknown),
    ("Host key verification failed", Cause::KeyUnknown),
    ("Permission denied", Cause::Login),
    ("Too many authentication failures", Cause::Login),
    ("sign_and_send_pubkey", Cause::Login),
    ("watchdeck-proxy: not found", Cause::Missing),
    ("unrecognized subcommand 'proxy'", Cause::TooOld),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cause {
    KeyChanged,
    KeyUnknown,
    Login,
    Missing,
    TooOld,
    /// Nothing a human must do; it is tried again.
    Unreachable,
}

impl Trouble<'_> {
    /// The error to tell, given how far the search for the greeting came.
    pub(super) fn explain(&self, progress: &Progress) -> LinkError {
        match progress {
            Progress::Foreign => self.needs_you(Cause::TooOld),
            Progress::TooMuch => self.noisy(),
            Progress::More | Progress::Found { .. } => self.needs_you(self.cause()),
        }
    }

    fn cause(&self) -> Cause {
        let known = KNOWN.iter().find(|(part, _)| self.said.contains(part));
        let code = self.exit.and_then(|exit| exit.code());
        match known {
            Some((_, cause)) => *cause,
            None if code == Some(NOT_FOUND) => Cause::Missing,
            None => Cause::Unreachable,
        }
    }

    fn needs_you(&self, cause: Cause) -> LinkError {
        let host = self.host;
        let log_in = || Some(ssh_command_line(host));
        let deploy = || (!self.custom).then(|| format!("watchdeck deploy ssh://{host}"));
        let (kind, reason, command) = match cause {
            Cause::Unreachable => return unreachable(host, io::Error::other(self.sentence())),
            Cause::KeyChanged => (
                NeedKind::Identity,
                format!("the host key of ssh://{host} has changed; somebody may be in between"),
                log_in(),
            ),
            Cause::KeyUnknown => (
                NeedKind::Identity,
                format!("the host key of ssh://{host} is not known yet, or is not accepted"),
                log_in(),
            ),
            Cause::Login => (
                NeedKind::Login,
                format!(
                    "ssh://{host} does not let us in without a password, a passphrase or a second factor: {}",
                    self.sentence()
                ),
                log_in(),
            ),
            Cause::Missing => (NeedKind::Program, self.missing(), deploy()),
            Cause::TooOld => (
                NeedKind::Program,
                format!(
                    "watchdeck on ssh://{host} is of another version that this one cannot speak to"
                ),
                deploy(),
            ),
        };
        LinkError::needs_you(kind, reason, command)
    }

    fn missing(&self) -> String {
        let host = self.host;
        match self.custom {
            true => format!("the remote_command of ssh://{host} is not found: {}", self.sentence()),
            false => format!("watchdeck is not installed on ssh://{host}"),
        }
    }

    fn noisy(&self) -> LinkError {
        let host = self.host;
        let reason = format!(
            "ssh://{host} printed more than 64 KiB before watchdeck answered; start-up files of its shell \
             (such as .bashrc) must print nothing when no person logs in. It began with: {}",
            self.preamble.excerpt()
        );
        let show = format!("{} true", ssh_command_line(host));
        LinkError::needs_you(NeedKind::Program, reason, Some(show))
    }

    /// The last thing ssh said, or how it ended; and what came instead of the greeting.
    fn sentence(&self) -> String {
        let last = self.said.lines().map(str::trim).rfind(|line| !line.is_empty());
        let shown = last.map(|line| {
            let escaped = line.chars().flat_map(char::escape_debug);
            escaped.take(SENTENCE_MAX).collect::<String>()
        });
        let sentence = shown.unwrap_or_else(|| describe(self.exit));
        match self.preamble.noise() {
            0 => sentence,
            _ => format!("{sentence}; instead of watchdeck came: {}", self.preamble.excerpt()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::process::ExitStatusExt;

    fn told(said: &str, code: i32) -> LinkError {
        let host = "deploy@web-1:22".parse().unwrap();
        let exit = Some(ExitStatus::from_raw(code << 8));
        let preamble = &Preamble::default();
        Trouble { host: &host, exit, said, preamble, custom: false }.explain(&Progress::More)
    }

    #[test]
    fn what_a_human_must_settle_comes_with_what_to_run() {
        let log_in = Some("ssh -l deploy -p 22 web-1");
        let deploy = Some("watchdeck deploy ssh://deploy@web-1:22");
        for (said, code, kind, says, command) in [
            (
                "@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @\nHost key verification failed.",
                255,
                NeedKind::Identity,
                "has changed",
                log_in,
            ),
            (
                "No ED25519 host key is known for web-1 and you have requested strict checking.\r\n\
                 Host key verification failed.\r\n",
                255,
                NeedKind::Identity,
                "is not known yet",
                log_in,
            ),
            (
                "deploy@web-1: Permission denied (publickey,keyboard-interactive).",
                255,
                NeedKind::Login,
                "(publickey,keyboard-interactive)",
                log_in,
            ),
            ("watchdeck-proxy: not found", 127, NeedKind::Program, "not installed", deploy),
            (
                "bash: line 1: sh: command not found",
                127,
                NeedKind::Program,
                "not installed",
                deploy,
            ),
            (
                "error: unrecognized subcommand 'proxy'\n\nUsage: watchdeck",
                2,
                NeedKind::Program,
                "another version",
                deploy,
            ),
        ] {
            let LinkError::NeedsYou(need) = told(said, code) else { panic!("{said}") };
            assert_eq!(need.kind, kind, "{said}");
            assert!(need.reason.contains(says), "{need}");
            assert_eq!(need.command.as_deref(), command);
        }
    }

    #[test]
    fn what_may_pass_is_tried_again() {
        for (said, says) in [
            ("ssh: connect to host web-1 port 22: Connection refused\r\n", "Connection refused"),
            (
                "ssh: Could not resolve hostname web-1: Name or service not known",
                "Could not resolve",
            ),
            ("Connection closed by 10.0.0.1 port 22", "Connection closed"),
            ("", "ssh ended with code 255"),
            ("\x1b]0;x\x07", "\\u{1b}]0;x\\u{7}"),
        ] {
            let error = told(said, 255);
            assert!(matches!(error, LinkError::Connect { .. }), "{said}: {error}");
            assert!(error.to_string().contains(says), "{error}");
        }
    }

    #[test]
    fn what_came_instead_is_shown_escaped() {
        let host = "web-1".parse().unwrap();
        let mut preamble = Preamble::default();
        preamble.feed(b"This account is \x1b[31mclosed\n");
        let trouble =
            Trouble { host: &host, exit: None, said: "", preamble: &preamble, custom: true };
        let error = trouble.explain(&Progress::More).to_string();
        assert!(error.ends_with("came: This account is \\x1b[31mclosed"), "{error}");
        let error = trouble.explain(&Progress::TooMuch).to_string();
        assert!(error.contains("64 KiB") && error.ends_with("run `ssh web-1 true`"), "{error}");
    }
}
