//! The configuration as the rest of the program sees it. Defaults stand in `config.toml` alone.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::address::{Address, HostName, Listen, Origin};
use super::field::{
    absolute, keymap, name, optional_absolute, optional_name, optional_parsed, optional_socket,
    pane_role, parsed, parsed_list, ring_bytes, size, within,
};
use super::size::ByteSize;
use crate::alert::AlertRule;
use crate::proto::{Key, RecordMode, Role, Winsize};
use crate::term::Terminal;

/// Everything that can be configured.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The agent on this machine.
    pub agent: Agent,
    /// The agent's audit log.
    pub audit: Audit,
    /// Recordings that the agent makes of its sessions.
    pub recording: Recording,
    /// The dashboard.
    pub dashboard: Dashboard,
    /// Machines to connect to; names are unique.
    #[serde(default)]
    pub machines: Vec<Machine>,
    /// User rules, the highest layer's first; names are unique.
    #[serde(default)]
    pub alerts: Vec<AlertRule>,
    /// Keys by command name, replacing the command's own; whether the command exists, the
    /// dashboard knows.
    #[serde(deserialize_with = "keymap")]
    pub keys: BTreeMap<String, Vec<Key>>,
}

/// `[agent]`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Agent {
    /// The machine's name; `None` means the host name.
    #[serde(default, deserialize_with = "optional_name")]
    pub name: Option<String>,
    /// The Unix socket; `None` means the one in the runtime directory.
    #[serde(default, deserialize_with = "optional_socket")]
    pub socket: Option<PathBuf>,
    /// The TCP address for WebSocket clients; `None` means no TCP.
    #[serde(default, deserialize_with = "optional_parsed")]
    pub listen: Option<Listen>,
    /// Certificate and key for TLS; `None` means self-signed ones, made at the first need.
    #[serde(default)]
    pub tls: Option<TlsFiles>,
    /// Web pages that may connect; they need a token like everybody.
    #[serde(deserialize_with = "parsed_list")]
    pub allowed_origins: Vec<Origin>,
    /// Names this machine is reached by beside its host name and addresses.
    #[serde(deserialize_with = "parsed_list")]
    pub allowed_hosts: Vec<HostName>,
    /// TERM for programs.
    #[serde(deserialize_with = "parsed")]
    pub term: TermChoice,
    /// The shell of new sessions; `None` means `$SHELL`.
    #[serde(default)]
    pub shell: Option<String>,
    /// Byte budget of each session's log.
    #[serde(deserialize_with = "ring_bytes")]
    pub ring_bytes: ByteSize,
    /// Most sessions at once.
    #[serde(deserialize_with = "within::<_, 1, 4096>")]
    pub max_sessions: u16,
    /// Size of a session that nobody has sized yet.
    #[serde(deserialize_with = "size")]
    pub size: Winsize,
}

/// `[audit]`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Audit {
    /// Whether the agent keeps one.
    pub enabled: bool,
    /// A file that has grown beyond this is followed by the next.
    #[serde(deserialize_with = "ring_bytes")]
    pub max_bytes: ByteSize,
    /// Files that are kept.
    #[serde(deserialize_with = "within::<_, 2, 10_000>")]
    pub keep: u16,
    /// While it cannot be written, nobody acts.
    pub strict: bool,
}

/// `[recording]`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recording {
    /// How every session is recorded; `None` means only those that are started so.
    #[serde(default, deserialize_with = "optional_parsed")]
    pub sessions: Option<RecordMode>,
    /// Where; `None` means `recordings` in the state directory.
    #[serde(default, deserialize_with = "optional_absolute")]
    pub dir: Option<PathBuf>,
}

/// `agent.tls`: PEM files.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TlsFiles {
    /// The certificate and those that lead to its root, the agent's own first.
    #[serde(deserialize_with = "absolute")]
    pub cert: PathBuf,
    /// Its private key; nobody else may read it.
    #[serde(deserialize_with = "absolute")]
    pub key: PathBuf,
}

/// `[dashboard]`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dashboard {
    /// The key that a pane being typed into leaves to the dashboard.
    pub leader: Key,
    /// Colours.
    pub theme: Theme,
    /// Take mouse events.
    pub mouse: bool,
    /// Most frames per second with focus.
    #[serde(deserialize_with = "within::<_, 1, 120>")]
    pub fps: u16,
    /// Most frames per second without focus.
    #[serde(deserialize_with = "within::<_, 1, 120>")]
    pub unfocused_fps: u16,
    /// Width of the session list in columns.
    #[serde(deserialize_with = "within::<_, 20, 60>")]
    pub sidebar_width: u16,
    /// ASCII frames and signs.
    pub ascii: Ascii,
    /// Order of the session list.
    pub sort: Sort,
    /// The role a pane opens with.
    #[serde(deserialize_with = "pane_role")]
    pub role: Role,
    /// Ask before a paste that would run by itself.
    pub paste_confirm: bool,
    /// Most panes at once.
    #[serde(deserialize_with = "within::<_, 1, 12>")]
    pub max_panes: u16,
    /// Show this machine's own sessions.
    pub local: bool,
}

/// One `[[machines]]` table.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Machine {
    /// Its name, a label.
    #[serde(deserialize_with = "name")]
    pub name: String,
    /// Where its agent is reached.
    #[serde(deserialize_with = "parsed")]
    pub address: Address,
    /// A file with the token for its agent.
    #[serde(default, deserialize_with = "optional_absolute")]
    pub token_file: Option<PathBuf>,
    /// How its agent proves that it is the right one; `None` means by its pin, or by [`Machine::ca`].
    #[serde(default)]
    pub tls: Option<Verify>,
    /// A PEM file with the authority that signed its certificate.
    #[serde(default, deserialize_with = "optional_absolute")]
    pub ca: Option<PathBuf>,
    /// What ssh runs there instead of `watchdeck proxy`.
    #[serde(default)]
    pub remote_command: Option<String>,
    /// Labels for filters and rules.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// Known, but not connected to.
    #[serde(default)]
    pub disabled: bool,
}

/// How an agent behind TLS proves that it is the right one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verify {
    /// Its certificate is the one that was seen first.
    Pin,
    /// The authorities that the system trusts vouch for its certificate and name.
    System,
}

/// Colours of the dashboard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    /// The terminal's own background and text.
    Terminal,
    /// Dark.
    Dark,
    /// Light.
    Light,
}

/// When frames and signs are drawn with ASCII only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Ascii {
    /// When the locale is not UTF-8.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Order of the session list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sort {
    /// By name.
    Name,
    /// Most errors first.
    Errors,
    /// Latest output first.
    Activity,
}

/// TERM for programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TermChoice {
    /// The best one whose terminfo entry this machine has.
    Auto,
    /// This one.
    Named(Terminal),
}

impl FromStr for TermChoice {
    type Err = TermChoiceError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "auto" {
            return Ok(Self::Auto);
        }
        text.parse().map(Self::Named).map_err(|_| TermChoiceError(text.to_owned()))
    }
}

/// Neither `auto` nor a TERM that is offered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{}` is no terminal we can be; use auto, tmux-256color, screen-256color or xterm-256color",
    .0.escape_debug()
)]
pub struct TermChoiceError(
    /// What was asked for.
    pub String,
);

impl Config {
    /// The machines to connect to: every enabled one, and before them this machine under the name
    /// `host` when `dashboard.local` is set and no entry (even a disabled one) speaks for it.
    #[must_use]
    pub fn machines_to_connect(&self, host: &str) -> Vec<Machine> {
        let spoken_for =
            self.machines.iter().any(|m| m.address == Address::Local || m.name == host);
        let local = Machine {
            name: host.to_owned(),
            address: Address::Local,
            token_file: None,
            tls: None,
            ca: None,
            remote_command: None,
            labels: BTreeMap::new(),
            disabled: !self.dashboard.local || spoken_for,
        };
        let all = std::iter::once(local).chain(self.machines.iter().cloned());
        all.filter(|machine| !machine.disabled).collect()
    }
}
