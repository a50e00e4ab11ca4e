//! Environment variables as a layer: each is one line of TOML, so it is judged like any other.

use std::ffi::OsString;

use super::{Layer, Source};

/// How a variable's text becomes a TOML value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Always a string.
    Text,
    /// A number or boolean where it looks like one.
    Scalar,
}

/// The variables, and the setting each overrides.
const VARIABLES: &[(&str, &str, Kind)] = &[
    ("WATCHDECK_NAME", "agent.name", Kind::Text),
    ("WATCHDECK_SOCKET", "agent.socket", Kind::Text),
    ("WATCHDECK_LISTEN", "agent.listen", Kind::Text),
    ("WATCHDECK_TERM", "agent.term", Kind::Text),
    ("WATCHDECK_RING_BYTES", "agent.ring_bytes", Kind::Scalar),
    ("WATCHDECK_LEADER", "dashboard.leader", Kind::Text),
    ("WATCHDECK_THEME", "dashboard.theme", Kind::Text),
    ("WATCHDECK_MOUSE", "dashboard.mouse", Kind::Scalar),
    ("WATCHDECK_FPS", "dashboard.fps", Kind::Scalar),
    ("WATCHDECK_ASCII", "dashboard.ascii", Kind::Text),
];

/// The variables that are set and not empty, each as a layer.
pub(super) fn sources(variable: impl Fn(&str) -> Option<OsString>) -> Vec<Source> {
    let set = VARIABLES.iter().filter_map(|(name, path, kind)| {
        let value = variable(name)?.to_string_lossy().into_owned();
        Some((*name, *path, *kind, value)).filter(|(.., value)| !value.is_empty())
    });
    set.map(|(name, path, kind, value)| Source {
        layer: Layer::Variable(name),
        text: format!("{path} = {}", toml_value(value, kind)),
    })
    .collect()
}

fn toml_value(text: String, kind: Kind) -> toml::Value {
    if kind == Kind::Scalar {
        if let Ok(number) = text.parse() {
            return toml::Value::Integer(number);
        }
        if let Ok(boolean) = text.parse() {
            return toml::Value::Boolean(boolean);
        }
    }
    toml::Value::String(text)
}

#[cfg(test)]
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    VARIABLES.iter().map(|(name, ..)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(variables: &[(&str, &str)]) -> Vec<String> {
        let find = |name: &str| variables.iter().find(|(n, _)| *n == name);
        sources(|name| find(name).map(|(_, v)| v.into())).into_iter().map(|s| s.text).collect()
    }

    #[test]
    fn variables_become_lines_of_toml() {
        assert_eq!(lines(&[("WATCHDECK_FPS", "20")]), ["dashboard.fps = 20"]);
        assert_eq!(lines(&[("WATCHDECK_MOUSE", "false")]), ["dashboard.mouse = false"]);
        assert_eq!(lines(&[("WATCHDECK_NAME", "5")]), ["agent.name = \"5\""]);
        assert_eq!(lines(&[("WATCHDECK_FPS", "fast")]), ["dashboard.fps = \"fast\""]);
        assert!(lines(&[("WATCHDECK_FPS", ""), ("WATCHDECK_OTHER", "x")]).is_empty());
    }

    #[test]
    fn a_value_cannot_add_settings() {
        for value in ["x\"\nagent.listen = \"y", "1\nagent.max_sessions = 2", "'''"] {
            for name in names() {
                let text = lines(&[(name, value)]).concat();
                let table: toml::Table = text.parse().unwrap();
                let section = table.values().next().unwrap().as_table().unwrap();
                assert_eq!((table.len(), section.len()), (1, 1), "{text}");
            }
        }
    }
}
