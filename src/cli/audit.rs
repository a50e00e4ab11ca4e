//! `watchdeck audit`: verifies and shows this machine's audit log, which is read from its files.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};

use clap::Subcommand;
use serde_json::Value;

use super::context::Context;
use super::error::CliError;
use super::output::{Output, harmless};
use crate::agent::{self, VerifyError};
use crate::net::Address;

/// Arguments of the verb.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Tell whether the log is whole; name the first line that is not
    Verify {
        /// One of its files, or its directory; this machine's agent's log when absent
        path: Option<PathBuf>,
    },
    /// Print the newest lines for people
    Show {
        /// How many
        #[arg(short = 'n', long, value_name = "LINES", default_value_t = 20)]
        lines: usize,
        /// Print the lines as they are in the files
        #[arg(long)]
        json: bool,
        /// One of its files, or its directory; this machine's agent's log when absent
        path: Option<PathBuf>,
    },
    /// Print the directory of this machine's agent's log
    Path,
}

/// Runs the action.
///
/// # Errors
/// The log is broken, or cannot be read.
pub fn run(args: &Args, context: &Context, out: &mut Output) -> Result<(), CliError> {
    match &args.action {
        Action::Verify { path } => verify(&place(path.as_deref(), context)?, out),
        Action::Show { lines, json, path } => {
            show(&place(path.as_deref(), context)?, *lines, *json, out)
        }
        Action::Path => out.line(&place(None, context)?.display().to_string()),
    }
}

fn place(given: Option<&Path>, context: &Context) -> Result<PathBuf, CliError> {
    if let Some(path) = given {
        return Ok(path.to_owned());
    }
    let machine = context.one_machine()?;
    let (Address::Unix(socket), true) = (&machine.address, machine.local) else {
        return Err(CliError::Usage(format!(
            "the audit log of {} is on that machine; run `watchdeck audit` there",
            machine.name
        )));
    };
    let Some(state_dir) = &context.paths.state_dir else {
        let sentence = "there is no directory for audit logs; set HOME or WATCHDECK_STATE_DIR";
        return Err(CliError::Failed(sentence.to_owned()));
    };
    Ok(agent::audit_dir(state_dir, socket))
}

#[allow(clippy::needless_pass_by_value)] // for map_err
fn failed(error: VerifyError) -> CliError {
    match error {
        VerifyError::Nothing(_) => CliError::NotFound(error.to_string()),
        VerifyError::Io { ref source, .. } if source.kind() == std::io::ErrorKind::NotFound => {
            CliError::NotFound(error.to_string())
        }
        VerifyError::Broken(_) | VerifyError::Io { .. } => CliError::Failed(error.to_string()),
    }
}

fn verify(path: &Path, out: &mut Output) -> Result<(), CliError> {
    let whole = agent::verify_audit(path).map_err(failed)?;
    out.line(&format!(
        "whole: {} lines, numbers {} to {}, last hash {}",
        whole.lines, whole.first, whole.head.seq, whole.head.hash
    ))?;
    if whole.first > 1 {
        let before = whole.first - 1;
        out.line(&format!("the {before} lines before them are in files that are not here"))?;
    }
    let at_end = whole.ends_torn.then_some(whole.torn.len());
    for (number, place) in (1..).zip(&whole.torn) {
        let told = match at_end == Some(number) {
            true => "the next start of the agent will tell of it",
            false => "the line after it tells of it",
        };
        out.line(&format!("{place}: cut off by a hard end of the agent; {told}"))?;
    }
    Ok(())
}

fn show(path: &Path, count: usize, json: bool, out: &mut Output) -> Result<(), CliError> {
    for line in newest(path, count).map_err(failed)? {
        match serde_json::from_str::<Value>(&line) {
            Ok(value) if !json => out.line(&harmless(&for_people(&value)))?,
            Ok(_) | Err(_) => out.line(&harmless(&line))?,
        }
    }
    Ok(())
}

fn newest(path: &Path, count: usize) -> Result<VecDeque<String>, VerifyError> {
    let failed = |source| VerifyError::Io { path: path.to_owned(), source };
    let files = match std::fs::metadata(path).map_err(failed)?.is_dir() {
        true => {
            agent::audit_files(path).map_err(failed)?.into_iter().map(|(_, file)| file).collect()
        }
        false => vec![path.to_owned()],
    };
    let mut lines = VecDeque::new();
    for file in files {
        agent::each_line(&file, |line, _| {
            lines.push_back(String::from_utf8_lossy(line).into_owned());
            if lines.len() > count {
                lines.pop_front();
            }
            Ok(())
        })?;
    }
    Ok(lines)
}

/// `TIME WHAT by WHO from FROM on SESSION, key value …`
fn for_people(line: &Value) -> String {
    let text = |key: &str| line.get(key).and_then(Value::as_str);
    let mut told = format!("{} {}", text("time").unwrap_or("?"), text("what").unwrap_or("?"));
    for (word, key) in [("on", "session"), ("by", "who"), ("from", "from")] {
        if let Some(value) = text(key) {
            told.push_str(&format!(" {word} {value}"));
        }
    }
    const KNOWN: &[&str] = &[
        "seq",
        "time",
        "what",
        "who",
        "from",
        "session",
        "session_id",
        "token_id",
        "prev",
        "hash",
    ];
    for (key, value) in line.as_object().into_iter().flatten() {
        if !KNOWN.contains(&key.as_str()) {
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            told.push_str(&format!(", {key} {value}"));
        }
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_reads_like_a_sentence() {
        let line = serde_json::json!({
            "seq": 3, "time": "T", "what": "resize", "who": "token ci", "from": "10.0.0.1:9",
            "session": "web", "size": "80x24", "result": "done", "prev": "0", "hash": "1",
        });
        let told = "T resize on web by token ci from 10.0.0.1:9, result done, size 80x24";
        assert_eq!(for_people(&line), told);
    }
}
