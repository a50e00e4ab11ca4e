//! What every verb has at hand: the configuration, the machines and the user's paths.

use std::ffi::OsString;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::agent;
use super::args::Global;
use super::error::CliError;
use super::target::{Machine, Machines};
use super::way::{self, Ways};
use crate::config::{self, Config, Loaded, Paths, SERVICES_RUNTIME_DIR, Sources};
use crate::net::Address;

/// What every verb has at hand.
#[derive(Debug)]
pub struct Context {
    /// The merged configuration, with the place of every value.
    pub loaded: Loaded,
    /// The user's paths.
    pub paths: Paths,
    /// Where agents of this machine keep sockets and tokens.
    pub runtime_dir: PathBuf,
    /// The machines that can be named.
    pub machines: Machines,
    /// The file given by `--config`.
    pub explicit: Option<PathBuf>,
    /// The machine given by `--machine`.
    named: Option<String>,
}

impl Context {
    /// Reads the configuration and the environment.
    ///
    /// # Errors
    /// The configuration is wrong, or the options contradict each other.
    pub fn load(global: &Global) -> Result<Self, CliError> {
        let paths = paths()?;
        let loaded = load(&paths, global.config.as_deref())?;
        let machines = machines(&loaded.config, &paths, global.socket.as_deref(), variable)?;
        if machines.pinned && global.machine.is_some() {
            let sentence = "give --socket or --machine, not both: each says which agent to talk to";
            return Err(CliError::Usage(sentence.to_owned()));
        }
        let runtime_dir = paths.runtime_dir.clone();
        let (explicit, named) = (global.config.clone(), global.machine.clone());
        Ok(Self { loaded, paths, runtime_dir, machines, explicit, named })
    }

    /// The configuration.
    #[must_use]
    pub const fn config(&self) -> &Config {
        &self.loaded.config
    }

    /// The machine that is named outright: before the slash, or by an option. `None` when the
    /// session's name alone must do.
    ///
    /// # Errors
    /// It is named twice, differently.
    pub fn machine_meant(&self, before_slash: Option<&str>) -> Result<Option<String>, CliError> {
        match (before_slash, self.named.as_deref()) {
            (Some(one), Some(other)) if one != other => Err(CliError::Usage(format!(
                "`{one}/…` and --machine {other} name two machines; leave one out"
            ))),
            (Some(name), _) | (None, Some(name)) => Ok(Some(name.to_owned())),
            (None, None) if self.machines.pinned => Ok(Some("local".to_owned())),
            (None, None) => Ok(None),
        }
    }

    /// The machines that a verb without a session is about: the named one, or all.
    ///
    /// # Errors
    /// No machine has that name.
    pub fn machines_meant(&self) -> Result<Vec<&Machine>, CliError> {
        match &self.named {
            Some(name) => self.machines.named(name).map(|machine| vec![machine]),
            None => Ok(self.machines.list.iter().collect()),
        }
    }

    /// The machines that the dashboard shows: the named one, or all; this one unless the
    /// configuration leaves it out.
    ///
    /// # Errors
    /// No machine has that name, or none is left.
    pub fn machines_shown(&self) -> Result<Vec<&Machine>, CliError> {
        let mut machines = self.machines_meant()?;
        if self.named.is_none() && !self.machines.pinned && !self.config().dashboard.local {
            machines.retain(|machine| !machine.local);
        }
        if machines.is_empty() {
            let sentence = "there is no machine to show: dashboard.local is false and no [[machines]] are enabled";
            return Err(CliError::Failed(sentence.to_owned()));
        }
        Ok(machines)
    }

    /// The one machine that a verb about an agent is about: the named one, or this one.
    ///
    /// # Errors
    /// No machine has that name.
    pub fn one_machine(&self) -> Result<&Machine, CliError> {
        self.machines.named(self.named.as_deref().unwrap_or("local"))
    }

    /// The machine for what is to be started: the named one, or this one, whose agent is started
    /// first if it does not run.
    ///
    /// # Errors
    /// No machine has that name, or the agent cannot be started.
    pub async fn machine_for_new(&self) -> Result<&Machine, CliError> {
        let machine = self.one_machine()?;
        if machine.local {
            agent::ensure(self, machine).await?;
        }
        Ok(machine)
    }

    /// What agents show of this client: `user@host`.
    #[must_use]
    pub fn client_name(&self) -> String {
        let user = std::env::var("USER").or_else(|_| std::env::var("LOGNAME"));
        format!("{}@{}", user.as_deref().unwrap_or("somebody"), host_name())
    }
}

/// This machine's host name, as its kernel tells it.
#[must_use]
pub fn host_name() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}

/// The user's paths in this environment.
///
/// # Errors
/// An override is no absolute path.
pub fn paths() -> Result<Paths, CliError> {
    let uid = rustix::process::getuid().as_raw();
    let known = |name: &str| variable(name).or_else(|| implied(name, uid));
    Paths::new(known, uid).map_err(|error| CliError::Failed(error.to_string()))
}

/// What logind sets in some logins and not in others, such as commands that ssh runs, and what only
/// the service of this user's agent is told: all must find the same agent.
fn implied(name: &str, uid: u32) -> Option<OsString> {
    let dir = match name {
        "XDG_RUNTIME_DIR" => {
            Some(PathBuf::from(format!("/run/user/{uid}"))).filter(|dir| is_own(dir, uid))
        }
        "WATCHDECK_RUNTIME_DIR" => own_below(Path::new(SERVICES_RUNTIME_DIR), uid),
        _ => None,
    };
    dir.map(PathBuf::into_os_string)
}

/// The directory of this user below `dir`, which belongs to root; its name is the user's, or its number.
fn own_below(dir: &Path, uid: u32) -> Option<PathBuf> {
    let entries = std::fs::read_dir(dir).ok()?.flatten();
    entries.map(|entry| entry.path()).filter(|path| is_own(path, uid)).min()
}

/// A link does not count: it leads to whatever its owner wants.
fn is_own(dir: &Path, uid: u32) -> bool {
    std::fs::symlink_metadata(dir).is_ok_and(|meta| meta.is_dir() && meta.uid() == uid)
}

/// Every layer of the configuration, with `explicit` on top.
///
/// # Errors
/// A layer cannot be read or is wrong.
pub fn load(paths: &Paths, explicit: Option<&Path>) -> Result<Loaded, CliError> {
    let sources = Sources::read(paths, explicit, variable);
    let loaded = sources.and_then(Config::load);
    loaded.map_err(|error| CliError::Failed(error.to_string()))
}

fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name)
}

/// This machine first, under its name in the configuration if it has one there.
fn machines(
    config: &Config,
    paths: &Paths,
    socket: Option<&Path>,
    variable: impl Fn(&str) -> Option<OsString>,
) -> Result<Machines, CliError> {
    let ways = Ways { paths, variable, first_use: way::first_use() };
    if let Some(socket) = socket {
        let path = std::path::absolute(socket).map_err(CliError::io("--socket"))?;
        let (name, address) = ("local".to_owned(), Address::Unix(path));
        let only = Machine { name, address, way: ways.local(), local: true };
        return Ok(Machines { list: vec![only], pinned: true });
    }
    let socket = config.agent.socket.clone().unwrap_or_else(|| paths.socket());
    let is_local = |machine: &&config::Machine| machine.address == config::Address::Local;
    let mut list = Vec::new();
    if !config.machines.iter().any(|machine| is_local(&machine)) {
        let name = config.agent.name.clone().unwrap_or_else(host_name);
        let address = Address::Unix(socket.clone());
        list.push(Machine { name, address, way: ways.local(), local: true });
    }
    for machine in config.machines.iter().filter(|machine| !machine.disabled) {
        let local = is_local(&machine);
        let address = Address::from_config(&machine.address, || socket.clone());
        let at = if local { 0 } else { list.len() };
        let (name, way) = (machine.name.clone(), ways.to(machine)?);
        list.insert(at, Machine { name, address, way, local });
    }
    Ok(Machines { list, pinned: false })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Source;

    fn context(toml: &str, global: &Global) -> Result<Context, CliError> {
        let paths = Paths::new(|_| None, 1000).unwrap();
        let sources = Sources::new([Source::file("test.toml", toml)]);
        let loaded = Config::load(sources).unwrap();
        let machines = machines(&loaded.config, &paths, global.socket.as_deref(), |_| None)?;
        let runtime_dir = paths.runtime_dir.clone();
        let named = global.machine.clone();
        Ok(Context { loaded, paths, runtime_dir, machines, explicit: None, named })
    }

    const TWO: &str = "agent.name = \"here\"\n\
        [[machines]]\nname = \"web-1\"\naddress = \"ws://127.0.0.1:7000\"\n\
        [[machines]]\nname = \"off\"\naddress = \"unix:/x.sock\"\ndisabled = true\n";

    #[test]
    fn this_machine_comes_first_and_disabled_ones_do_not_come() {
        let context = context(TWO, &Global::default()).unwrap();
        let names: Vec<_> =
            context.machines.list.iter().map(|m| (m.name.as_str(), m.local)).collect();
        assert_eq!(names, [("here", true), ("web-1", false)]);
        let local = &context.one_machine().unwrap().address;
        assert_eq!(local.to_string(), "unix:/tmp/watchdeck-1000/agent.sock");
    }

    #[test]
    fn a_local_entry_names_this_machine() {
        let toml = format!("{TWO}[[machines]]\nname = \"desk\"\naddress = \"local\"\n");
        let context = context(&toml, &Global::default()).unwrap();
        let names: Vec<_> =
            context.machines.list.iter().map(|m| (m.name.as_str(), m.local)).collect();
        assert_eq!(names, [("desk", true), ("web-1", false)]);
    }

    #[test]
    fn a_socket_is_the_only_machine() {
        let global = Global { socket: Some("/s.sock".into()), ..Global::default() };
        let context = context(TWO, &global).unwrap();
        assert_eq!(context.machines_meant().unwrap().len(), 1);
        assert_eq!(context.machine_meant(Some("any")).unwrap().as_deref(), Some("any"));
        assert_eq!(context.machines.named("any").unwrap().address.to_string(), "unix:/s.sock");
    }

    #[test]
    fn the_runtime_directory_of_the_own_service_is_found() {
        let run = tempfile::tempdir().unwrap();
        let uid = rustix::process::getuid().as_raw();
        assert_eq!(own_below(run.path(), uid), None);
        std::fs::write(run.path().join("a"), "no directory").unwrap();
        std::os::unix::fs::symlink("/tmp", run.path().join("b")).unwrap();
        std::fs::create_dir(run.path().join("c")).unwrap();
        assert_eq!(own_below(run.path(), uid), Some(run.path().join("c")));
        assert_eq!(own_below(run.path(), uid + 1), None);
        assert_eq!(own_below(&run.path().join("none"), uid), None);
    }

    #[test]
    fn a_machine_is_named_once() {
        let global = Global { machine: Some("web-1".to_owned()), ..Global::default() };
        let context = context(TWO, &global).unwrap();
        assert_eq!(context.machine_meant(None).unwrap().as_deref(), Some("web-1"));
        assert_eq!(context.machine_meant(Some("web-1")).unwrap().as_deref(), Some("web-1"));
        let error = context.machine_meant(Some("here")).unwrap_err();
        assert!(matches!(error, CliError::Usage(_)), "{error}");
    }
}
