//! What programs in sessions find: a terminal description for their TERM, and a shell.

use std::path::Path;

use rustix::fs::{Access, access};

use super::finding::Finding;
use super::scene::Scene;
use crate::agent::{knows_term, session_shell, term_name};
use crate::config::TermChoice;

/// Looks both up as the agent does for a new session.
pub fn check(scene: &Scene) -> Vec<Finding> {
    let configured = match scene.config.agent.term {
        TermChoice::Auto => "auto",
        TermChoice::Named(term) => term.name(),
    };
    let term = term_name(configured);
    let shell = session_shell(scene.config.agent.shell.as_deref());
    let runs = access(Path::new(&shell), Access::EXEC_OK).is_ok();
    vec![described(&term, knows_term(&term)), startable(&shell, runs)]
}

fn described(term: &str, known: bool) -> Finding {
    const NAME: &str = "TERM";
    let advice = "install the terminfo entries (Debian: ncurses-term), or set agent.term";
    match known {
        true => Finding::ok(NAME, format!("{term}, which this machine knows")),
        false => Finding::warn(NAME, format!("this machine does not know {term}"), advice),
    }
}

fn startable(shell: &str, runs: bool) -> Finding {
    const NAME: &str = "shell";
    let advice =
        "set agent.shell to a shell that is there; a session without a command cannot start";
    match runs {
        true => Finding::ok(NAME, shell),
        false => Finding::fail(NAME, format!("{shell} cannot be run"), advice),
    }
}

#[cfg(test)]
mod tests {
    use super::super::finding::Verdict;
    use super::*;

    #[test]
    fn what_is_missing_is_told() {
        assert_eq!(described("tmux-256color", true).verdict, Verdict::Ok);
        assert_eq!(described("tmux-256color", false).verdict, Verdict::Warn);
        assert_eq!(startable("/bin/sh", true).verdict, Verdict::Ok);
        assert_eq!(startable("/bin/none", false).verdict, Verdict::Fail);
    }
}
