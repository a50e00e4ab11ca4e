//! What all checks look at.

use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};

use crate::cli::args::Global;
use crate::cli::context::{Context, load, paths};
use crate::cli::error::CliError;
use crate::cli::info::about;
use crate::cli::peer::{Peer, is_not_running};
use crate::config::{Ascii, Config, Loaded, Paths, Sources};
use crate::proto::{AgentInfo, Role};

/// How the local agent answered.
#[derive(Debug)]
pub enum Answer {
    /// This is what it tells of itself.
    Runs(Box<AgentInfo>),
    /// There is none.
    None,
    /// There is one, or something else, that does not answer as one.
    Wrong(String),
    /// The configuration is wrong, so nobody knows where it would be.
    Unasked,
}

/// This machine, as far as one look can tell.
#[derive(Debug)]
pub struct Scene {
    /// The user's paths.
    pub paths: Paths,
    /// The file given by `--config`.
    pub explicit: Option<PathBuf>,
    /// The configuration, or what is wrong with it.
    pub loaded: Result<Loaded, String>,
    /// It, or the built-in one when it is wrong.
    pub config: Config,
    /// The agent's socket.
    pub socket: PathBuf,
    /// The local agent.
    pub agent: Answer,
    /// This user.
    pub uid: u32,
    /// The time.
    pub now: DateTime<Utc>,
    /// Whether glyphs are to be ASCII.
    pub plain: bool,
}

impl Scene {
    /// Looks.
    ///
    /// # Errors
    /// There are no paths to look at.
    pub fn look(global: &Global) -> Result<Self, CliError> {
        let paths = paths()?;
        let loaded = load(&paths, global.config.as_deref()).map_err(|error| error.to_string());
        let config = match &loaded {
            Ok(loaded) => loaded.config.clone(),
            Err(_) => built_in()?,
        };
        let agent = if loaded.is_ok() { ask(global) } else { Answer::Unasked };
        let named = global.socket.clone().or_else(|| config.agent.socket.clone());
        Ok(Self {
            socket: named.unwrap_or_else(|| paths.socket()),
            agent,
            plain: is_plain(config.dashboard.ascii, |name| std::env::var(name).ok()),
            explicit: global.config.clone(),
            uid: rustix::process::getuid().as_raw(),
            now: Utc::now(),
            paths,
            loaded,
            config,
        })
    }

    /// The running agent.
    pub fn runs(&self) -> Option<&AgentInfo> {
        match &self.agent {
            Answer::Runs(agent) => Some(agent),
            Answer::None | Answer::Wrong(_) | Answer::Unasked => None,
        }
    }

    /// A file of proc(5) about the agent, or about this process, which would start it.
    pub fn proc(&self, name: &str) -> Option<String> {
        std::fs::read_to_string(self.proc_dir().join(name)).ok()
    }

    /// The directory of proc(5) about the agent, or about this process.
    pub fn proc_dir(&self) -> PathBuf {
        match self.runs() {
            Some(agent) => PathBuf::from(format!("/proc/{}", agent.pid)),
            None => PathBuf::from("/proc/self"),
        }
    }
}

fn built_in() -> Result<Config, CliError> {
    let loaded = Config::load(Sources::new([]));
    loaded.map(|loaded| loaded.config).map_err(|error| CliError::Failed(error.to_string()))
}

/// Asks the local agent about itself; nothing is started for it.
fn ask(global: &Global) -> Answer {
    let asked = || -> Result<AgentInfo, CliError> {
        let context = Context::load(global)?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(CliError::io("the async runtime"))?;
        runtime.block_on(async {
            let machine = context.machines.list.iter().find(|machine| machine.local);
            let machine = machine.map_or_else(|| context.one_machine(), Ok)?;
            about(&Peer::connect(&context, machine, Role::Observer).await?).await
        })
    };
    match asked() {
        Ok(agent) => Answer::Runs(Box::new(agent)),
        Err(error) if is_not_running(&error) => Answer::None,
        Err(error) => Answer::Wrong(error.to_string()),
    }
}

/// Whether glyphs beyond ASCII would not be shown: by configuration, or by the locale.
fn is_plain(ascii: Ascii, variable: impl Fn(&str) -> Option<String>) -> bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().filter_map(variable);
    let locale = locale.into_iter().find(|value| !value.is_empty());
    let utf8 =
        locale.is_none_or(|value| value.to_ascii_lowercase().replace('-', "").contains("utf8"));
    ascii == Ascii::Always || (ascii == Ascii::Auto && !utf8)
}

/// The number in a file that holds nothing else.
pub fn number(path: impl AsRef<Path>) -> Option<u64> {
    std::fs::read_to_string(path).ok()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn glyphs_follow_the_configuration_and_the_locale() {
        let lang = |value: &'static str| move |name: &str| (name == "LANG").then(|| value.into());
        assert!(!is_plain(Ascii::Auto, lang("en_GB.UTF-8")) && is_plain(Ascii::Auto, lang("C")));
        assert!(!is_plain(Ascii::Never, lang("C")) && is_plain(Ascii::Always, lang("C.utf8")));
        assert!(!is_plain(Ascii::Auto, |_| None));
    }
}
