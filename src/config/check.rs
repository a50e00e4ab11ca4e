//! What one value alone cannot show: names given twice, leaders that collide.

use std::collections::BTreeMap;

use super::diagnostic::Diagnostic;
use super::load::{ConfigError, Origins};
use super::{Address, Config, Machine};
use crate::proto::{Key, KeyCode};

/// Leaders that something above or below the dashboard already owns.
const OWNED: &[(&str, &str)] = &[
    ("C-a", "screen, minicom and the shell's start of line"),
    ("C-b", "tmux"),
    ("C-c", "interrupt"),
    ("C-d", "end of input"),
    ("C-g", "zellij"),
    ("C-h", "zellij and some terminals' Backspace"),
    ("C-n", "zellij"),
    ("C-o", "zellij"),
    ("C-p", "docker and zellij"),
    ("C-q", "zellij and flow control"),
    ("C-r", "the shell's history search"),
    ("C-s", "zellij and flow control"),
    ("C-t", "zellij"),
    ("C-z", "suspend"),
    ("C-Space", "shpool and Emacs's mark"),
    ("C-\\", "quit (thread dumps), dtach and abduco"),
    ("C-]", "telnet and virsh"),
    ("C-^", "mosh and Cisco IOS"),
];

/// The warnings, or the first error.
pub(super) fn check(config: &Config, origins: &Origins) -> Result<Vec<Diagnostic>, ConfigError> {
    unique("machines", config.machines.iter().map(|m| m.name.as_str()), origins)?;
    unique("alerts", config.alerts.iter().map(|a| a.name.as_str()), origins)?;
    for (index, machine) in config.machines.iter().enumerate() {
        machine_settings(index, machine, origins)?;
    }
    let mut warnings: Vec<_> = leader(config.dashboard.leader, origins)?.into_iter().collect();
    warnings.extend(shared_addresses(config, origins));
    Ok(warnings)
}

fn unique<'a>(
    list: &str,
    names: impl Iterator<Item = &'a str>,
    origins: &Origins,
) -> Result<(), ConfigError> {
    let mut seen = BTreeMap::new();
    for (index, name) in names.enumerate() {
        if let Some(first) = seen.insert(name, index) {
            let first = origins.place(&format!("{list}[{first}].name"));
            let help = first.map(|place| format!("the first is at {place}"));
            let message = format!("the name `{name}` is given twice");
            return Err(origins.complain(&format!("{list}[{index}].name"), &message, help).into());
        }
    }
    Ok(())
}

/// A setting that its machine's address has no use for means that something else was meant.
fn machine_settings(index: usize, machine: &Machine, origins: &Origins) -> Result<(), ConfigError> {
    let Machine { address, token_file, tls, ca, remote_command, .. } = machine;
    let (wss, ssh) = (matches!(address, Address::Wss(_)), matches!(address, Address::Ssh(_)));
    let tcp = wss || matches!(address, Address::Ws(_));
    let set = [
        ("token_file", token_file.is_some(), tcp, "ws:// or wss://"),
        ("tls", tls.is_some(), wss, "wss://"),
        ("ca", ca.is_some(), wss, "wss://"),
        ("remote_command", remote_command.is_some(), ssh, "ssh://"),
    ];
    if let Some((key, .., scheme)) = set.iter().find(|(_, set, useful, _)| *set && !useful) {
        let message = format!("`{key}` is for machines with an address of {scheme}");
        return Err(origins.complain(&format!("machines[{index}].{key}"), &message, None).into());
    }
    if tls.is_some() && ca.is_some() {
        let message = "`tls` and `ca` are two ways to verify one certificate; leave one out";
        return Err(origins.complain(&format!("machines[{index}].tls"), message, None).into());
    }
    Ok(())
}

/// A leader must not be a key that types: it would be lost to every program.
fn leader(key: Key, origins: &Origins) -> Result<Option<Diagnostic>, ConfigError> {
    let path = "dashboard.leader";
    if !key.mods.ctrl && !key.mods.alt && !matches!(key.code, KeyCode::F(_)) {
        let message = format!("`{key}` cannot be the leader, since programs need it");
        let help = Some("use a key with Ctrl or Alt, or a function key".to_owned());
        return Err(origins.complain(path, &message, help).into());
    }
    let owner = OWNED.iter().find(|(name, _)| name.parse() == Ok(key));
    Ok(owner.map(|(name, owner)| {
        let help = Some("press it twice to send it through".to_owned());
        origins.complain(path, &format!("the leader `{name}` is also used by {owner}"), help)
    }))
}

/// Two machines that are the same agent would show every session twice.
fn shared_addresses<'a>(
    config: &'a Config,
    origins: &'a Origins,
) -> impl Iterator<Item = Diagnostic> + 'a {
    let enabled = || config.machines.iter().enumerate().filter(|(_, m)| !m.disabled);
    enabled().filter_map(move |(index, machine)| {
        let same = |address: &Address| *address == machine.address;
        let (_, other) =
            enabled().take_while(|(i, _)| *i < index).find(|(_, m)| same(&m.address))?;
        let message = format!("`{}` and `{}` have one address", other.name, machine.name);
        Some(origins.complain(&format!("machines[{index}].address"), &message, None))
    })
}
