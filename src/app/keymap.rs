//! Which key is which command, in which scope.

use std::collections::BTreeMap;

use crate::proto::Key;

use super::command::{COMMANDS, Command, Scope};

/// Edits that a mistyped command name may be away from the one that is suggested.
const NEAR: usize = 4;

/// Keys and their commands. Built once; clashes are found then, not when a key is pressed.
#[derive(Debug, Default)]
pub struct Keymap {
    commands: BTreeMap<(Scope, Key), &'static Command>,
    keys: BTreeMap<&'static str, Vec<Key>>,
}

impl Keymap {
    /// The default keys, with those of `overrides` (by command name) in their place. Also what is
    /// wrong with them, a sentence each; the map is usable all the same.
    #[must_use]
    pub fn new(overrides: &BTreeMap<String, Vec<Key>>, leader: Key) -> (Self, Vec<String>) {
        let mut problems = unknown_names(overrides);
        let mut map = Self::default();
        // Chosen keys go first, so that in a clash it is a default that yields.
        let is_chosen = |command: &&Command| overrides.contains_key(command.name);
        let (chosen, defaults): (Vec<_>, Vec<_>) = COMMANDS.iter().partition(is_chosen);
        for command in chosen.into_iter().chain(defaults) {
            let keys = match overrides.get(command.name) {
                Some(keys) => keys.clone(),
                None => default_keys(command, leader),
            };
            for key in keys {
                map.bind(command, key, &mut problems);
            }
        }
        (map, problems)
    }

    fn bind(&mut self, command: &'static Command, key: Key, problems: &mut Vec<String>) {
        let key = key.normalized();
        let clash = Scope::ALL.into_iter().filter(|scope| scope.overlaps(command.scope));
        let clash = clash.filter_map(|scope| self.commands.get(&(scope, key))).next();
        if let Some(other) = clash.filter(|other| other.name != command.name) {
            let Command { name, .. } = command;
            problems.push(format!(
                "key {key} is already {}, so {name} does not get it; choose another in [keys]",
                other.name
            ));
            return;
        }
        self.commands.insert((command.scope, key), command);
        self.keys.entry(command.name).or_default().push(key);
    }

    /// The command of a key in the first of `scopes` that has one.
    #[must_use]
    pub fn find(&self, scopes: &[Scope], key: Key) -> Option<&'static Command> {
        let key = key.normalized();
        scopes.iter().find_map(|scope| self.commands.get(&(*scope, key)).copied())
    }

    /// A command's keys, the one to show first; empty when it has none.
    #[must_use]
    pub fn keys(&self, command: &Command) -> &[Key] {
        self.keys.get(command.name).map_or(&[], Vec::as_slice)
    }

    /// The name of a command's first key; empty when it has none.
    #[must_use]
    pub fn first_key(&self, command: &Command) -> String {
        self.keys(command).first().map_or_else(String::new, Key::to_string)
    }

    /// The name of the first key of the command with this name; empty when it has none.
    #[must_use]
    pub fn key_of(&self, name: &str) -> String {
        self.keys.get(name).and_then(|keys| keys.first()).map_or_else(String::new, Key::to_string)
    }
}

/// A command's keys in the table. A name that cannot be read gives no key; a test reads them all.
fn default_keys(command: &Command, leader: Key) -> Vec<Key> {
    let key = |name: &&str| match *name {
        "leader" => Some(leader),
        name => name.parse().ok(),
    };
    command.keys.iter().filter_map(key).collect()
}

fn unknown_names(overrides: &BTreeMap<String, Vec<Key>>) -> Vec<String> {
    let known = |name: &str| COMMANDS.iter().any(|command| command.name == name);
    overrides.keys().filter(|name| !known(name)).map(|name| unknown_name(name)).collect()
}

fn unknown_name(name: &str) -> String {
    let nearest = COMMANDS
        .iter()
        .map(|command| (strsim::damerau_levenshtein(name, command.name), command.name))
        .min();
    let name = name.escape_debug();
    match nearest.filter(|(distance, _)| *distance <= NEAR) {
        Some((_, near)) => format!("[keys] has no command `{name}`; did you mean `{near}`?"),
        None => format!("[keys] has no command `{name}`; docs/keys.md lists them"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leader() -> Key {
        "C-]".parse().unwrap()
    }

    fn overrides(pairs: &[(&str, &[&str])]) -> BTreeMap<String, Vec<Key>> {
        let keys = |keys: &[&str]| keys.iter().map(|key| key.parse().unwrap()).collect();
        pairs.iter().map(|(name, names)| ((*name).to_owned(), keys(names))).collect()
    }

    #[test]
    fn the_defaults_can_be_read_and_do_not_clash() {
        let (map, problems) = Keymap::new(&BTreeMap::new(), leader());
        assert_eq!(problems, Vec::<String>::new());
        for command in &COMMANDS {
            assert_eq!(map.keys(command).len(), command.keys.len(), "{}", command.name);
        }
    }

    #[test]
    fn the_nearest_scope_decides() {
        let (map, _) = Keymap::new(&BTreeMap::new(), leader());
        let find = |scopes: &[Scope], key: &str| {
            map.find(scopes, key.parse().unwrap()).map(|command| command.name)
        };
        assert_eq!(find(&[Scope::Board, Scope::Nav], "/"), Some("search"));
        assert_eq!(find(&[Scope::List, Scope::Nav], "/"), Some("filter"));
        assert_eq!(find(&[Scope::Board, Scope::Nav], "q"), Some("quit"));
        assert_eq!(find(&[Scope::Leader], "C-]"), Some("send-leader"));
        assert_eq!(find(&[Scope::Leader], "q"), None);
    }

    #[test]
    fn an_override_replaces_all_keys_of_its_command() {
        let (map, problems) = Keymap::new(&overrides(&[("zoom", &["F2", "C-5"])]), leader());
        assert_eq!(problems, Vec::<String>::new());
        let find = |key: &str| map.find(&[Scope::Board], key.parse().unwrap()).map(|c| c.name);
        assert_eq!((find("F2"), find("C-]"), find("z")), (Some("zoom"), Some("zoom"), None));
    }

    #[test]
    fn clashes_and_unknown_names_are_told_and_the_chosen_key_wins() {
        let chosen = overrides(&[("zoom", &["q"]), ("zoomm", &["F3"]), ("frobnicate", &["F4"])]);
        let (map, problems) = Keymap::new(&chosen, leader());
        assert_eq!(problems.len(), 3, "{problems:?}");
        assert!(problems[0].contains("`frobnicate`; docs/keys.md"), "{problems:?}");
        assert!(problems[1].contains("did you mean `zoom`"), "{problems:?}");
        assert!(problems[2].contains("key q is already zoom, so quit"), "{problems:?}");
        let found = map.find(&[Scope::Board, Scope::Nav], "q".parse().unwrap());
        assert_eq!(found.map(|command| command.name), Some("zoom"));
    }
}
