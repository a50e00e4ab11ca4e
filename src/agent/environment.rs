//! What a new program sees: a clean environment, a TERM that tells the truth, a shell.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::proto::SpawnSpec;

use crate::holder::pty::Program;

/// Variables a program gets from the Agent's own environment, when they are set there.
const INHERITED: [&str; 14] = [
    "HOME",
    "USER",
    "LOGNAME",
    "SHELL",
    "PATH",
    "LANG",
    "LANGUAGE",
    "TZ",
    "TMPDIR",
    "XDG_RUNTIME_DIR",
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
    "XDG_STATE_HOME",
    "SSH_AUTH_SOCK",
];
/// Names of the `LC_*` family are inherited too.
const INHERITED_PREFIX: &str = "LC_";
const DEFAULT_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
/// Tells programs which Session they run in; also how `kill` finds those that left the tree.
pub const SESSION_VARIABLE: &str = "WATCHDECK_SESSION_ID";

/// TERM names whose terminfo entry agrees with the emulator, best first. Neither has `bce`.
const TERMS: [&str; 2] = ["tmux-256color", "screen-256color"];
const TERMINFO_DIRS: [&str; 4] =
    ["/etc/terminfo", "/lib/terminfo", "/usr/share/terminfo", "/usr/local/share/terminfo"];

/// The best TERM this machine knows, or the one that is configured.
#[must_use]
pub fn term_name(configured: &str) -> String {
    if configured != "auto" {
        return configured.to_owned();
    }
    TERMS.into_iter().find(|term| knows_term(term)).unwrap_or(TERMS[1]).to_owned()
}

/// Whether this machine has a terminfo entry for a TERM.
#[must_use]
pub fn knows_term(term: &str) -> bool {
    let home = std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".terminfo"));
    let own = std::env::var_os("TERMINFO").map(PathBuf::from);
    let dirs = own.into_iter().chain(home).chain(TERMINFO_DIRS.map(PathBuf::from));
    dirs.into_iter().any(|dir| has_entry(&dir, term))
}

/// The shell of a Session without a command: the configured one, the user's own, or `/bin/sh`.
#[must_use]
pub fn session_shell(configured: Option<&str>) -> String {
    let own = || std::env::var("SHELL").ok().filter(|shell| Path::new(shell).is_absolute());
    let shell = configured.map(str::to_owned).or_else(own).or_else(passwd_shell);
    shell.unwrap_or_else(|| "/bin/sh".to_owned())
}

/// Entries lie under their first letter, or under its hexadecimal code on some systems.
fn has_entry(dir: &Path, term: &str) -> bool {
    let Some(first) = term.bytes().next() else { return false };
    let letter = char::from(first).to_string();
    [letter, format!("{first:x}")].iter().any(|sub| dir.join(sub).join(term).exists())
}

/// How a program is to be started.
#[derive(Debug, Clone)]
pub struct Base {
    /// See [`term_name`].
    pub term: String,
    /// The shell for Sessions without a command; the user's own when absent.
    pub shell: Option<String>,
    /// The Machine's name.
    pub machine: String,
}

impl Base {
    /// Turns a wish into argv, directory and environment.
    #[must_use]
    pub fn launch(&self, spec: &SpawnSpec, session_id: &str, name: &str) -> Program {
        let mut env: BTreeMap<String, String> = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .filter(|(name, _)| {
                INHERITED.contains(&name.as_str()) || name.starts_with(INHERITED_PREFIX)
            })
            .collect();
        env.entry("PATH".to_owned()).or_insert_with(|| DEFAULT_PATH.to_owned());
        let shell = session_shell(self.shell.as_deref());
        env.insert("SHELL".to_owned(), shell.clone());
        env.insert("TERM".to_owned(), self.term.clone());
        env.insert("COLORTERM".to_owned(), "truecolor".to_owned());
        env.insert("TERM_PROGRAM".to_owned(), "watchdeck".to_owned());
        env.insert("WATCHDECK_MACHINE".to_owned(), self.machine.clone());
        env.insert("WATCHDECK_SESSION".to_owned(), name.to_owned());
        env.extend(spec.env.clone());
        env.insert(SESSION_VARIABLE.to_owned(), session_id.to_owned());
        let cwd = spec.cwd.clone().or_else(|| env.get("HOME").cloned());
        let (argv, arg0) = match spec.command.is_empty() {
            true => (vec![shell.clone()], Some(login_name(&shell))),
            false => (spec.command.clone(), None),
        };
        Program { argv, arg0, cwd: cwd.unwrap_or_else(|| "/".to_owned()).into(), env }
    }
}

/// A login shell is told so by a dash before its name.
fn login_name(shell: &str) -> String {
    let name = Path::new(shell).file_name().map_or(shell.into(), |name| name.to_string_lossy());
    format!("-{name}")
}

/// The shell in the user's passwd(5) entry.
fn passwd_shell() -> Option<String> {
    let uid = rustix::process::getuid().as_raw().to_string();
    let passwd = std::fs::read_to_string("/etc/passwd").ok()?;
    let entry = passwd.lines().find(|line| line.split(':').nth(2) == Some(&uid))?;
    entry.rsplit(':').next().filter(|shell| shell.starts_with('/')).map(str::to_owned)
}

/// A name for a Session that was given none: its program's, without path and odd characters.
#[must_use]
pub fn default_name(spec: &SpawnSpec) -> String {
    let Some(program) = spec.command.first() else { return "shell".to_owned() };
    let base = Path::new(program).file_name().map(|name| name.to_string_lossy().into_owned());
    let name: String = base
        .unwrap_or_default()
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'))
        .take(40)
        .collect();
    match name.trim_matches(['.', '-']) {
        "" => "session".to_owned(),
        name => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base() -> Base {
        Base { term: "tmux-256color".into(), shell: Some("/bin/sh".into()), machine: "m".into() }
    }

    #[test]
    fn the_environment_is_the_documented_set() {
        let mut spec = SpawnSpec { command: vec!["true".into()], ..SpawnSpec::default() };
        spec.env.insert("EXTRA".into(), "1".into());
        spec.env.insert(SESSION_VARIABLE.into(), "forged".into());
        let launch = base().launch(&spec, "id", "name");
        let own = [
            "TERM",
            "COLORTERM",
            "TERM_PROGRAM",
            "WATCHDECK_MACHINE",
            "WATCHDECK_SESSION",
            SESSION_VARIABLE,
            "EXTRA",
        ];
        for name in launch.env.keys() {
            let known = own.contains(&name.as_str())
                || INHERITED.contains(&name.as_str())
                || name.starts_with(INHERITED_PREFIX);
            assert!(known, "{name}");
        }
        assert_eq!(launch.env[SESSION_VARIABLE], "id");
        assert_eq!(launch.env["COLORTERM"], "truecolor");
    }

    #[test]
    fn no_command_means_a_login_shell() {
        let launch = base().launch(&SpawnSpec::default(), "id", "name");
        assert_eq!(launch.argv, ["/bin/sh"]);
        assert_eq!(launch.arg0.as_deref(), Some("-sh"));
    }

    #[test]
    fn names_are_made_from_programs() {
        for (command, name) in [
            (vec![], "shell"),
            (vec!["/usr/bin/tail", "-F"], "tail"),
            (vec!["./--"], "session"),
            (vec!["a b/ç☃x"], "x"),
        ] {
            let command = command.into_iter().map(str::to_owned).collect();
            assert_eq!(default_name(&SpawnSpec { command, ..SpawnSpec::default() }), name);
        }
    }
}
