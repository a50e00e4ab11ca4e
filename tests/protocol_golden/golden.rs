//! The files under `tests/golden`: one message a line, by name.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use serde_json::Value;

/// Messages by name.
pub type Golden = BTreeMap<String, Value>;

/// Reads `tests/golden/<name>.json`. With `WATCHDECK_BLESS=1` it is first written from `actual`:
/// for a change that is meant, so that its diff can be read.
pub fn golden(name: &str, actual: &[(String, String)]) -> Golden {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("tests/golden/{name}.json"));
    if std::env::var_os("WATCHDECK_BLESS").is_some_and(|value| value == "1") {
        fs::write(&path, written(actual)).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    }
    let text = fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn written(messages: &[(String, String)]) -> String {
    let lines: Vec<_> = messages.iter().map(|(name, text)| format!("  {name:?}: {text}")).collect();
    format!("{{\n{}\n}}\n", lines.join(",\n"))
}
