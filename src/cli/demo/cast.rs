//! What plays in the demo: machines and their sessions.

use std::path::Path;

use super::generate::Kind;
use super::stage;
use crate::cli::error::CliError;
use crate::proto::{SpawnSpec, Winsize};

/// A machine and what runs on it.
#[derive(Debug, Clone, Copy)]
pub struct Role {
    /// The machine's name.
    pub machine: &'static str,
    /// Its sessions.
    pub parts: &'static [Part],
}

/// A session.
#[derive(Debug, Clone, Copy)]
pub struct Part {
    /// Its name.
    pub name: &'static str,
    /// What it runs.
    pub act: Act,
}

/// What a session runs.
#[derive(Debug, Clone, Copy)]
pub enum Act {
    /// A generator of logs.
    Logs(Kind),
    /// The user's shell.
    Shell,
    /// The first full-screen program that is installed, else our clock.
    FullScreen,
}

/// The machines of the demo.
pub const CAST: [Role; 3] = [
    Role {
        machine: "web-1",
        parts: &[
            Part { name: "access", act: Act::Logs(Kind::Web) },
            Part { name: "gateway", act: Act::Logs(Kind::Json) },
            Part { name: "shell", act: Act::Shell },
        ],
    },
    Role {
        machine: "db-1",
        parts: &[
            Part { name: "postgres", act: Act::Logs(Kind::Db) },
            Part { name: "top", act: Act::FullScreen },
        ],
    },
    Role {
        machine: "build-7",
        parts: &[
            Part { name: "deploy", act: Act::Logs(Kind::Deploy) },
            Part { name: "orders", act: Act::Logs(Kind::Java) },
        ],
    },
];

/// Full-screen programs, the preferred one first.
const FULL_SCREEN: [&str; 2] = ["htop", "top"];

/// How to start the sessions of each machine, for a dashboard of size `screen` with a list of
/// `sidebar_width` columns.
///
/// # Errors
/// The path of this program is not known.
pub fn specs(
    seed: u64,
    screen: Option<Winsize>,
    sidebar_width: u16,
) -> Result<Vec<Vec<SpawnSpec>>, CliError> {
    let program = std::env::current_exe().map_err(CliError::io("this program's own path"))?;
    let path = std::env::var_os("PATH").unwrap_or_default();
    let count = CAST.iter().map(|role| role.parts.len()).sum();
    let sizes = screen.map_or_else(Vec::new, |screen| stage::sizes(screen, sidebar_width, count));
    let mut sizes = sizes.into_iter();
    let mut seeds = seed..;
    let each = CAST.iter().map(|role| {
        let parts = role.parts.iter().map(|part| SpawnSpec {
            command: command(
                part.act,
                &program.to_string_lossy(),
                seeds.next().unwrap_or(seed),
                |name| is_installed(name, &path),
            ),
            name: Some(part.name.to_owned()),
            workspace_id: Some("demo".to_owned()),
            size: sizes.next(),
            ..SpawnSpec::default()
        });
        parts.collect()
    });
    Ok(each.collect())
}

/// Program and arguments of an act. `program` is this program; `installed` tells which others there
/// are.
fn command(act: Act, program: &str, seed: u64, installed: impl Fn(&str) -> bool) -> Vec<String> {
    let generate = |kind: Kind| {
        [program, "generate", kind.word(), "--seed", &seed.to_string()].map(str::to_owned).to_vec()
    };
    match act {
        Act::Logs(kind) => generate(kind),
        Act::Shell => Vec::new(),
        Act::FullScreen => match FULL_SCREEN.into_iter().find(|name| installed(name)) {
            Some(name) => vec![name.to_owned()],
            None => generate(Kind::Clock),
        },
    }
}

/// Whether a program of that name is in a directory of `path`, a list as in `$PATH`.
fn is_installed(name: &str, path: &std::ffi::OsStr) -> bool {
    std::env::split_paths(path).any(|dir: std::path::PathBuf| is_file(&dir.join(name)))
}

fn is_file(path: &Path) -> bool {
    path.metadata().is_ok_and(|meta| meta.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn started(act: Act, installed: &[&str]) -> Vec<String> {
        command(act, "/bin/watchdeck", 3, |name| installed.contains(&name))
    }

    #[test]
    fn sessions_run_generators_a_shell_and_what_is_installed() {
        assert_eq!(
            started(Act::Logs(Kind::Web), &[]),
            ["/bin/watchdeck", "generate", "web", "--seed", "3"]
        );
        assert_eq!(started(Act::Shell, &[]), [] as [&str; 0]);
        assert_eq!(started(Act::FullScreen, &["top", "htop"]), ["htop"]);
        assert_eq!(started(Act::FullScreen, &["top"]), ["top"]);
        assert_eq!(started(Act::FullScreen, &[])[2], "clock");
    }

    #[test]
    fn the_cast_has_every_kind_of_log() {
        let acts: Vec<_> = CAST.iter().flat_map(|role| role.parts).map(|part| part.act).collect();
        for kind in [Kind::Web, Kind::Db, Kind::Deploy, Kind::Java, Kind::Json] {
            assert!(acts.iter().any(|act| matches!(act, Act::Logs(k) if *k == kind)), "{kind:?}");
        }
    }
}
